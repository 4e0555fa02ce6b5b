"""Turns that fail, and turns that nearly do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import items_of, require_order
from codex_conformance.suites.server.app_server._scenes import message
from codex_conformance.suites.server.app_servers import AppServers

Json = dict[str, Any]


def _answer(status: int, error: Mapping[str, Any]) -> Setup:
    """Return surroundings in which the model's server answers once with an error."""
    return Setup(
        scenario={"faults": [{"on": "createResponse", "answer": {"status": status, "body": {"error": error}}}]}
    )


#: What codexErrorInfo says of an error, with the error.
_KINDS: dict[str, Setup] = {
    "usageLimitExceeded": _answer(
        429, {"type": "usage_limit_reached", "plan_type": "plus", "resets_at": 1_900_000_000, "message": "limit"}
    ),
    "serverOverloaded": _answer(503, {"code": "server_is_overloaded", "message": "busy"}),
    "internalServerError": _answer(500, {"message": "broken"}),
}


@pytest.mark.codex("app-server.failure.status")
def test_a_turn_that_fails_ends_as_failed(client: AppServerProbe) -> None:
    turn = client.turn(client.thread(), "fail")
    require(turn.get("status") == "failed", expected="failed", found=turn)
    at(turn, "/error/message", str)


@pytest.mark.codex("app-server.failure.told")
def test_the_error_is_told_before_the_turn_ends(client: AppServerProbe) -> None:
    turn = client.turn(client.thread(), "fail")
    require_order(client, "error", "turn/completed")
    told = client.notifications("error")[0]
    found = (told.get("willRetry"), told.get("turnId"), at(told, "/error/message"))
    wanted = (False, turn.get("id"), at(turn, "/error/message"))
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.failure.ends-once")
def test_a_turn_that_fails_ends_once(client: AppServerProbe) -> None:
    client.turn(client.thread(), "fail")
    client.settle()
    ends = client.notifications("turn/completed")
    require(len(ends) == 1, expected="one turn/completed", found=ends)


@pytest.mark.codex("app-server.failure.thread-status")
def test_the_thread_of_a_turn_that_failed_says_so(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id, "fail")
    status = at(client.ask("thread/read", {"threadId": thread_id}), "/thread/status/type")
    require(status == "systemError", expected="systemError", found=status)


@pytest.mark.codex("app-server.failure.then-works")
def test_the_turn_after_a_failure_runs(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id, "fail")
    turn = client.turn(thread_id, "again")
    require(turn.get("status") == "completed", expected="completed", found=turn)
    status = at(client.ask("thread/read", {"threadId": thread_id}), "/thread/status/type")
    require(status == "idle", expected="idle", found=status)


@pytest.mark.codex("app-server.failure.kind")
@pytest.mark.parametrize("kind", _KINDS)
def test_an_error_says_of_which_kind_it_is(app_servers: AppServers, kind: str) -> None:
    client = app_servers.client(_KINDS[kind])
    found = at(client.turn(client.thread()), "/error/codexErrorInfo")
    require(found == kind, expected=kind, found=found)


@pytest.mark.codex("app-server.failure.full-context")
def test_a_full_context_is_told_as_such(client: AppServerProbe) -> None:
    found = at(client.turn(client.thread(), "overflow"), "/error/codexErrorInfo")
    require(found == "contextWindowExceeded", expected="contextWindowExceeded", found=found)


@pytest.mark.codex("app-server.failure.http-status")
def test_too_many_attempts_name_the_http_status(app_servers: AppServers) -> None:
    client = app_servers.client(_answer(429, {"message": "slow down"}))
    turn = client.turn(client.thread())
    found = at(turn, "/error/codexErrorInfo/responseTooManyFailedAttempts/httpStatusCode")
    require(found == 429, expected="429", found=turn)


@pytest.mark.codex("app-server.failure.cut-stream")
def test_a_stream_that_is_cut_fails_the_turn(app_servers: AppServers) -> None:
    cut = {"faults": [{"on": "createResponse", "at": "last", "end": True}]}
    client = app_servers.client(Setup(model=[message("Half an answer")], scenario=cut))
    status = client.turn(client.thread()).get("status")
    require(status == "failed", expected="failed", found=status)


@pytest.mark.codex("app-server.failure.incomplete")
def test_an_incomplete_response_fails_the_turn(client: AppServerProbe) -> None:
    status = client.turn(client.thread(), "incomplete").get("status")
    require(status == "failed", expected="failed", found=status)


@pytest.mark.codex("app-server.failure.retry")
def test_a_retry_is_told_and_does_not_end_the_turn(app_servers: AppServers) -> None:
    cut = {"faults": [{"on": "createResponse", "at": {"event": "response.output_text.done"}, "end": True}]}
    settings = {"model_providers.backend.stream_max_retries": 2}
    client = app_servers.client(Setup(model=[message({"deltas": ["At", " six."]})], scenario=cut, settings=settings))
    turn = client.turn(client.thread())
    require(turn.get("status") == "completed", expected="completed", found=turn)
    told = [each.get("willRetry") for each in client.notifications("error")]
    require(told == [True], expected="one error with willRetry true", found=told)
    texts = [item.get("text") for item in items_of(client, "agentMessage")]
    require(texts == ["At six."], expected="the message completes once", found=texts)
