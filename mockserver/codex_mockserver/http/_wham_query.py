"""WHAM: numbers in a query."""

from __future__ import annotations

from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal

__all__ = ["integer"]


def integer(call: Call, name: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number of the query.

    Raises:
        Refusal: 400 when it is none, or out of range.
    """
    text = call.query.get(name, str(default))
    # Bounded before it is read: the time that int() takes grows with the square of the length.
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise Refusal(400, f"The query parameter {name} must be a whole number from {least} to {most}.")
    return int(text)
