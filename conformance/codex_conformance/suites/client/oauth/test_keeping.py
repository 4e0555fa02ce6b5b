"""How a client keeps what it was given."""

from __future__ import annotations

import pytest

from codex_conformance.clients import Outcome
from codex_conformance.probes import require
from codex_conformance.suites.client.oauth.refreshes import EARLY, kept_tokens, refreshes
from codex_conformance.suites.client.trials import Trials, require_success
from codex_mockserver import Exchange


@pytest.mark.codex("oauth.client.keeping.private-file", needs=("login",))
def test_only_its_owner_can_read_the_file_after_a_login(trial: Trials) -> None:
    _require_private(trial("login"))


@pytest.mark.codex("oauth.client.keeping.private-file", needs=("device-login",))
def test_only_its_owner_can_read_the_file_after_a_device_login(trial: Trials) -> None:
    _require_private(trial("device-login"))


@pytest.mark.codex("oauth.client.keeping.private-after-refresh")
def test_the_file_stays_private_after_a_refresh(trial: Trials) -> None:
    _require_private(trial("turn", EARLY, face="chatgpt"))


@pytest.mark.codex("oauth.client.keeping.usable")
def test_what_a_login_keeps_serves_a_turn(trial: Trials) -> None:
    outcome = require_success(trial("login", {"name": "login and turn"}, then="turn", face="chatgpt"))
    require(outcome.turns, expected="a turn", found="none")


@pytest.mark.codex("oauth.client.keeping.account")
def test_the_account_of_the_token_is_kept(trial: Trials) -> None:
    outcome = require_success(trial("login", {"name": "login and turn"}, then="turn", face="chatgpt"))
    sent = {call.exchange.headers.get("chatgpt-account-id") for call in outcome.turns}
    kept = kept_tokens(outcome).get("account_id")
    require(sent == {kept}, expected=f"the account {kept}", found=sent)


@pytest.mark.codex("oauth.client.keeping.token-stays-home")
def test_tokens_go_only_where_they_belong(trial: Trials) -> None:
    outcome = trial("turn", EARLY, face="chatgpt")
    secrets = {outcome.surroundings.refresh_token} | {
        call.response_json.get("refresh_token") for call in refreshes(outcome)
    }
    others = [call for call in outcome.exchanges if call.operation not in ("exchangeToken", "revokeToken")]
    seen = [call for call in others if any(secret and _carries(call, secret) for secret in secrets)]
    require(not seen, expected="refresh tokens at the token endpoint alone", found=[call.path for call in seen])


@pytest.mark.codex("oauth.client.keeping.no-token-in-url")
def test_no_token_is_part_of_a_url(trial: Trials) -> None:
    outcome = trial("turn", EARLY, face="chatgpt")
    given = [call.response_json for call in refreshes(outcome) if call.status == 200]
    tokens = {outcome.surroundings.access_token, outcome.surroundings.refresh_token}
    tokens |= {each[name] for each in given for name in ("access_token", "refresh_token") if each.get(name)}
    seen = [call.path for call in outcome.exchanges if any(token in call.query + call.path for token in tokens)]
    require(not seen, expected="no token in a URL", found=seen)


def _require_private(outcome: Outcome) -> None:
    require(outcome.auth_mode == 0o600, expected="the permissions 600", found=oct(outcome.auth_mode or 0))


def _carries(call: Exchange, secret: str) -> bool:
    return secret.encode() in call.body or any(secret in value for value in call.headers.values())
