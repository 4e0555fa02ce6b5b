"""Reading ids as the app-server does: in each form of a UUID, with its words for what is none."""

from __future__ import annotations

import uuid

__all__ = ["read_uuid"]

_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_PREFIX = "urn:uuid:"
_SIMPLE_LENGTH = 32
#: Where the groups of the form with hyphens begin, and how long they are.
_GROUPS = ((0, 8), (9, 4), (14, 4), (19, 4), (24, 12))


def read_uuid(text: str) -> str:
    """Return the usual form of a UUID, in lower case with hyphens.

    Raises:
        ValueError: It is none; the text is what the real one says.
    """
    body, offset = _inside(text)
    for index, character in enumerate(body):
        if character != "-" and character not in _HEXADECIMAL:
            position = len(body[:index].encode()) + offset + 1
            raise ValueError(
                f"invalid character: expected an optional prefix of `{_PREFIX}` followed by [0-9a-fA-F-], "
                f"found `{character}` at {position}"
            )
    if "-" not in body:
        if len(body) != _SIMPLE_LENGTH:
            raise ValueError(f"invalid length: expected length {_SIMPLE_LENGTH} for simple format, found {len(text)}")
    else:
        _check_groups(text, body)
    return str(uuid.UUID(body))


def _inside(text: str) -> tuple[str, int]:
    """Return what is to be the UUID itself, and where it begins."""
    if text.startswith("{") and text.endswith("}"):
        return text[1:-1], 1
    return (text.removeprefix(_PREFIX), len(_PREFIX)) if text.startswith(_PREFIX) else (text, 0)


def _check_groups(text: str, body: str) -> None:
    groups = body.split("-")
    if len(groups) != len(_GROUPS):
        raise ValueError(f"invalid group count: expected {len(_GROUPS)}, found {len(groups)}")
    for number, (group, (start, length)) in enumerate(zip(groups, _GROUPS, strict=True)):
        if len(group) != length:
            # The last one is counted to the end of the whole text.
            found = len(group) if number < len(_GROUPS) - 1 else len(text) - start
            raise ValueError(f"invalid group length in group {number}: expected {length}, found {found}")
