"""How a client goes on where no window of the model holds its conversation any longer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from codex_conformance.clients import ModelCall, Outcome, text_of
from codex_conformance.probes import require
from codex_conformance.suites.client.responses.scenarios import (
    ANSWER,
    PROMPT,
    SEALED,
    compacting,
    over_websocket,
    refusal,
)
from codex_conformance.suites.client.trials import Trials, require_failure, require_success

Json = dict[str, Any]

_CALLS = ("function_call", "custom_tool_call", "local_shell_call")
_OUTPUTS = tuple(f"{kind}_output" for kind in _CALLS)
_COMPACTIONS = ("compaction", "compaction_summary")

#: Attempts that nobody calls a loop.
_MOST = 60


def _struck(times: int | None, over_stream: Json, at_endpoint: Json | None = None) -> Json:
    """Return a scenario in which something happens to the request that follows on the call, or to all from there on.

    Args:
        times: To how many requests.
        over_stream: What happens to a request for a response.
        at_endpoint: What happens to one at the endpoint of compactions; the same where it is left out.
    """
    strikes = {"createResponse": {"after": 1, **over_stream}, "compactResponse": at_endpoint or over_stream}
    return compacting(*({"on": operation, "times": times, **what} for operation, what in strikes.items()))


def _refused(status: int, *told: str) -> Json:
    return {"answer": {"status": status, "body": refusal(*told)}}


_POST = compacting()
_TRANSPORTS = {"POST": _POST, "WebSocket": over_websocket(_POST)}
_CUT: tuple[Json, Json] = ({"at": "last", "cut": True}, {"at": "answer", "cut": True})
#: What comes of a request for a compaction, however often it is made, and is none.
_NONE = {
    "no item": compacting(say=[{"message": "This is what was said so far."}]),
    "failed": compacting(
        {"on": "compactResponse", "times": None, **_refused(500, "server_error")},
        say=[],
        end={"failed": {"code": "server_error", "message": "Not now: xyzzy."}},
    ),
    "broken off": _struck(None, *_CUT),
}
_PASSING = {"broken off": _struck(1, *_CUT), "overloaded": _struck(1, _refused(503, "server_is_overloaded"))}
_REFUSED = _struck(None, _refused(400, "invalid_value", "This is not understood: xyzzy.", "invalid_request_error"))


@pytest.fixture
def compacted(trial: Trials) -> Outcome:
    """A turn that is compacted in the middle, over POST."""
    return require_success(trial("turn", _POST, prompt=PROMPT))


def _behind(outcome: Outcome) -> list[ModelCall]:
    """Return the requests that come after a compaction, and are none."""
    since = min((call.at for call in outcome.compactions), default=float("inf"))
    return [call for call in outcome.turns if call.at > since and not call.is_compaction]


def _go_on(outcome: Outcome) -> list[ModelCall]:
    """Return the requests that come after a compaction, of which there must be one."""
    found = _behind(outcome)
    require(found, expected="a request behind a compaction", found=", ".join(map(str, outcome.turns)))
    return found


def _was_replaced(outcome: Outcome) -> bool:
    """Tell whether the endpoint of compactions gave items, which are the whole conversation from then on."""
    answers = [call.response_json for call in outcome.requests("compactResponse") if call.status == HTTPStatus.OK]
    return any(answer.get("output") for answer in answers)


def _brings_conversation(call: ModelCall) -> bool:
    """Tell whether a request brings what the command printed."""
    return any("sea-42" in text_of(item) for item in call.items_of(*_OUTPUTS))


@pytest.mark.parametrize("scenario", _TRANSPORTS.values(), ids=_TRANSPORTS)
@pytest.mark.codex("responses.client.compaction.goes-on")
def test_goes_on(trial: Trials, scenario: Json) -> None:
    outcome = require_success(trial("turn", scenario))
    _go_on(outcome)
    require(ANSWER in outcome.stdout, expected=ANSWER, found=outcome.ending)


@pytest.mark.codex("responses.client.compaction.whole-conversation")
def test_whole_conversation(compacted: Outcome) -> None:
    for call in compacted.compactions:
        is_whole = _brings_conversation(call) and any(PROMPT in text for text in call.user_texts)
        require(is_whole, expected="the prompt, and the output of the command", found=str(call))


@pytest.mark.codex("responses.client.compaction.sent-back")
def test_sent_back(compacted: Outcome) -> None:
    for call in _go_on(compacted):
        found = [item.get("encrypted_content") for item in call.items_of(*_COMPACTIONS)]
        require(found == [SEALED], expected=f"one compaction with {SEALED}", found=found)


@pytest.mark.codex("responses.client.compaction.replaces")
def test_replaces(compacted: Outcome) -> None:
    for call in _go_on(compacted):
        found = [item.get("type") for item in call.items_of(*_CALLS, *_OUTPUTS)]
        require(not found, expected="no call and no output from before the compaction", found=found)


@pytest.mark.codex("responses.client.compaction.prompt-kept")
def test_prompt_kept(compacted: Outcome) -> None:
    for call in _go_on(compacted):
        count = sum(text.count(PROMPT) for text in call.user_texts)
        is_kept = count == 1 or _was_replaced(compacted)
        require(is_kept, expected="the prompt once", found=f"{count} times")


@pytest.mark.codex("responses.client.compaction.once")
def test_once(compacted: Outcome) -> None:
    count = len(compacted.compactions)
    require(count == 1, expected="one request for a compaction", found=count)


@pytest.mark.codex("responses.client.compaction.nothing-to-follow-on")
def test_nothing_to_follow_on(trial: Trials) -> None:
    first = _go_on(trial("turn", over_websocket(_POST)))[0]
    found = first.body.get("previous_response_id")
    require(found is None, expected="no previous_response_id", found=found)


@pytest.mark.parametrize("scenario", _NONE.values(), ids=_NONE)
@pytest.mark.codex("responses.client.compaction.nothing-lost")
def test_nothing_lost(trial: Trials, scenario: Json) -> None:
    outcome = trial("turn", scenario)
    for call in _behind(outcome):
        has_all = _brings_conversation(call) or _was_replaced(outcome)
        require(has_all, expected="the conversation, which nothing stands for", found=str(call))


@pytest.mark.parametrize("scenario", _NONE.values(), ids=_NONE)
@pytest.mark.codex("responses.client.compaction.bounded")
def test_bounded(trial: Trials, scenario: Json) -> None:
    count = len(trial("turn", scenario).compactions)
    require(count <= _MOST, expected=f"at most {_MOST} requests for a compaction", found=count)


@pytest.mark.parametrize("scenario", _PASSING.values(), ids=_PASSING)
@pytest.mark.codex("responses.client.compaction.retried")
def test_retried(trial: Trials, scenario: Json) -> None:
    _go_on(require_success(trial("turn", scenario)))


@pytest.mark.codex("responses.client.compaction.refused-once")
def test_refused_once(trial: Trials) -> None:
    count = len(trial("turn", _REFUSED).compactions)
    require(count == 1, expected="one request for a compaction", found=count)


@pytest.mark.codex("responses.client.compaction.refused-told")
def test_refused_told(trial: Trials) -> None:
    outcome = require_failure(trial("turn", _REFUSED))
    require("xyzzy" in outcome.output, expected="output with 'xyzzy'", found=outcome.ending)
