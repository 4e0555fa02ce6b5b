"""Signing in: with a key, in a browser, with a device code, and by the host."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from codex_mockserver.world.device_codes import approve_device, deny_device, waiting_device
from codex_mockserver.world.logins import approve_login, begin_login, deny_login

COMPLETED, UPDATED = "account/login/completed", "account/updated"
START = "account/login/start"
NOT_COMPLETED = "Login was not completed"


@pytest.fixture
def nobody(user):
    return user(account=None)


def ends(user):
    """Return how logins ended, and who was announced."""
    told = user.take(COMPLETED, UPDATED)
    return [
        (each["params"]["success"], each["params"]["error"])
        if each["method"] == COMPLETED
        else each["params"]["authMode"]
        for each in told
    ]


def open_page(user, url):
    """Do what the authorization page does when it is opened."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return begin_login(
        user.server.world,
        client_id=query["client_id"],
        redirect_uri=query["redirect_uri"],
        state=query["state"],
        scope=query["scope"],
        code_challenge=query["code_challenge"],
    )


def later(user, real_time, seconds=1.0):
    real_time.seconds += seconds
    user.wake()


def test_a_key(nobody):
    assert nobody.ask(START, {"type": "apiKey", "apiKey": "sk-x"}) == {"type": "apiKey"}
    assert ends(nobody) == [(True, None), "apikey"]
    assert nobody.ask("account/read", {})["account"] == {"type": "apiKey"}
    assert nobody.ask("getAuthStatus", {"includeToken": True})["authToken"] == "sk-x"


def test_a_key_is_kept_nowhere(nobody):
    nobody.ask(START, {"type": "apiKey", "apiKey": "sk-secret"})

    assert b"sk-secret" not in nobody.server.world.snapshot()


def test_a_browser_login_that_is_approved(nobody, real_time):
    started = nobody.ask(START, {"type": "chatgpt"})
    later(nobody, real_time)
    assert ends(nobody) == []

    approve_login(nobody.server.world, open_page(nobody, started["authUrl"]), "team")
    later(nobody, real_time)

    assert ends(nobody) == [(True, None), "chatgpt"]
    assert nobody.ask("account/read", {})["account"]["email"] == "team@example.com"


def test_a_browser_login_that_is_declined(nobody, real_time):
    started = nobody.ask(START, {"type": "chatgpt"})

    deny_login(open_page(nobody, started["authUrl"]))
    later(nobody, real_time)

    assert ends(nobody) == [(False, "Login server error: Sign-in failed: The person declined the login.")]
    assert nobody.ask("account/read", {})["account"] is None


def test_a_browser_login_that_nobody_decides(nobody, real_time):
    nobody.ask(START, {"type": "chatgpt"})

    later(nobody, real_time, 601)

    assert ends(nobody) == [(False, "Login server error: Login timed out")]


def test_a_browser_login_that_approves_itself(user):
    nobody = user(account=None, settings={"auto_approve": True, "auto_approve_account": "pro"})

    nobody.ask(START, {"type": "chatgpt"})

    assert ends(nobody) == [(True, None), "chatgpt"]
    assert nobody.ask("account/read", {})["account"]["planType"] == "pro"


def test_a_browser_login_of_somebody_without_access(client, release):
    scenario = {
        "accounts": {"out": {"entitled": False}},
        "settings": {"auto_approve": True, "auto_approve_account": "out"},
        "app_server": {"account": None},
    }
    nobody = client(version=release, scenario=scenario)

    nobody.ask(START, {"type": "chatgpt"})

    ((success, error),) = ends(nobody)
    assert success is False
    assert error.startswith("Login server error: Sign-in failed: missing_codex_entitlement")


@pytest.mark.parametrize(
    ("decide", "end"),
    [
        (lambda world, device: approve_device(world, device, "pro"), [(True, None), "chatgpt"]),
        (lambda _, device: deny_device(device), [(False, "device auth failed with status 400 Bad Request")]),
    ],
    ids=["approved", "declined"],
)
def test_a_device_code(nobody, real_time, decide, end):
    started = nobody.ask(START, {"type": "chatgptDeviceCode"})
    assert started["verificationUrl"] == "https://auth.openai.com/codex/device"

    decide(nobody.server.world, waiting_device(nobody.server.world, started["userCode"]))
    later(nobody, real_time)

    assert ends(nobody) == end


