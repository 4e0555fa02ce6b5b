"""What a client does with the calls of the model."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.clients import ModelCall, Outcome, text_of
from codex_conformance.probes import require
from codex_conformance.suites.client.responses.scenarios import tool_turn
from codex_conformance.suites.client.trials import Trials, require_success

_CALLS = ("function_call", "custom_tool_call", "local_shell_call")
_OUTPUTS = tuple(f"{kind}_output" for kind in _CALLS)
_ECHO = {"exec_command": {"cmd": "echo sea-42"}}
_THOUGHT = {"reasoning": {"summary": ["Look first."], "text": "The tide table is a file."}}

_ONE = tool_turn(_THOUGHT, _ECHO)
_TWO = tool_turn(_ECHO, {"exec_command": {"cmd": "echo ebb-7"}})
_UNKNOWN = tool_turn({"function_call": {"name": "read_the_tide_gauge", "arguments": {"at": "noon"}}})
_BROKEN = tool_turn({"function_call": {"name": "exec_command", "arguments": '{"cmd": "echo'}})
_SOCKET = tool_turn(_ECHO, websocket=True)

_ALL: dict[str, dict[str, Any]] = {"one call": _ONE, "over WebSocket": _SOCKET}


def _follow_up(outcome: Outcome) -> ModelCall:
    """Return the request that follows on the calls."""
    require_success(outcome)
    require(len(outcome.turns) > 1, expected="a request with the output", found=", ".join(map(str, outcome.turns)))
    return outcome.turns[1]


def _made(outcome: Outcome) -> list[str]:
    """Return the call_id of each call that the model made first."""
    done = [event["item"] for event in outcome.turns[0].events if event.get("type") == "response.output_item.done"]
    return [item["call_id"] for item in done if item.get("type") in _CALLS]


def _answered(outcome: Outcome) -> list[str]:
    return [str(item.get("call_id")) for item in _follow_up(outcome).items_of(*_OUTPUTS)]


def _require_each_answered(outcome: Outcome) -> None:
    found, made = _answered(outcome), _made(outcome)
    require(sorted(found) == sorted(made), expected=f"one output for each of {made}", found=found)


@pytest.mark.parametrize("scenario", _ALL.values(), ids=_ALL)
@pytest.mark.codex("responses.client.tools.outputs-answer-calls")
def test_outputs_answer_calls(trial: Trials, scenario: dict[str, Any]) -> None:
    _require_each_answered(trial("turn", scenario))


@pytest.mark.codex("responses.client.tools.calls-sent-back")
def test_calls_sent_back(trial: Trials) -> None:
    outcome = trial("turn", _ONE)
    order = [(item.get("type"), item.get("call_id")) for item in _follow_up(outcome).items]
    for call_id in _answered(outcome):
        places = [place for place, (_, found) in enumerate(order) if found == call_id]
        kinds = [order[place][0] for place in places]
        is_right = len(kinds) > 1 and kinds[0] in _CALLS and kinds[-1] in _OUTPUTS
        require(is_right, expected="the call, and behind it its output", found=kinds)


@pytest.mark.codex("responses.client.tools.output-of-command")
def test_output_of_command(trial: Trials) -> None:
    texts = [text_of(item) for item in _follow_up(trial("turn", _ONE)).items_of(*_OUTPUTS)]
    require(any("sea-42" in text for text in texts), expected="sea-42 in the output", found=texts)


@pytest.mark.codex("responses.client.tools.parallel-calls")
def test_parallel_calls(trial: Trials) -> None:
    _require_each_answered(trial("turn", _TWO))


@pytest.mark.codex("responses.client.tools.unknown-tool")
def test_unknown_tool(trial: Trials) -> None:
    _require_each_answered(trial("turn", _UNKNOWN))


@pytest.mark.codex("responses.client.tools.broken-arguments")
def test_broken_arguments(trial: Trials) -> None:
    _require_each_answered(trial("turn", _BROKEN))


@pytest.mark.codex("responses.client.tools.reasoning-sent-back")
def test_reasoning_sent_back(trial: Trials) -> None:
    kinds = [item.get("type") for item in _follow_up(trial("turn", _ONE)).items]
    require("reasoning" in kinds, expected="the reasoning before the call", found=kinds)
