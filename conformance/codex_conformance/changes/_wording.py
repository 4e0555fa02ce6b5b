"""Words that the reports share: where a change is, shortly, and lists that fit a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from codex_schemas.diff import Change

__all__ = ["counted", "owner", "subject", "within"]

#: What may follow the name of a type, and that of a message, in a location.
_AFTER_TYPE = re.compile(r"[.\[{]")
_AFTER_MESSAGE = (".", "[", "{", " ")


def owner(change: Change) -> str:
    """Return the message or the type that a change belongs to: ``Turn`` for ``Turn.status``."""
    location = change.location
    # The name of a message may hold the marks of a path, too: ``GET /.well-known/jwks.json``.
    names = [
        name
        for name in change.messages
        if location == name or location.startswith(tuple(name + mark for mark in _AFTER_MESSAGE))
    ]
    return max(names, key=len, default=_AFTER_TYPE.split(location, maxsplit=1)[0])


def subject(change: Change) -> str:
    """Return what of its owner came, went or changed, ``""`` for all of it: ``status``, or ``status: inProgress``."""
    whole = owner(change)
    place = change.location.removeprefix(whole).lstrip(". ")
    values = [part for part in (change.old, change.new) if part is not None]
    value = str(values[0]) if len(values) == 1 and _is_value(values[0]) else ""
    return ": ".join(part for part in (place, value) if part not in ("", whole))


def _is_value(part: Any) -> bool:
    """Tell the value of a list from a schema, which may be ``true``."""
    return isinstance(part, (str, int, float)) and not isinstance(part, bool)


def within(names: Sequence[str], room: int) -> str:
    """Return in which messages something is, with as many names as there is room for, and at least one."""
    if len(names) <= 1:
        return f"in {names[0]}" if names else ""
    start = f"in {len(names)} messages: "
    text, count = start + ", ".join(names), len(names)
    while len(text) > room and count > 1:
        count -= 1
        text = f"{start}{', '.join(names[:count])}, ..."
    return text


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 change``, ``2 changes``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
