"""The texts that say where the next page of threads begins: a time or a place, and in newer releases a thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from codex_mockserver.app_server._errors import RpcError

__all__ = ["PLACE", "ListCursor", "cursor_after", "cursor_back", "read_list_cursor"]

#: The sort key that counts places instead of milliseconds.
PLACE = "section_position"
#: Keys whose cursors count whole seconds.
_COARSE = frozenset({"created_at"})

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TIME = re.compile(rf"(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{{1,9}})?Z(?:\|({_ID}))?")
_NUMBER = re.compile(rf"(\d{{1,18}})\|{_ID}")
_SECOND = 1000


@dataclass(frozen=True, slots=True)
class ListCursor:
    """A point in a list of threads."""

    #: Milliseconds since 1970, or a place.
    value: int
    #: Whether only whole seconds are compared.
    is_coarse: bool = False
    thread_id: str | None = None

    def precedes(self, value: int, *, ascending: bool) -> bool:
        """Tell whether a thread with that value comes after this point."""
        value -= value % _SECOND if self.is_coarse else 0
        return value > self.value if ascending else value < self.value


def cursor_after(key: str, value: int, thread_id: str, *, named: bool) -> str:
    """Return the cursor of what comes after a thread.

    Args:
        key: What the page is sorted by.
        value: That of the last thread of the page.
        thread_id: The last thread of the page.
        named: Whether cursors name threads.
    """
    if key == PLACE:
        return f"{value}|{thread_id}"
    text = _text(value - value % _SECOND if key in _COARSE else value)
    return f"{text}|{thread_id}" if named else text


def cursor_back(key: str, value: int, thread_id: str, *, ascending: bool) -> str:
    """Return the cursor of the page that begins at the first thread of a page, in the other direction."""
    value += 1 if ascending else -1
    return f"{value}|{thread_id}" if key == PLACE else _text(value, full=True)


def read_list_cursor(text: str | None, key: str) -> ListCursor | None:
    """Return the point that a text names; None without one.

    Args:
        text: The text.
        key: What the page is sorted by.

    Raises:
        RpcError: It names none.
    """
    if text is None:
        return None
    if key == PLACE and (found := _NUMBER.fullmatch(text)):
        return ListCursor(int(found[1]))
    if key != PLACE and (found := _TIME.fullmatch(text)):
        seconds, fraction, thread_id = found.groups()
        try:
            begun = datetime.fromisoformat(seconds).replace(tzinfo=UTC)
        except ValueError:
            raise RpcError(f"invalid cursor: {text}") from None
        value = int(begun.timestamp()) * _SECOND + round(float(fraction or 0) * _SECOND)
        return ListCursor(value, fraction is None, thread_id)
    raise RpcError(f"invalid cursor: {text}")


def _text(value: int, *, full: bool = False) -> str:
    """Write a time with as many digits of its milliseconds as it needs, or with all."""
    moment = datetime.fromtimestamp(value // _SECOND, UTC)
    fraction = f"{value % _SECOND:03}" if full else f"{value % _SECOND:03}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction and f'.{fraction}'}Z"
