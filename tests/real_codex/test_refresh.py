"""The real codex refreshes its tokens, and we see each way in which that can fail."""

from __future__ import annotations

import pytest

from codex_mockserver.world.tokens import expire_access_tokens

TEN_DAYS = 10 * 24 * 3600

#: What codex prints when a refresh fails for good, by the code of the answer.
WORDING = {
    "refresh_token_expired": "expired",
    "refresh_token_reused": "already used",
    "refresh_token_invalidated": "revoked",
}


@pytest.fixture
def ending(codex, backend):
    """A codex whose access token ends in two minutes, by its own clock and by ours."""
    clock = backend.world.clock
    clock.offset = 120 - TEN_DAYS
    codex.log_in()
    clock.offset = 0
    return codex


def end_refresh_token(backend, codex, code: str) -> None:
    """Bring the refresh token into the state for which the service answers that code."""
    record = backend.world.state.refresh_tokens[codex.auth["tokens"]["refresh_token"]]
    if code == "refresh_token_expired":
        record.expires_at = 0
    else:
        record.status = {"refresh_token_reused": "rotated", "refresh_token_invalidated": "revoked"}[code]


def refreshes(backend) -> list:
    return [exchange for exchange in backend.journal.requests("exchangeToken") if b"refresh_token" in exchange.body]


def test_a_token_that_is_about_to_end_is_refreshed_first(ending, backend) -> None:
    """codex refreshes before it is refused, keeps the new tokens, and the turn succeeds."""
    before = ending.auth["tokens"]

    turn = ending.exec("hello")

    assert turn.code == 0, turn.output
    (refresh,) = refreshes(backend)
    assert refresh.json.get("refresh_reason") == ("proactive_expiry" if ending.is_new else None)
    assert {refresh.response_json["refresh_token"], refresh.response_json["access_token"]} == {
        ending.auth["tokens"]["refresh_token"],
        ending.auth["tokens"]["access_token"],
    }
    assert before["refresh_token"] != ending.auth["tokens"]["refresh_token"]
    assert backend.world.state.refresh_tokens[before["refresh_token"]].status == "rotated"


def test_a_token_that_is_far_from_its_end_is_not_refreshed(codex, backend) -> None:
    codex.log_in()

    assert codex.exec("hello").code == 0
    assert refreshes(backend) == []


@pytest.mark.parametrize("code", WORDING)
def test_a_failed_early_refresh_does_not_stop_the_turn(ending, backend, code) -> None:
    """The stale token is still good for two minutes, so the turn succeeds."""
    end_refresh_token(backend, ending, code)

    turn = ending.exec("hello")

    assert {refresh.response_json["error"]["code"] for refresh in refreshes(backend)} <= set(WORDING)
    assert refreshes(backend)[0].response_json["error"]["code"] == code
    assert turn.code == 0, turn.output


def test_a_refused_access_token_is_refreshed(codex, backend) -> None:
    """After 401 codex refreshes with the old refresh token, and the turn succeeds with the new access token."""
    codex.log_in()
    expire_access_tokens(backend.world, "plus")

    turn = codex.exec("hello")

    assert turn.code == 0, turn.output
    reasons = {refresh.json.get("refresh_reason") for refresh in refreshes(backend)}
    assert reasons == ({"unauthorized_recovery"} if codex.is_new else {None})
    assert all(refresh.status == 200 for refresh in refreshes(backend))


@pytest.mark.parametrize("code", WORDING)
def test_a_refused_refresh_ends_the_turn_with_its_own_wording(codex, backend, code) -> None:
    """codex tells the three reasons apart by the code of the answer."""
    codex.log_in()
    expire_access_tokens(backend.world, "plus")
    end_refresh_token(backend, codex, code)

    turn = codex.exec("hello")

    assert turn.code == 1
    assert WORDING[code] in turn.output


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize("code", [*WORDING, "app_session_terminated"])
def test_the_code_counts_and_not_the_status(codex, backend, status, code) -> None:
    """A known code is final with either status; an unknown one only with 401."""
    codex.log_in()
    expire_access_tokens(backend.world, "plus")
    error = {"message": "No.", "type": "invalid_request_error", "param": None, "code": code}
    backend.use_scenario(
        {"faults": [{"on": "exchangeToken", "times": None, "answer": {"status": status, "body": {"error": error}}}]}
    )

    turn = codex.exec("hello")

    assert turn.code == 1
    assert WORDING.get(code, "") in turn.output


def test_two_clients_with_one_refresh_token(codex, backend) -> None:
    """When another client has used the refresh token, codex learns that it was reused, and the family is dead."""
    codex.log_in()
    stolen = codex.auth["tokens"]["refresh_token"]
    backend.world.state.refresh_tokens[stolen].status = "rotated"
    expire_access_tokens(backend.world, "plus")

    turn = codex.exec("hello")

    assert turn.code == 1
    assert "already used" in turn.output
    assert all(token.status != "active" for token in backend.world.state.refresh_tokens.values())


def test_an_expired_account_has_to_log_in_again(codex, backend) -> None:
    """Both of its tokens are past their life, so neither the early nor the late refresh helps."""
    codex.log_in("expired")

    turn = codex.exec("hello")

    assert turn.code == 1
    assert "expired" in turn.output
    assert {refresh.response_json["error"]["code"] for refresh in refreshes(backend)} == {"refresh_token_expired"}
