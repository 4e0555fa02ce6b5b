"""The recorded turns of an app-server as the steps of a scenario."""

from __future__ import annotations

from typing import Any

from codex_fixtures import Line
from codex_fixtures.matching import frame_value
from codex_mockserver.retelling._items import entry_of_thread_item

__all__ = ["Turns"]

Json = dict[str, Any]

#: What the model says without waiting for an answer.
_WITHOUT_ANSWER = frozenset({"message", "reasoning", "web_search"})


class Turns:
    """Collects what recorded turns become: a step for each time that the model was asked."""

    def __init__(self) -> None:
        self.steps: list[Json] = []
        self._said: list[Json] = []

    def add(self, line: Line) -> None:
        """Take the next line."""
        message = frame_value(line.content)
        params = message.get("params") if isinstance(message, dict) and line.side == "server" else None
        if not isinstance(params, dict):
            return
        if message.get("method") == "item/completed":
            self._item(params.get("item") or {})
        elif message.get("method") == "turn/completed":
            self._end(params.get("turn") or {})

    def _item(self, item: Json) -> None:
        entry = entry_of_thread_item(item)
        if entry is None:
            return
        self._said.append(entry)
        if not entry.keys() & _WITHOUT_ANSWER:
            self._step()

    def _end(self, turn: Json) -> None:
        error = turn.get("error") or {}
        if turn.get("status") == "failed":
            self._step({"failed": {"code": "server_error", "message": error.get("message", "")}})
        elif self._said:
            self._step()

    def _step(self, end: Json | None = None) -> None:
        self.steps.append({"say": self._said, **({"end": end} if end else {})})
        self._said = []
