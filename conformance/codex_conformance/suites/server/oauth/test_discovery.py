"""What the login server says of itself, and its keys."""

from __future__ import annotations

import httpx
import pytest

from codex_conformance.probes import HttpProbe, require
from codex_conformance.suites.server.oauth.jwt import keys_of
from codex_conformance.targets.urls import share_host

#: What the metadata names, and the method with which it is asked.
_ENDPOINTS = {
    "authorization_endpoint": "GET",
    "token_endpoint": "POST",
    "jwks_uri": "GET",
    "revocation_endpoint": "POST",
}
#: The parts of a key that nobody but its owner may know.
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "k", "oth")


@pytest.mark.codex("oauth.discovery.issuer")
def test_issuer_is_the_address(http: HttpProbe) -> None:
    answer = http.call("discovery").require_status(200)
    issuer = answer.at("/issuer", str)
    require(
        issuer.rstrip("/") == http.world.urls.auth,
        expected=f"the issuer {http.world.urls.auth}",
        found=issuer,
        advice="Let it name the address that clients use, or ask it at the address that it names.",
    )


@pytest.mark.codex("oauth.discovery.endpoints")
@pytest.mark.parametrize("name", _ENDPOINTS)
def test_endpoints_exist(http: HttpProbe, name: str) -> None:
    answer = http.call("discovery").require_status(200)
    if not answer.has(f"/{name}"):
        pytest.skip(f"not declared: {name}")
    url = answer.at(f"/{name}", str)
    if not share_host(url, http.world.urls.auth or ""):
        pytest.skip(f"not chosen: {name} is on another host")
    found = http.send(httpx.Request(_ENDPOINTS[name], url), reads_only=_ENDPOINTS[name] == "GET").status
    require(found not in (404, 405, 501), expected=f"an answer of {name}", found=f"{found} at {url}")


def _require_among(http: HttpProbe, name: str, *wanted: str) -> None:
    """Require that discovery names these things in a list."""
    found = http.call("discovery").require_status(200).at(f"/{name}", list)
    fine = all(each in found for each in wanted)
    require(fine, expected=f"{' and '.join(wanted)} among {name}", found=", ".join(map(str, found)))


@pytest.mark.codex("oauth.discovery.code-flow")
def test_the_code_flow_is_named(http: HttpProbe) -> None:
    _require_among(http, "response_types_supported", "code")


@pytest.mark.codex("oauth.discovery.s256")
def test_s256_is_named(http: HttpProbe) -> None:
    _require_among(http, "code_challenge_methods_supported", "S256")


@pytest.mark.codex("oauth.discovery.public-clients")
def test_clients_without_a_secret_are_named(http: HttpProbe) -> None:
    _require_among(http, "token_endpoint_auth_methods_supported", "none")


@pytest.mark.codex("oauth.discovery.grants")
def test_the_grants_of_codex_are_named(http: HttpProbe) -> None:
    if not http.call("discovery").require_status(200).has("/grant_types_supported"):
        pytest.skip("not declared: grant_types_supported")
    _require_among(http, "grant_types_supported", "authorization_code", "refresh_token")


@pytest.mark.codex("oauth.discovery.metadata-agrees")
def test_both_forms_of_metadata_agree(http: HttpProbe) -> None:
    openid = http.call("discovery").require_status(200).at("", dict)
    found = http.call("authorizationServerMetadata").require_status(200).at("", dict)
    differing = sorted(name for name in openid.keys() & found.keys() if openid[name] != found[name])
    require(not differing, expected="the same in both documents", found=f"differing {', '.join(differing)}")


@pytest.mark.codex("oauth.jwks.keys")
def test_there_are_keys(http: HttpProbe) -> None:
    keys = keys_of(http)
    require(keys, expected="at least one key", found=keys)


@pytest.mark.codex("oauth.jwks.public")
def test_keys_have_no_private_parts(http: HttpProbe) -> None:
    keys = keys_of(http)
    told = sorted({name for key in keys for name in key if name in _PRIVATE})
    require(not told, expected="keys without private parts", found=f"parts {', '.join(told)}")


@pytest.mark.codex("oauth.jwks.ids")
def test_keys_have_ids_of_their_own(http: HttpProbe) -> None:
    keys = keys_of(http)
    found = [key.get("kid") for key in keys]
    fine = None not in found and all(found.count(kid) == 1 for kid in found)
    require(fine, expected="a kid of its own for each key", found=found)
