"""The token endpoint: what it takes, and how it refuses."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from codex_conformance.probes import Answer, HttpProbe, require
from codex_conformance.suites.server.oauth.answers import error_code, require_not_stored, require_refusal
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Logins, new_verifier

_FORM = "application/x-www-form-urlencoded"
_BROKEN = {
    "broken JSON": (b'{"grant_type": ', "application/json"),
    "JSON that is no object": (b"[1, 2, 3]", "application/json"),
    "text": (b"hello", "text/plain"),
    "bytes that are no text": (b"\xff\xfe\x00", _FORM),
    "nothing": (b"", _FORM),
    "fields of other types": (b'{"grant_type": {"a": 1}, "code": ["b"]}', "application/json"),
}
#: Refused requests for tokens.
_REFUSED: dict[str, dict[str, str]] = {
    "an unknown code": {
        "grant_type": "authorization_code",
        "code": "ac_never_issued",
        "redirect_uri": "http://localhost:1455/auth/callback",
        "code_verifier": "v" * 43,
    },
    "an unknown grant": {"grant_type": "urn:example:nonsense"},
    "no grant": {},
}


def _refused(http: HttpProbe, logins: Logins, form: dict[str, str]) -> Answer:
    answer = http.call("exchangeToken", form={"client_id": logins.client_id, **form}, misuse=True)
    return require_refusal(answer, "this request for tokens")


def _post(http: HttpProbe, content: bytes, media_type: str, query: str = "") -> Answer:
    url = http.url_of("exchangeToken") + (f"?{query}" if query else "")
    return http.send(httpx.Request("POST", url, content=content, headers={"content-type": media_type}))


@pytest.mark.codex("oauth.token.error-readable")
@pytest.mark.parametrize("form", _REFUSED.values(), ids=_REFUSED)
def test_a_refusal_has_a_code_that_clients_find(http: HttpProbe, logins: Logins, form: dict[str, str]) -> None:
    answer = _refused(http, logins, form)
    require(error_code(answer), expected="JSON with a code at error.code, error or code", found=answer.text)


@pytest.mark.codex("oauth.token.error-described")
@pytest.mark.parametrize("form", _REFUSED.values(), ids=_REFUSED)
def test_a_refusal_says_why(http: HttpProbe, logins: Logins, form: dict[str, str]) -> None:
    answer = _refused(http, logins, form)
    described = answer.has("/error_description") or answer.has("/error/message")
    require(described, expected="error_description, or error.message", found=answer.text)


@pytest.mark.codex("oauth.token.error-not-stored")
@pytest.mark.parametrize("form", _REFUSED.values(), ids=_REFUSED)
def test_a_refusal_is_not_stored(http: HttpProbe, logins: Logins, form: dict[str, str]) -> None:
    require_not_stored(_refused(http, logins, form))


@pytest.mark.codex("oauth.token.unsupported-grant")
def test_an_unknown_grant_has_its_code(http: HttpProbe, logins: Logins) -> None:
    found = error_code(_refused(http, logins, {"grant_type": "urn:example:nonsense"}))
    require(found == "unsupported_grant_type", expected="the code unsupported_grant_type", found=found)


@pytest.mark.codex("oauth.token.missing-fields")
@pytest.mark.parametrize("missing", ["grant_type", "code", "redirect_uri", "client_id"])
def test_a_missing_field_is_an_invalid_request(http: HttpProbe, logins: Logins, missing: str) -> None:
    whole = {"client_id": logins.client_id, **_REFUSED["an unknown code"]}
    form = {name: value for name, value in whole.items() if name != missing}
    answer = http.call("exchangeToken", form=form, misuse=True)
    require_refusal(answer, f"a request without {missing}", "invalid_request", "invalid_client")


@pytest.mark.codex("oauth.token.broken-body")
@pytest.mark.parametrize(("content", "media_type"), _BROKEN.values(), ids=_BROKEN)
def test_a_broken_body_is_the_clients_fault(http: HttpProbe, content: bytes, media_type: str) -> None:
    require_refusal(_post(http, content, media_type), "a body that cannot be read")


@pytest.mark.codex("oauth.token.charset", scenario=UNATTENDED)
def test_a_media_type_may_have_parameters(http: HttpProbe, logins: Logins) -> None:
    form = urlencode(logins.exchange(logins.code())).encode()
    _post(http, form, f"{_FORM}; charset=UTF-8").require_status(200)


@pytest.mark.codex("oauth.token.post-only", scenario=UNATTENDED)
def test_tokens_cannot_be_had_with_get(http: HttpProbe, logins: Logins) -> None:
    fields: dict[str, Any] = logins.exchange(logins.code())
    request = httpx.Request("GET", http.url_of("exchangeToken"), params=fields)
    require_refusal(http.send(request, reads_only=True), "a GET of tokens")


@pytest.mark.codex("oauth.token.not-in-query", scenario=UNATTENDED)
def test_tokens_cannot_be_had_with_a_query(http: HttpProbe, logins: Logins) -> None:
    query = urlencode(logins.exchange(logins.code()))
    require_refusal(_post(http, b"", _FORM, query), "a request for tokens in the query")


@pytest.mark.codex("oauth.token.repeated-field", scenario=UNATTENDED)
def test_a_repeated_field_is_an_error(http: HttpProbe, logins: Logins) -> None:
    fields = logins.exchange(logins.code())
    form = urlencode([*fields.items(), ("client_id", "app_another")]).encode()
    require_refusal(_post(http, form, _FORM), "a request that says client_id twice")


@pytest.mark.codex("oauth.token.errors-tell-no-secrets", scenario=UNATTENDED)
def test_refusals_do_not_repeat_secrets(logins: Logins) -> None:
    code, verifier = logins.code(), new_verifier()
    answers = [logins.redeem(code, code_verifier=verifier), logins.refresh("rt_secret_of_a_client")]
    secrets = (code.text, code.verifier, verifier, "rt_secret_of_a_client")
    told = [answer.call for answer in answers if any(secret in answer.text for secret in secrets)]
    require(not told, expected="refusals without the codes, verifiers and tokens of the request", found=told)
