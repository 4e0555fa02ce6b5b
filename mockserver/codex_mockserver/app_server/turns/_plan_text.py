"""Telling a proposed plan from the text around it, while the text streams."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["PlanText"]

_OPEN = "<proposed_plan>"
_CLOSE = "</proposed_plan>"


class PlanText:
    """Sorts the deltas of a message into text and plan; the tags stand on lines of their own."""

    def __init__(self) -> None:
        self.text = ""
        self.plan = ""
        self._is_in_plan = False
        #: The beginning of a line that may become a tag; None within a line that cannot.
        self._held: str | None = ""

    def feed(self, delta: str) -> list[tuple[str, str]]:
        """Take a delta and return what can be told of it: pieces of ``text`` or ``plan``."""
        return self._merged([piece for line in delta.splitlines(keepends=True) for piece in self._line(line)])

    def finish(self) -> list[tuple[str, str]]:
        """Return what was held back, at the end of the message."""
        held, self._held = self._held or "", ""
        return [] if held.strip() in ("", _OPEN, _CLOSE) else self._merged([self._piece(held)])

    def _line(self, part: str) -> Iterator[tuple[str, str]]:
        """Yield what can be told after a part of a line."""
        is_whole = part.endswith("\n")
        if self._held is None:
            yield self._piece(part)
            self._held = "" if is_whole else None
            return
        held = self._held + part
        tag = held.strip()
        if is_whole and tag in (_OPEN, _CLOSE):
            self._is_in_plan, self._held = tag == _OPEN, ""
        elif not is_whole and (_OPEN.startswith(tag) or _CLOSE.startswith(tag)):
            self._held = held
        else:
            yield self._piece(held)
            self._held = "" if is_whole else None

    def _piece(self, text: str) -> tuple[str, str]:
        return ("plan" if self._is_in_plan else "text"), text

    def _merged(self, pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Join neighbours of the same kind, and remember them."""
        told: list[tuple[str, str]] = []
        for kind, text in pieces:
            if told and told[-1][0] == kind:
                told[-1] = (kind, told[-1][1] + text)
            else:
                told.append((kind, text))
        for kind, text in told:
            setattr(self, kind, getattr(self, kind) + text)
        return told
