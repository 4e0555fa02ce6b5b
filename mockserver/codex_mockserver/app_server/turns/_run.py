"""The course of a turn: the model speaks and calls tools until it has nothing left to do."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import groupby
from typing import Any

from codex_mockserver.app_server._tasks import Pause, Steps, Wait
from codex_mockserver.app_server.turns._attempts import ask_model
from codex_mockserver.app_server.turns._calls import Output, ToolCall
from codex_mockserver.app_server.turns._failures import Failure, no_room
from codex_mockserver.app_server.turns._input import model_part
from codex_mockserver.app_server.turns._raw_items import tell_context, tell_output, tell_shell_item, tell_user_item
from codex_mockserver.app_server.turns._stream import Telling
from codex_mockserver.app_server.turns._together import together
from codex_mockserver.app_server.turns._tools import is_parallel, use_tool
from codex_mockserver.app_server.turns.active import ActiveTurn, Interrupted, Steered
from codex_mockserver.app_server.turns.usage import tell_usage
from codex_mockserver.model import Outcome, Turn
from codex_schemas import Problem

__all__ = ["converse", "guarded", "run"]

Json = dict[str, Any]

#: How often the model is asked in one turn before its context counts as full, and how often without a break.
_MOST_ROUNDS = 1000
_ROUNDS_AT_ONCE = 100

#: The type of the output of each type of call.
_OUTPUTS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}


def run(active: ActiveTurn) -> Steps:
    """Run a turn from its first notification to its last."""
    active.begin()
    yield from guarded(active, converse(active))


def guarded(active: ActiveTurn, course: Generator[Wait, Any, None]) -> Steps:
    """Run the course of a turn, and end the turn as it ends."""
    try:
        yield from course
    except Interrupted:
        active.finish("interrupted")
    except Failure as failure:
        active.finish("failed", failure.to_wire())
    except Problem as problem:
        active.finish("failed", Failure(str(problem)).to_wire())
    else:
        active.finish("completed")


def converse(active: ActiveTurn) -> Generator[Wait, Any, None]:
    """Let the model and its tools take turns until nothing is left to do.

    Raises:
        Failure: The model failed, or would go on for ever.
    """
    tell_context(active)
    for number in range(1, _MOST_ROUNDS + 1):
        if number % _ROUNDS_AT_ONCE == 0:
            # Others have their turn in a script that goes on and on.
            yield Pause(0)
        _take_input(active)
        try:
            active.is_speaking = True
            turn, telling = yield from ask_model(active, active.thread.conversation())
        except Steered:
            continue
        finally:
            active.is_speaking = False
        active.record.history += telling.items
        calls = _calls(turn, telling)
        active.untold_usage = telling.usage
        try:
            yield from _use_tools(active, calls)
        finally:
            tell_usage(active)
        if diff := active.diff.text():
            active.notify("turn/diff/updated", {"diff": diff})
        if not (calls or active.input or active.heard):
            return
    raise no_room()


def _take_input(active: ActiveTurn) -> None:
    """Tell the user's messages, and let the model see them."""
    record = active.thread.record
    for message in active.input:
        texts = [part["text"] for part in message["content"] if part["type"] == "text"]
        item = {"type": "message", "role": "user", "content": [model_part(part) for part in message["content"]]}
        active.record.history.append(item)
        tell_user_item(active, item)
        active.tell_item(message)
        if not record.is_ephemeral:
            record.preview = record.preview or "\n".join(texts)
    active.input.clear()
    for item in active.heard:
        active.record.history.append(item)
        tell_shell_item(active, item)
    active.heard.clear()


def _calls(turn: Turn, telling: Telling) -> list[ToolCall]:
    outcomes = {said.item["id"]: said.outcome for said in turn.said}
    return [ToolCall(item, outcomes.get(item["id"], Outcome())) for item in telling.items if item["type"] in _OUTPUTS]


def _use_tools(active: ActiveTurn, calls: Sequence[ToolCall]) -> Generator[Wait, Any, None]:
    """Carry out calls: commands side by side, everything else one after the other."""
    for may_overlap, group in groupby(calls, is_parallel):
        batch = list(group)
        if may_overlap:
            outputs = yield from together([use_tool(active, call) for call in batch])
            _note_outputs(active, batch, outputs)
        else:
            for call in batch:
                _note_outputs(active, [call], [(yield from use_tool(active, call))])


def _note_outputs(active: ActiveTurn, calls: Sequence[ToolCall], outputs: Sequence[Output]) -> None:
    for call, output in zip(calls, outputs, strict=True):
        item = {"type": _OUTPUTS[call.item["type"]], "call_id": call.id, "output": output}
        active.record.history.append(item)
        tell_output(active, item)
