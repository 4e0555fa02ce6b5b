"""What of a thread's turns is shown, and where each piece stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from codex_mockserver.app_server.threads.forms import turn_form
from codex_mockserver.world import Thread, ThreadTurn

__all__ = ["Spot", "full_turns", "is_paginated", "shown_items", "spots", "viewed"]

Json = dict[str, Any]

#: Items that a legacy history does not keep once they are complete.
_NOT_KEPT = frozenset({"commandExecution", "dynamicToolCall"})
#: Items whose ids a legacy history keeps too.
_NAMED = frozenset({"dynamicToolCall", "fileChange", "mcpToolCall", "plan", "webSearch"})
_TOOLS = frozenset({"commandExecution", "dynamicToolCall", "mcpToolCall", "fileChange"})
#: How many lines of the file stand before a turn's first item and after its last one.
_FIRST_HEAD, _HEAD, _TAIL = 7, 3, 4
#: How many more lines stand after an item, and before one of a tool.
_LINES_AFTER = {"reasoning": 1} | dict.fromkeys(_TOOLS, 2)
_LINES_BEFORE_TOOL = 2


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a turn and its items stand in the file of their thread, as lines."""

    turn: ThreadTurn
    #: Those of the turn's items that are kept.
    items: list[Json]
    first: int
    last: int
    places: list[int]


def is_paginated(record: Thread) -> bool:
    """Tell whether a thread's items keep their ids and can be paged."""
    return record.history_mode == "paginated"


def shown_items(record: Thread, turns: Sequence[ThreadTurn]) -> list[list[Json]]:
    """Return the items of each turn as they are read back.

    In a legacy history most are counted over the thread, none has times, and some are not kept.
    """
    if is_paginated(record):
        return [turn.items for turn in turns]
    numbers = count(1)
    shown: list[list[Json]] = []
    for turn in turns:
        kept = [item for item in turn.items if item["type"] not in _NOT_KEPT or item["status"] == "inProgress"]
        shown.append([_legacy(item, numbers) for item in kept])
    return shown


def _legacy(item: Json, numbers: Iterator[int]) -> Json:
    name = item["id"] if item["type"] in _NAMED else f"item-{next(numbers)}"
    # The model's own words are not kept, only their summary.
    raw: Json = {"content": []} if item["type"] == "reasoning" else {}
    return {**item, **raw, "id": name, "startedAtMs": None, "completedAtMs": None}


def full_turns(record: Thread, turns: Sequence[ThreadTurn]) -> list[Json]:
    """Return all turns with all their items."""
    return [turn_form(turn, items, "full") for turn, items in zip(turns, shown_items(record, turns), strict=True)]


def viewed(turn: ThreadTurn, items: list[Json], view: str) -> Json:
    """Return a turn with none of its items, its first and its last, or all."""
    if view == "summary":
        said = [item for item in items if item["type"] == "userMessage"][:1]
        answers = [item for item in items if item["type"] == "agentMessage"][-1:]
        return turn_form(turn, said + answers, view)
    return turn_form(turn, items if view == "full" else (), view)


def spots(record: Thread, turns: Sequence[ThreadTurn]) -> list[Spot]:
    """Return where each turn and each item stands, oldest first."""
    found: list[Spot] = []
    line = 1
    for turn, items in zip(turns, shown_items(record, turns), strict=True):
        first, place = line, line + (_HEAD if found else _FIRST_HEAD)
        places: list[int] = []
        before = ""
        for item in items:
            place += _distance(before, item["type"]) if places else 0
            places.append(place)
            before = item["type"]
        last = place + _TAIL
        found.append(Spot(turn, items, first, last, places))
        line = last + 1
    return found


def _distance(before: str, after: str) -> int:
    """Return how many lines an item stands below the one before it."""
    return 1 + _LINES_AFTER.get(before, 0) + (_LINES_BEFORE_TOOL if after in _TOOLS else 0)
