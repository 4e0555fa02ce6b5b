"""How a client begins a browser login."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from codex_conformance.clients import Outcome, violations
from codex_conformance.probes import require
from codex_conformance.suites.client.oauth.logins import CHALLENGE, LOOPBACK, authorization, exchange_form, s256
from codex_conformance.suites.client.trials import Trials, require_success

#: Letters and digits of base64url that hold 128 bits.
_LONG_ENOUGH = 22


@pytest.fixture
def login(trial: Trials) -> Outcome:
    """Return what becomes of a login that the person approves."""
    return trial("login")


@pytest.fixture
def query(login: Outcome) -> Mapping[str, str]:
    """Return the parameters of its authorize URL."""
    return authorization(login)


@pytest.mark.codex("oauth.client.login.succeeds")
def test_a_login_that_is_approved_succeeds(login: Outcome) -> None:
    require_success(login)


@pytest.mark.codex("oauth.client.authorize.fits-contract")
def test_the_authorize_url_fits_the_contract(login: Outcome) -> None:
    found = [str(each) for call in login.requests("authorize") for each in violations(call)]
    require(not found, expected="parameters that fit the contract", found=found)


@pytest.mark.codex("oauth.client.authorize.code")
def test_it_asks_for_a_code(query: Mapping[str, str]) -> None:
    require(query.get("response_type") == "code", expected="response_type=code", found=query.get("response_type"))


@pytest.mark.codex("oauth.client.authorize.pkce-s256")
def test_it_sends_an_s256_challenge(query: Mapping[str, str]) -> None:
    found = (query.get("code_challenge_method"), query.get("code_challenge", ""))
    require(found[0] == "S256" and CHALLENGE.fullmatch(found[1]), expected="S256 and 43 letters", found=found)


@pytest.mark.codex("oauth.client.authorize.pkce-verifier")
def test_the_verifier_belongs_to_the_challenge(login: Outcome, query: Mapping[str, str]) -> None:
    verifier = exchange_form(login).get("code_verifier", "")
    require(
        s256(verifier) == query.get("code_challenge"),
        expected="a code_verifier whose SHA-256 is the challenge",
        found=f"{len(verifier)} letters that give {s256(verifier)}",
    )


@pytest.mark.codex("oauth.client.authorize.verifier-form")
def test_the_verifier_has_a_legal_form(login: Outcome) -> None:
    verifier = exchange_form(login).get("code_verifier", "")
    require(
        re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier),
        expected="43 to 128 unreserved letters",
        found=f"{len(verifier)} letters",
    )


@pytest.mark.codex("oauth.client.authorize.state")
def test_it_sends_a_state_that_cannot_be_guessed(query: Mapping[str, str]) -> None:
    state = query.get("state", "")
    require(len(state) >= _LONG_ENOUGH, expected=f"a state of at least {_LONG_ENOUGH} letters", found=state)


@pytest.mark.codex("oauth.client.authorize.fresh")
def test_two_logins_have_nothing_secret_in_common(trial: Trials, query: Mapping[str, str]) -> None:
    again = authorization(trial("login", {"name": "a second login"}))
    same = [name for name in ("state", "code_challenge") if query.get(name) == again.get(name)]
    require(not same, expected="a state and a challenge of its own for each login", found=same)


@pytest.mark.codex("oauth.client.authorize.state-is-no-verifier")
def test_the_state_is_not_the_verifier(login: Outcome, query: Mapping[str, str]) -> None:
    verifier = exchange_form(login).get("code_verifier")
    require(query.get("state") != verifier, expected="a state that is not the verifier", found="the verifier")


@pytest.mark.codex("oauth.client.authorize.loopback")
def test_it_is_called_back_on_loopback(query: Mapping[str, str]) -> None:
    redirect = urlsplit(query.get("redirect_uri", ""))
    found = (redirect.scheme, redirect.hostname, redirect.port)
    right = redirect.scheme == "http" and redirect.hostname in LOOPBACK and redirect.port
    require(right, expected="http, a loopback host and a port", found=found)


@pytest.mark.codex("oauth.client.authorize.scopes")
def test_it_asks_for_a_refresh_token(query: Mapping[str, str]) -> None:
    missing = {"openid", "email", "profile", "offline_access"} - set(query.get("scope", "").split())
    require(not missing, expected="the scopes openid, email, profile and offline_access", found=query.get("scope"))


@pytest.mark.codex("oauth.client.authorize.no-secret")
def test_the_url_holds_no_verifier(login: Outcome, query: Mapping[str, str]) -> None:
    verifier = exchange_form(login).get("code_verifier", "")
    require(verifier and verifier not in query.values(), expected="no verifier in the URL", found=dict(query))


@pytest.mark.codex("oauth.client.exchange.same-redirect")
def test_the_exchange_names_the_same_redirect(login: Outcome, query: Mapping[str, str]) -> None:
    found = exchange_form(login).get("redirect_uri")
    require(found == query.get("redirect_uri"), expected=str(query.get("redirect_uri")), found=found)


@pytest.mark.codex("oauth.client.exchange.once")
def test_a_code_is_exchanged_once(login: Outcome) -> None:
    calls = [call for call in login.requests("exchangeToken") if b"authorization_code" in call.body]
    require(len(calls) == 1, expected="one exchange of the code", found=len(calls))


@pytest.mark.codex("oauth.client.exchange.form")
def test_the_exchange_is_a_form(login: Outcome) -> None:
    exchange_form(login)
    call = login.requests("exchangeToken")[0]
    kind = call.headers.get("content-type", "")
    require(kind.startswith("application/x-www-form-urlencoded"), expected="a form", found=kind)
    names = [name for name, _ in parse_qsl(call.body.decode("utf-8", "replace"))]
    require(len(names) == len(set(names)), expected="each field once", found=names)


@pytest.mark.codex("oauth.client.login.prints-no-secret")
def test_nothing_secret_is_printed(login: Outcome) -> None:
    tokens = [call.response_json for call in login.requests("exchangeToken") if call.status == 200]
    secrets = {value for each in tokens for name, value in each.items() if name.endswith("token")}
    secrets.add(exchange_form(login).get("code_verifier", ""))
    printed = [secret[:8] for secret in secrets if secret and secret in login.output]
    require(not printed, expected="output without tokens and verifier", found=printed)