@pytest.mark.parametrize(
    ("kind", "error"),
    [("chatgpt", f"Login server error: {NOT_COMPLETED}"), ("chatgptDeviceCode", NOT_COMPLETED)],
    ids=["browser", "device"],
)
def test_a_login_that_is_cancelled(nobody, real_time, kind, error):
    login = nobody.ask(START, {"type": kind})["loginId"]

    assert nobody.ask("account/login/cancel", {"loginId": login}) == {"status": "canceled"}
    assert ends(nobody) == [(False, error)]
    assert nobody.ask("account/login/cancel", {"loginId": login}) == {"status": "notFound"}

    later(nobody, real_time)
    assert ends(nobody) == []


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [
        ("chatgpt", "chatgpt", "Login server error: Login cancelled"),
        ("chatgpt", "chatgptDeviceCode", f"Login server error: {NOT_COMPLETED}"),
        ("chatgptDeviceCode", "chatgpt", NOT_COMPLETED),
    ],
)
def test_a_login_that_another_replaces(nobody, first, second, error):
    nobody.ask(START, {"type": first})
    nobody.ask(START, {"type": second})

    assert ends(nobody) == [(False, error)]


def test_cancelling_by_what_is_no_id(nobody, refusal):
    assert refusal(nobody, "account/login/cancel", {"loginId": "nope"}) == (-32600, "invalid login id: nope")


@pytest.mark.parametrize(
    ("forced", "kind", "message"),
    [
        ("chatgpt", "apiKey", "API key login is disabled. Use ChatGPT login instead."),
        ("api", "chatgpt", "ChatGPT login is disabled. Use API key login instead."),
        ("api", "chatgptDeviceCode", "ChatGPT login is disabled. Use API key login instead."),
        ("api", "chatgptAuthTokens", "External ChatGPT auth is disabled. Use API key login instead."),
    ],
)
def test_a_forced_way_to_sign_in(user, refusal, forced, kind, message):
    nobody = user(account=None, config={"forced_login_method": forced})
    params = {"type": kind, "apiKey": "k", "accessToken": "t", "chatgptAccountId": "a"}

    assert refusal(nobody, START, params) == (-32600, message)


def test_logout_revokes_the_tokens(user):
    plus = user()
    token = plus.ask("getAuthStatus", {"includeToken": True})["authToken"]

    assert plus.ask("account/logout") == {}

    assert ends(plus) == [None]
    assert plus.ask("account/read", {})["account"] is None
    assert plus.server.world.state.access_tokens[token].status == "revoked"


def test_logging_out_twice(nobody):
    nobody.ask("account/logout")
    nobody.ask("account/logout")

    assert ends(nobody) == [None, None]


def test_the_login_survives_the_server(app_server, client, user, release):
    first = user(account=None)
    first.ask(START, {"type": "apiKey", "apiKey": "k"})

    again = client(version=release, world=first.server.world)

    assert again.ask("account/read", {})["account"] == {"type": "apiKey"}


class TestBedrock:
    """Only the newer release has it."""

    @pytest.fixture
    def release(self):
        return "0.169.0"

    def test_it_changes_the_provider_until_the_logout(self, nobody):
        nobody.ask(START, {"type": "amazonBedrock", "apiKey": "k", "region": "us-east-1"})

        assert ends(nobody) == [(True, None), "bedrockApiKey"]
        read = nobody.ask("account/read", {})
        assert read["account"] == {"type": "amazonBedrock", "usesCodexManagedCredentials": True}
        assert read["requiresOpenaiAuth"] is False
        assert nobody.ask("config/read", {})["config"]["model_provider"] == "amazon-bedrock"

        nobody.ask("account/logout")
        assert nobody.ask("account/read", {})["requiresOpenaiAuth"] is True

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"type": "amazonBedrock", "apiKey": ""}, "Amazon Bedrock API key must not be empty."),
            (
                {"type": "amazonBedrockAccessKeys", "accessKeyId": "a", "secretAccessKey": ""},
                "AWS access key ID and secret access key must not be empty.",
            ),
        ],
        ids=["key", "access-keys"],
    )
    def test_without_a_key(self, nobody, refusal, params, message):
        assert refusal(nobody, START, {"region": "us-east-1", **params}) == (-32600, message)

    def test_an_unknown_region(self, nobody, refusal):
        params = {"type": "amazonBedrock", "apiKey": "k", "region": "nowhere"}

        assert refusal(nobody, START, params) == (-32600, "Amazon Bedrock does not support region `nowhere`")
