"""The authorization endpoint: pages, redirects and refusals."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from codex_mockserver.world.tokens import CODEX_CLIENT_ID

ALLOWED = [
    "http://localhost:1455/auth/callback",
    "http://127.0.0.1:1457/auth/callback",
    "http://[::1]:9/other/path?x=1",
    "http://localhost",
]
FOREIGN = [
    "",
    "https://localhost:1455/auth/callback",
    "https://evil.example/cb",
    "http://evil.example/cb",
    "http://localhost.evil.example/cb",
    "http://localhost@evil.example/cb",
    "http://localhost:1@evil.example/cb",
    "http://evil.example#http://localhost/",
    "http://localhost:1455/cb#fragment",
    "http://localhost\\@evil.example/cb",
    "http://localhost:1455/cb\r\nx-injected: 1",
    "//localhost/cb",
    "javascript:alert(1)",
    "localhost:1455/cb",
]


class Form(HTMLParser):
    """The fields of the only form of a page, as a browser would send them."""

    def __init__(self, page):
        super().__init__()
        self.values = {}
        self.options = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        fields = dict(attributes)
        if tag == "input":
            self.values[fields["name"]] = fields["value"]
        elif tag == "option":
            self.options.append(fields["value"])


async def test_the_page_offers_every_workspace_of_every_account(client):
    page = await client.authorize()

    assert page.status_code == 200
    assert Form(page.text).options == [workspace.id for _, workspace in client.world.workspaces()]


async def test_allowed_workspaces_limit_what_is_offered(client):
    first, second = (workspace.id for workspace in client.world.account("team").workspaces)
    plus = client.world.account("plus").workspaces[0].id

    one = await client.authorize(allowed_workspace_id=second)
    several = await client.authorize(allowed_workspace_id=f"{first}, {plus}")

    assert Form(one.text).options == [second]
    assert Form(several.text).options == [plus, first]


async def test_a_workspace_that_was_not_offered_cannot_be_forced(client):
    own, foreign = client.world.account("team").workspaces[0].id, client.world.account("plus").workspaces[0].id
    back = await client.decide(account=foreign, allowed_workspace_id=own)

    assert back["error"] == "access_denied"


async def test_approval_comes_back_with_code_scope_and_state(client):
    back = await client.decide(scope="openid email")

    assert back.keys() == {"code", "scope", "state"}
    assert (back["scope"], back["state"]) == ("openid email", "state-1")


async def test_denial_comes_back_with_a_description_and_the_state(client):
    back = await client.decide("deny")

    assert back == {"error": "access_denied", "error_description": back["error_description"], "state": "state-1"}


async def test_an_account_without_codex_is_denied_with_the_known_reason(client):
    client.world.account("plus").workspaces[0].codex_entitled = False
    back = await client.decide()

    assert back["error"] == "access_denied"
    assert "missing_codex_entitlement" in back["error_description"]


async def test_without_state_none_comes_back(client):
    assert "state" not in await client.decide(state=None)


async def test_a_login_that_approves_itself_shows_no_page(client, settings):
    settings.auto_approve, settings.auto_approve_account = True, "pro"
    answer = await client.authorize()

    assert answer.status_code == 302
    (code,) = client.world.state.authorization_codes.values()
    assert code.account == "pro"


async def test_automatic_approval_respects_the_allowed_workspaces(client, settings):
    settings.auto_approve = True
    answer = await client.authorize(allowed_workspace_id=client.world.account("team").workspaces[0].id)

    assert "error=access_denied" in answer.headers["location"]


@pytest.mark.parametrize("redirect_uri", ALLOWED)
async def test_loopback_redirects_are_allowed_with_any_port_and_path(client, redirect_uri):
    page = await client.authorize(redirect_uri=redirect_uri)
    answer = await client.post("/oauth/authorize", data={**Form(page.text).values, "decision": "deny"})

    separator = "&" if "?" in redirect_uri else "?"
    assert answer.headers["location"].startswith(f"{redirect_uri}{separator}error=access_denied&")


@pytest.mark.parametrize("redirect_uri", FOREIGN)
async def test_other_redirects_get_a_page_and_never_a_redirect(client, redirect_uri):
    answer = await client.authorize(redirect_uri=redirect_uri, response_type="token")

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "location" not in answer.headers
    assert not client.world.state.logins


@pytest.mark.parametrize("client_id", ["app_other", "", None])
async def test_an_unknown_client_gets_a_page_and_never_a_redirect(client, client_id):
    answer = await client.authorize(client_id=client_id)

    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
    ids=["token", "no response type", "no challenge", "short challenge", "plain", "no method"],
)
async def test_other_faults_come_back_to_the_client(client, changed, error):
    answer = await client.authorize(**changed)

    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"http://localhost:1455/auth/callback?error={error}&")
    assert answer.headers["location"].endswith("&state=state-1")


@pytest.mark.parametrize(("name", "status"), [("client_id", 400), ("redirect_uri", 400), ("code_challenge", 302)])
async def test_a_repeated_parameter_is_refused(client, name, status):
    page = await client.authorize()
    answer = await client.get(f"{page.request.url}&{name}=http://localhost/x")

    assert answer.status_code == status
    assert not re.search("[?&]code=", answer.headers.get("location", ""))


async def test_a_login_id_works_once(client):
    form = {**Form((await client.authorize()).text).values, "account": "plus", "decision": "approve"}
    first = await client.post("/oauth/authorize", data=form)
    second = await client.post("/oauth/authorize", data=form)

    assert (first.status_code, second.status_code) == (302, 400)
    assert len(client.world.state.authorization_codes) == 1


async def test_an_unknown_login_is_an_error_page(client):
    answer = await client.post("/oauth/authorize", data={"login_id": "login_guessed", "decision": "approve"})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


async def test_nobody_picked_is_a_denial(client):
    form = {**Form((await client.authorize()).text).values, "decision": "approve"}
    answer = await client.post("/oauth/authorize", data=form)

    assert "error=access_denied" in answer.headers["location"]


async def test_pages_allow_no_frames_no_scripts_and_no_caching(client):
    headers = (await client.authorize()).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("name", ["originator", "scope", "state"])
async def test_markup_from_the_client_is_escaped(client, name):
    page = await client.authorize(**{name: "<script>$login_id</script>"})

    assert "<script>" not in page.text


async def test_the_client_id_on_the_page_is_the_clients(client):
    assert CODEX_CLIENT_ID in (await client.authorize()).text
