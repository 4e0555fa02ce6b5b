"""Signing in with a key, in the browser and with a device code; and being stopped."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.account.people import APPROVED, account_of, client_of, open_page
from codex_conformance.suites.server.app_servers import AppServers

_KEY = {"type": "apiKey", "apiKey": "sk-testkit-login"}
_STRANGE_ID = "00000000-0000-4000-8000-000000000000"
_REFUSED = -32600
#: The account that logs in may not use Codex, so that the page denies it.
_UNROUTED = {**APPROVED, "accounts": {"plus": {"routing": False}}}
_DENIED = {**APPROVED, "accounts": {"plus": {"entitled": False}}}


def _completed(client: AppServerProbe, login_id: str | None) -> dict[str, Any]:
    """Return how a login ended."""
    params: dict[str, Any] = client.wait_for("account/login/completed", lambda p: p.get("loginId") == login_id)[
        "params"
    ]
    return params


def _begin(client: AppServerProbe, kind: str = "chatgpt") -> dict[str, Any]:
    begun: dict[str, Any] = client.ask("account/login/start", {"type": kind})
    require(begun.get("type") == kind, expected=f"the type {kind}", found=begun)
    return begun


def _require_failed(client: AppServerProbe, login_id: str) -> None:
    """Require that a login ends without success, and says why."""
    ended = _completed(client, login_id)
    holds = ended.get("success") is False and isinstance(ended.get("error"), str) and ended["error"]
    require(holds, expected="success false, and an error that says why", found=ended)


@pytest.mark.codex("account.login.api-key")
def test_a_key_is_taken_and_announced(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    begun = client.ask("account/login/start", _KEY)
    require(begun.get("type") == "apiKey", expected="the type apiKey", found=begun)
    ended = _completed(client, None)
    require(ended.get("success") is True, expected="a login that succeeds", found=ended)
    told = client.wait_for("account/updated")["params"]
    said = (told.get("authMode"), told.get("planType"))
    require(said == ("apikey", None), expected="authMode apikey without a plan", found=told)


@pytest.mark.codex("account.login.order")
def test_answer_completion_and_account_come_in_this_order(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    request = client.request("account/login/start", _KEY)
    client.wait_for("account/updated")
    names = ["answer" if each.get("id") == request else each.get("method") for each in client.messages]
    wanted = ["answer", "account/login/completed", "account/updated"]
    found = [name for name in names if name in wanted]
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("account.login.replaces")
def test_a_key_takes_the_place_of_a_subscription(app_servers: AppServers) -> None:
    client = client_of(app_servers, "plus")
    client.ask("account/read", {})
    client.ask("account/login/start", _KEY)
    client.wait_for("account/updated", lambda each: each.get("authMode") == "apikey")
    found = account_of(client)
    require(at(found, "/type") == "apiKey", expected="the key", found=found)


@pytest.mark.codex("account.login.bad-params")
def test_a_login_that_cannot_be_is_refused(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    for params in ({"type": "codex-testkit-unknown"}, {"type": "apiKey"}, {}):
        error = client.refusal("account/login/start", params)
        require(error.get("code") == _REFUSED, expected=f"the error {_REFUSED} for {params}", found=error)
    require(account_of(client) is None, expected="nobody signed in", found=account_of(client))


@pytest.mark.codex("account.login.forced-method")
@pytest.mark.parametrize(
    ("method", "params"),
    [("api", {"type": "chatgpt"}), ("chatgpt", _KEY)],
    ids=["a key is forced", "ChatGPT is forced"],
)
def test_only_the_forced_way_is_open(app_servers: AppServers, method: str, params: dict[str, str]) -> None:
    client = client_of(app_servers, settings={"forced_login_method": method})
    error = client.refusal("account/login/start", params, misuse=False)
    require(error.get("code") == _REFUSED, expected=f"the error {_REFUSED}", found=error)
    require(account_of(client) is None, expected="nobody signed in", found=account_of(client))


@pytest.mark.codex("account.login.browser-url")
@pytest.mark.usefixtures("login_port")
def test_the_page_to_open_asks_with_pkce(app_servers: AppServers) -> None:
    begun = _begin(client_of(app_servers))
    query = parse_qs(urlsplit(at(begun, "/authUrl", str)).query)
    fixed = {name: query.get(name) for name in ("response_type", "code_challenge_method")}
    require(
        fixed == {"response_type": ["code"], "code_challenge_method": ["S256"]},
        expected="response_type code and code_challenge_method S256",
        found=fixed,
    )
    missing = [name for name in ("client_id", "code_challenge", "state", "scope") if not query.get(name)]
    require(not missing, expected="a page with client, challenge, state and scope", found=f"without {missing}")
    host = urlsplit(query.get("redirect_uri", [""])[0]).hostname
    require(host in ("localhost", "127.0.0.1", "::1"), expected="a redirect_uri on this machine", found=host)


@pytest.mark.codex("account.login.browser-fresh")
@pytest.mark.usefixtures("login_port")
def test_each_login_has_secrets_of_its_own(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    queries = [parse_qs(urlsplit(at(_begin(client), "/authUrl", str)).query) for _ in range(2)]
    for name in ("state", "code_challenge"):
        first, second = (each.get(name) for each in queries)
        require(first != second, expected=f"another {name} for the second login", found=second)


@pytest.mark.codex("account.login.second-ends-first")
@pytest.mark.usefixtures("login_port")
def test_a_second_login_ends_the_first(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    first = at(_begin(client), "/loginId", str)
    second = at(_begin(client), "/loginId", str)
    require(first != second, expected="a loginId of its own for each login", found=second)
    _require_failed(client, first)


@pytest.mark.codex("account.login.cancel")
@pytest.mark.usefixtures("login_port")
def test_a_login_can_be_cancelled(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    login_id = at(_begin(client), "/loginId", str)
    found = client.ask("account/login/cancel", {"loginId": login_id})
    require(found.get("status") == "canceled", expected="the status canceled", found=found)
    _require_failed(client, login_id)
    require(account_of(client) is None, expected="nobody signed in", found=account_of(client))


@pytest.mark.codex("account.login.cancel-twice")
@pytest.mark.usefixtures("login_port")
def test_a_cancelled_login_is_not_found(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    login_id = at(_begin(client), "/loginId", str)
    client.ask("account/login/cancel", {"loginId": login_id})
    client.wait_for("account/login/completed")
    found = client.ask("account/login/cancel", {"loginId": login_id})
    require(found.get("status") == "notFound", expected="the status notFound", found=found)


@pytest.mark.codex("account.login.cancel-unknown")
def test_a_login_that_never_began_is_not_found(app_servers: AppServers) -> None:
    found = client_of(app_servers).ask("account/login/cancel", {"loginId": _STRANGE_ID})
    require(found.get("status") == "notFound", expected="the status notFound", found=found)


@pytest.mark.codex("account.login.cancel-bad-id")
def test_what_is_no_id_is_refused(app_servers: AppServers) -> None:
    error = client_of(app_servers).refusal("account/login/cancel", {"loginId": "nope"}, misuse=False)
    require(error.get("code") == _REFUSED, expected=f"the error {_REFUSED}", found=error)


@pytest.mark.codex("account.login.browser-completes")
@pytest.mark.usefixtures("login_port")
def test_a_person_signs_in_in_the_browser(app_servers: AppServers) -> None:
    client = client_of(app_servers, scenario=APPROVED)
    begun = _begin(client)
    open_page(at(begun, "/authUrl", str))
    _require_signed_in(client, at(begun, "/loginId", str))


@pytest.mark.codex("account.login.browser-denied")
@pytest.mark.usefixtures("login_port")
def test_a_login_that_is_denied_leaves_nobody(app_servers: AppServers) -> None:
    client = client_of(app_servers, scenario=_DENIED)
    begun = _begin(client)
    open_page(at(begun, "/authUrl", str))
    _require_failed(client, at(begun, "/loginId", str))
    require(account_of(client) is None, expected="nobody signed in", found=account_of(client))
    found = client.notifications("account/updated")
    require(found == [], expected="no account/updated", found=found)


@pytest.mark.codex("account.login.device-code")
def test_a_device_login_shows_a_page_and_a_code(app_servers: AppServers) -> None:
    begun = _begin(client_of(app_servers), "chatgptDeviceCode")
    url, code = at(begun, "/verificationUrl", str), at(begun, "/userCode", str)
    require(urlsplit(url).scheme in ("http", "https"), expected="a page to open", found=url)
    require(code.strip(), expected="a code to type", found=code)
    require(at(begun, "/loginId", str), expected="a loginId", found=begun)


@pytest.mark.codex("account.login.device-completes")
def test_a_person_signs_in_on_another_device(app_servers: AppServers) -> None:
    client = client_of(app_servers, scenario=APPROVED)
    _require_signed_in(client, at(_begin(client, "chatgptDeviceCode"), "/loginId", str))


@pytest.mark.codex("account.login.device-cancel")
def test_a_device_login_can_be_cancelled(app_servers: AppServers) -> None:
    client = client_of(app_servers)
    login_id = at(_begin(client, "chatgptDeviceCode"), "/loginId", str)
    found = client.ask("account/login/cancel", {"loginId": login_id})
    require(found.get("status") == "canceled", expected="the status canceled", found=found)
    _require_failed(client, login_id)


@pytest.mark.codex("account.login.without-route")
def test_a_login_without_a_route_is_no_success(app_servers: AppServers) -> None:
    client = client_of(app_servers, scenario=_UNROUTED)
    _require_failed(client, at(_begin(client, "chatgptDeviceCode"), "/loginId", str))
    found = client.notifications("account/updated")
    require(found == [], expected="no account/updated", found=found)


def _require_signed_in(client: AppServerProbe, login_id: str) -> None:
    ended = _completed(client, login_id)
    require(ended.get("success") is True, expected="a login that succeeds", found=ended)
    told = client.wait_for("account/updated")["params"]
    said = (told.get("authMode"), told.get("planType"))
    require(said == ("chatgpt", "plus"), expected="authMode chatgpt and the plan plus", found=told)
    found = account_of(client)
    require(at(found, "/email") == "plus@example.com", expected="the account of the person", found=found)
