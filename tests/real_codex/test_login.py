"""The real codex logs in, refuses what is wrong, and logs out."""

from __future__ import annotations

import re
import stat
import urllib.error
import urllib.request

import pytest

from codex_schemas import load

#: A user code, which colours may surround.
USER_CODE = r"(?<![A-Z0-9])[A-Z0-9]{4}-[A-Z0-9]{5}(?![A-Z0-9])"
AUTHORIZE = re.compile(r"https://auth\.openai\.com/oauth/authorize\?\S+")


def authorize_url(process, read_until) -> str:
    return AUTHORIZE.search(read_until(process, "/oauth/authorize?"))[0]


@pytest.fixture
def browser_login(codex, login_port, read_until):
    """A ``codex login`` that waits for the browser, and the URL that it wants opened."""
    process = codex.start("login")
    try:
        yield process, authorize_url(process, read_until)
    finally:
        process.kill()
        process.communicate()


def test_browser_login(codex, backend, browser_login, person) -> None:
    """A person picks an account in the browser; codex gets tokens that fit the contract."""
    process, url = browser_login

    person.decide(url, account="pro")

    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    account = backend.world.account("pro")
    assert codex.auth["tokens"]["account_id"] == account.workspaces[0].id
    assert codex.auth["OPENAI_API_KEY"].startswith("sk-")
    load("oauth").validator("AuthDotJson").check(codex.auth)
    assert stat.S_IMODE((codex.home / "auth.json").stat().st_mode) == 0o600
    grants = [exchange.body for exchange in backend.journal.requests("exchangeToken")]
    assert [b"authorization_code" in grants[0], b"token-exchange" in grants[1]] == [True, True]


def test_browser_login_of_an_account_without_a_platform_organisation(codex, backend, browser_login, person) -> None:
    """The refused API key does not spoil the login."""
    process, url = browser_login

    person.decide(url, account="free")

    process.communicate(timeout=30)
    assert process.returncode == 0
    assert codex.auth["OPENAI_API_KEY"] is None
    assert [exchange.status for exchange in backend.journal.requests("exchangeToken")][1] >= 400


def test_browser_login_denied(codex, browser_login, person) -> None:
    """A denial ends the command with an error and leaves no credentials."""
    process, url = browser_login

    person.decide(url, decision="deny")

    process.communicate(timeout=30)
    assert process.returncode == 1
    assert not (codex.home / "auth.json").exists()


def test_a_foreign_state_does_not_end_the_login(browser_login, person) -> None:
    """A callback with a wrong state is refused by codex, and the true one still succeeds."""
    process, url = browser_login
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen("http://127.0.0.1:1455/auth/callback?code=x&state=foreign", timeout=30)
    caught.value.close()
    assert caught.value.code == 400

    person.decide(url)

    process.communicate(timeout=30)
    assert process.returncode == 0


def test_browser_login_into_a_forced_workspace(codex, backend, login_port, read_until, person) -> None:
    """codex asks for the workspace that its configuration forces, and gets it."""
    wanted = backend.world.account("team").workspaces[1].id
    config = codex.home / "config.toml"
    config.write_text(f'forced_chatgpt_workspace_id = "{wanted}"\n' + config.read_text())
    process = codex.start("login")
    try:
        url = authorize_url(process, read_until)
        assert f"allowed_workspace_id={wanted}" in url

        person.decide(url, account="team")

        output, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, output
    assert codex.auth["tokens"]["account_id"] == wanted


@pytest.fixture
def device_login(codex, read_until):
    """A ``codex login --device-auth`` that polls, and the code that it shows."""
    process = codex.start("login", "--device-auth")
    try:
        line = read_until(process, "-", pattern=USER_CODE)
        yield process, re.search(USER_CODE, line)[0]
    finally:
        process.kill()
        process.communicate()


def test_device_login(codex, backend, device_login, person) -> None:
    """A person enters the code in the browser; codex, which polled meanwhile, gets its tokens."""
    process, code = device_login
    backend.wait(1, "pollDeviceToken")

    person.enter_code(code, account="team")

    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert codex.auth["tokens"]["account_id"] == backend.world.account("team").workspaces[0].id
    load("oauth").validator("AuthDotJson").check(codex.auth)
    assert {exchange.status for exchange in backend.journal.requests("pollDeviceToken")} == {403, 200}
    assert backend.journal.single_request("exchangeToken").status == 200


def test_device_login_denied(codex, device_login, person) -> None:
    """A denial ends the polling at once."""
    process, code = device_login

    person.enter_code(code, decision="deny")

    output, _ = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "400" in output


def test_device_login_ends_when_the_code_expires(codex, backend, device_login) -> None:
    """After fifteen minutes of world time the code is dead for codex too."""
    process, _ = device_login
    backend.wait(1, "pollDeviceToken")

    backend.world.clock.advance(15 * 60 + 1)

    process.communicate(timeout=30)
    assert process.returncode != 0
    assert not (codex.home / "auth.json").exists()


@pytest.mark.parametrize("status", [403, 404])
def test_device_login_pending_in_both_spellings(codex, backend, read_until, person, status) -> None:
    """codex keeps polling on 403 and on 404 alike."""
    backend.script.scenario.settings.device_pending_status = status
    process = codex.start("login", "--device-auth")
    try:
        line = read_until(process, "-", pattern=USER_CODE)
        backend.wait(2, "pollDeviceToken")
        person.enter_code(re.search(USER_CODE, line)[0])
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert backend.journal.requests("pollDeviceToken")[0].status == status


def test_api_key_login_needs_no_network(codex, backend) -> None:
    done = codex.run("login", "--with-api-key", stdin=backend.world.account("plus").api_key)

    assert done.returncode == 0, done.stderr
    assert codex.auth["OPENAI_API_KEY"] == backend.world.account("plus").api_key
    assert backend.journal.requests() == []


def test_personal_access_token_login(codex, backend) -> None:
    """codex asks whose the token is; a wrong one is refused."""
    account = backend.world.account("pro")

    done = codex.run("login", "--with-access-token", stdin=account.personal_access_token)

    assert done.returncode == 0, done.stderr
    assert backend.journal.single_request("whoami").response_json["chatgpt_plan_type"] == "pro"
    assert codex.auth["personal_access_token"] == account.personal_access_token
    assert codex.run("login", "--with-access-token", stdin="at-made-up").returncode != 0


def test_login_status_tells_the_truth(codex) -> None:
    assert codex.run("login", "status").returncode == 1
    codex.log_in()
    assert codex.run("login", "status").returncode == 0


def test_logout_revokes_the_refresh_token(codex, backend) -> None:
    """After a logout the refresh token is dead."""
    codex.log_in()
    token = codex.auth["tokens"]["refresh_token"]

    done = codex.run("logout")

    assert done.returncode == 0, done.stderr
    revoke = backend.journal.single_request("revokeToken")
    assert (revoke.status, revoke.json["token"], revoke.json["token_type_hint"]) == (200, token, "refresh_token")
    assert backend.world.state.refresh_tokens[token].status == "revoked"
    assert not (codex.home / "auth.json").exists()


def test_a_new_login_revokes_the_old_one(codex, backend, read_until, person) -> None:
    codex.log_in()
    old = codex.auth["tokens"]["refresh_token"]
    process = codex.start("login", "--device-auth")
    try:
        line = read_until(process, "-", pattern=USER_CODE)
        person.enter_code(re.search(USER_CODE, line)[0], account="pro")
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert backend.world.state.refresh_tokens[old].status == "revoked"
    assert codex.auth["tokens"]["refresh_token"] != old
