"""Tool calls and their outputs, which must pair up in every conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codex_mockserver.http._refusal import Refusal

__all__ = ["check_pairs"]

Json = dict[str, Any]

#: The calls that an output of each type may answer.
_ANSWERS: dict[str, frozenset[str]] = {
    "function_call_output": frozenset({"function_call", "local_shell_call"}),
    "custom_tool_call_output": frozenset({"custom_tool_call"}),
    "computer_call_output": frozenset({"computer_call"}),
    "apply_patch_call_output": frozenset({"apply_patch_call"}),
}
_CALLS = frozenset().union(*_ANSWERS.values())


def check_pairs(items: Sequence[Json], param: str) -> None:
    """Check that every output answers an earlier call and every call has an output.

    Args:
        items: The whole conversation.
        param: The field of the request that holds it.

    Raises:
        Refusal: 400 for the first that does not.
    """
    open_calls: dict[str, str] = {}
    known: dict[str, str] = {}
    for item in items:
        if _is_told(item):
            continue
        kind, call_id = str(item.get("type")), str(item.get("call_id") or "")
        if (kind in _CALLS or kind in _ANSWERS) and not call_id:
            raise _orphan(f"An item of type {kind} has no call_id.", param)
        if kind in _CALLS:
            open_calls[call_id] = known[call_id] = kind
        elif kind in _ANSWERS:
            if known.get(call_id) not in _ANSWERS[kind]:
                raise _orphan(f"No earlier call fits the {kind} with call_id {call_id!r}.", param)
            open_calls.pop(call_id, None)
    for call_id, kind in open_calls.items():
        raise _orphan(f"The {kind} with call_id {call_id!r} has no output.", param)


def _is_told(item: Json) -> bool:
    """Tell whether an output answers no call: codex 0.169.0 tells the model so of the goal that it works for."""
    return item.get("type") == "function_call_output" and "name" in item and "call_id" not in item


def _orphan(message: str, param: str) -> Refusal:
    return Refusal(400, message, param=param)
