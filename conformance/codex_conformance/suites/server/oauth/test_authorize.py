"""The authorization endpoint: what it takes, where it sends the browser, and when it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
import pytest

from codex_conformance.probes import Answer, HttpProbe, require
from codex_conformance.suites.server.oauth.answers import require_error, require_not_stored, require_refusal
from codex_conformance.suites.server.oauth.jwt import jwt_at
from codex_conformance.suites.server.oauth.logins import REDIRECT_URI, UNATTENDED, Logins, redirect_of

_ODD_STATES = {
    "plain": "af0ifjsldkj",
    "long": "s" * 500,
    "needs encoding": "a b+c&d=e/é?%25#;",
}
_NO_REDIRECT_HERE = {
    "another host": "https://attacker.example/auth/callback",
    "a host that begins like loopback": "http://localhost.attacker.example:1455/auth/callback",
    "loopback as user name": "http://localhost:1455@attacker.example/auth/callback",
    "a script": "javascript:alert(1)",
    "none": None,
}
_BAD_TYPES = {"an unknown one": "nonsense", "none": None}
_FIRST = ("response_type", "client_id", "redirect_uri")
_FLAGS = ("id_token_add_organizations", "codex_cli_simplified_flow")
_CHALLENGE = ("code_challenge", "code_challenge_method")
#: What a redirect with an error has no business with.
_OF_USE = ("code", "access_token", "id_token")
#: The order of the query in two releases.
_OLD_ORDER = (*_FIRST, "scope", *_CHALLENGE, *_FLAGS, "state", "originator")
_NEW_ORDER = (*_FIRST, *_CHALLENGE, "state", "scope", *_FLAGS, "originator")


def _ask(http: HttpProbe, query: str) -> Answer:
    """Make an authorization request with the query as it is."""
    return http.send(httpx.Request("GET", f"{http.url_of('authorize')}?{query}"), reads_only=True)


def _require_login(answer: Answer) -> None:
    """Require a page for a person, or a redirect without an error."""
    if answer.status == httpx.codes.OK:
        return
    query = redirect_of(answer).query
    require("error" not in query, expected="a page or a redirect without an error", found=query)


@pytest.mark.codex("oauth.authorize.accepted")
@pytest.mark.parametrize(
    ("order", "blank"),
    [pytest.param(_OLD_ORDER, "%20", id="as 0.141.0"), pytest.param(_NEW_ORDER, "+", id="as 0.169.0")],
)
def test_request_of_codex_is_accepted(http: HttpProbe, logins: Logins, order: tuple[str, ...], blank: str) -> None:
    fields = logins.request()
    _require_login(_ask(http, urlencode([(name, fields[name]) for name in order]).replace("+", blank)))


@pytest.mark.codex("oauth.authorize.unknown-parameters")
def test_unknown_parameters_are_ignored(logins: Logins) -> None:
    _require_login(logins.authorize(ext_future="1", prompt_hint="none"))


@pytest.mark.codex("oauth.authorize.loopback-hosts")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_both_names_of_this_machine_are_accepted(logins: Logins, host: str) -> None:
    _require_login(logins.authorize(redirect_uri=f"http://{host}:1455/auth/callback"))


@pytest.mark.codex("oauth.authorize.second-port")
def test_second_port_is_accepted(logins: Logins) -> None:
    _require_login(logins.authorize(redirect_uri="http://localhost:1457/auth/callback"))


@pytest.mark.codex("oauth.authorize.any-port")
@pytest.mark.parametrize("port", [1024, 49152, 65535])
def test_any_port_is_accepted(logins: Logins, port: int) -> None:
    _require_login(logins.authorize(redirect_uri=f"http://127.0.0.1:{port}/auth/callback"))


@pytest.mark.codex("oauth.authorize.code-at-redirect", scenario=UNATTENDED)
def test_code_comes_at_the_redirect_uri(logins: Logins) -> None:
    redirect = redirect_of(logins.authorize())
    require(redirect.address == REDIRECT_URI, expected=f"a redirect to {REDIRECT_URI}", found=redirect.address)
    require(redirect.query.get("code"), expected="a code in its query", found=", ".join(redirect.query))


@pytest.mark.codex("oauth.authorize.redirect-query-kept", scenario=UNATTENDED)
def test_query_of_the_redirect_uri_is_kept(logins: Logins) -> None:
    redirect = redirect_of(logins.authorize(redirect_uri=f"{REDIRECT_URI}?window=2"))
    kept = redirect.query.get("window") == "2" and "code" in redirect.query
    require(kept, expected="window=2 and a code in the query", found=", ".join(redirect.query))


@pytest.mark.codex("oauth.authorize.state-returned", scenario=UNATTENDED)
@pytest.mark.parametrize("state", _ODD_STATES.values(), ids=_ODD_STATES)
def test_state_comes_back(logins: Logins, state: str) -> None:
    found = redirect_of(logins.authorize(state=state)).query.get("state")
    require(found == state, expected=f"the state {state!r}", found=found)


@pytest.mark.codex("oauth.authorize.state-on-error")
def test_state_comes_back_with_an_error(logins: Logins) -> None:
    answer = logins.authorize(response_type="nonsense", state="after an error")
    if httpx.codes.is_client_error(answer.status):
        return
    found = redirect_of(answer).query.get("state")
    require(found == "after an error", expected="the state of the request", found=found)


@pytest.mark.codex("oauth.authorize.response-type")
@pytest.mark.parametrize("response_type", _BAD_TYPES.values(), ids=_BAD_TYPES)
def test_other_response_types_are_errors(logins: Logins, response_type: str | None) -> None:
    answer = logins.authorize(response_type=response_type)
    if httpx.codes.is_client_error(answer.status):
        return
    error = redirect_of(answer).query.get("error")
    wanted = ("unsupported_response_type", "invalid_request")
    require(error in wanted, expected=f"an error {' or '.join(wanted)}", found=error)


@pytest.mark.codex("oauth.authorize.unknown-client")
@pytest.mark.parametrize("client_id", ["app_nobody", None], ids=["unknown", "none"])
def test_unknown_client_gets_no_redirect(logins: Logins, client_id: str | None) -> None:
    require_refusal(logins.authorize(client_id=client_id), "a client that is not registered")


@pytest.mark.codex("oauth.authorize.foreign-redirect")
@pytest.mark.parametrize("redirect_uri", _NO_REDIRECT_HERE.values(), ids=_NO_REDIRECT_HERE)
def test_foreign_redirect_uri_gets_no_redirect(logins: Logins, redirect_uri: str | None) -> None:
    require_refusal(logins.authorize(redirect_uri=redirect_uri), "a redirect URI that is not registered")


@pytest.mark.codex("oauth.authorize.challenge-required", scenario=UNATTENDED)
def test_no_code_without_a_challenge(logins: Logins) -> None:
    answer = logins.authorize(code_challenge=None, code_challenge_method=None)
    require_error(answer, "a request without code_challenge")


@pytest.mark.codex("oauth.authorize.s256-only", scenario=UNATTENDED)
@pytest.mark.parametrize("method", ["plain", "S512", None], ids=["plain", "unknown", "left out, which means plain"])
def test_no_code_for_another_method_than_s256(logins: Logins, method: str | None) -> None:
    answer = logins.authorize(code_challenge_method=method)
    require_error(answer, f"code_challenge_method {method}" if method else "a request without code_challenge_method")


@pytest.mark.codex("oauth.authorize.repeated-parameter", scenario=UNATTENDED)
@pytest.mark.parametrize("name", ["state", "scope", "code_challenge"])
def test_repeated_parameters_are_errors(http: HttpProbe, logins: Logins, name: str) -> None:
    fields = logins.request()
    answer = _ask(http, urlencode([*fields.items(), (name, fields[name])]))
    require_error(answer, f"a request that says {name} twice")


@pytest.mark.codex("oauth.authorize.error-tells-nothing")
def test_an_error_redirect_carries_nothing_of_use(logins: Logins) -> None:
    fields = logins.request(response_type="nonsense")
    answer = logins.authorize(**fields)
    if httpx.codes.is_client_error(answer.status):
        return
    told = [name for name in _OF_USE if name in redirect_of(answer).query]
    require(not told, expected="an error without a code or token", found=told)
    found = answer.headers["location"]
    require(fields["code_challenge"] not in found, expected="a location without the code_challenge", found=found)


@pytest.mark.codex("oauth.authorize.code-unguessable", scenario=UNATTENDED)
def test_codes_cannot_be_guessed(logins: Logins) -> None:
    codes = [logins.code().text for _ in range(4)]
    fine = len(set(codes)) == len(codes) and all(len(code) >= 20 for code in codes)
    require(fine, expected="four different codes of at least 20 characters", found=[len(code) for code in codes])


def _decide(http: HttpProbe, page: Answer, **decision: str) -> Answer:
    """Decide on the page of our mock, as a person does."""
    login = re.search(r'name="login_id" value="([^"]+)"', page.text)
    assert login is not None, f"no form: {page.text[:200]}"
    return http.call("submitAuthorization", form={"login_id": login[1], **decision})


def _declined(http: HttpProbe, logins: Logins, **changes: str | None) -> Mapping[str, str]:
    """Return the query with which a login comes back that a person declined."""
    page = logins.authorize(**changes).require_status(200)
    return redirect_of(_decide(http, page, decision="deny")).query


@pytest.mark.codex("oauth.authorize.denial")
def test_a_denial_comes_back_as_an_error(http: HttpProbe, logins: Logins) -> None:
    found = _declined(http, logins).get("error")
    require(found == "access_denied", expected="access_denied", found=found)


@pytest.mark.codex("oauth.authorize.state-on-error", needs=("control",))
def test_state_comes_back_with_a_denial(http: HttpProbe, logins: Logins) -> None:
    found = _declined(http, logins, state="of the one who declined").get("state")
    require(found == "of the one who declined", expected="the state of the request", found=found)


@pytest.mark.codex("oauth.authorize.error-tells-nothing", needs=("control",))
def test_a_denial_carries_nothing_of_use(http: HttpProbe, logins: Logins) -> None:
    query = _declined(http, logins)
    told = [name for name in _OF_USE if name in query]
    require(not told and query.get("error"), expected="an error without a code or token", found=", ".join(query))


@pytest.mark.codex("oauth.authorize.decided-once")
def test_a_page_gives_one_code(http: HttpProbe, logins: Logins) -> None:
    page = logins.authorize().require_status(200)
    query = redirect_of(_decide(http, page, decision="approve", account="plus")).query
    require("code" in query, expected="a code in the query", found=", ".join(query))
    require_refusal(_decide(http, page, decision="approve", account="plus"), "a second decision on one page")


@pytest.mark.codex("oauth.authorize.page-not-framed")
def test_the_page_cannot_be_framed(logins: Logins) -> None:
    headers = logins.authorize().require_status(200).headers
    found = {name: headers.get(name, "") for name in ("x-frame-options", "content-security-policy")}
    framed = not found["x-frame-options"] and "frame-ancestors" not in found["content-security-policy"]
    require(not framed, expected="X-Frame-Options, or frame-ancestors in Content-Security-Policy", found=found)


@pytest.mark.codex("oauth.authorize.page-not-stored")
def test_the_page_is_not_stored(logins: Logins) -> None:
    require_not_stored(logins.authorize().require_status(200))


@pytest.mark.codex("oauth.authorize.no-entitlement", scenario={**UNATTENDED, "accounts": {"plus": {"entitled": False}}})
def test_a_workspace_without_codex_is_told_so(logins: Logins) -> None:
    query = redirect_of(logins.authorize()).query
    fine = query.get("error") == "access_denied" and "missing_codex_entitlement" in query.get("error_description", "")
    require(fine, expected="access_denied, and missing_codex_entitlement in its description", found=query)


@pytest.mark.codex(
    "oauth.authorize.workspace", scenario={"settings": {"auto_approve": True, "auto_approve_account": "team"}}
)
def test_allowed_workspaces_are_kept_to(http: HttpProbe, logins: Logins) -> None:
    second = http.world.accounts["team"]["workspaces"][1]
    redirect = redirect_of(logins.authorize(allowed_workspace_id=second))
    if "error" in redirect.query:
        return
    tokens = logins.tokens(allowed_workspace_id=second)
    found = jwt_at(tokens, "/id_token").account.get("chatgpt_account_id")
    require(found == second, expected=f"a login for the workspace {second}, or an error", found=found)
