"""How a suite says that a requirement is not met."""

from __future__ import annotations

from typing import Any

from codex_schemas import Problem

__all__ = ["Unmet", "at", "require"]

_LONGEST = 600


class Unmet(Problem, AssertionError):  # noqa: N818 (it says what a requirement is, as Problem does)
    """The implementation under test does not do what is required of it, said in four parts."""

    def __init__(self, *, expected: str, found: Any, doing: str = "", advice: str = "") -> None:
        super().__init__(doing, expected=expected, found=_shortened(found), advice=advice)


def require(holds: object, *, expected: str, found: Any, doing: str = "", advice: str = "") -> None:
    """Judge one thing.

    Args:
        holds: Whether it is as it must be.
        expected: What must be, as the rest of a sentence: ``a new refresh token``.
        found: What came; anything but a text is shown as Python shows it.
        doing: What was done; left out, the last step of the evidence says it.
        advice: What the author of the implementation may look at.

    Raises:
        Unmet: It is not.
    """
    if not holds:
        raise Unmet(expected=expected, found=found, doing=doing, advice=advice)


def at(value: Any, pointer: str, kind: type | tuple[type, ...] = object) -> Any:
    """Return the part of a JSON value at a pointer such as ``/error/code``; null is a value.

    Raises:
        Unmet: There is no such part, or it is of another type than ``kind``.
    """
    part = value
    for word in pointer.split("/")[1:]:
        try:
            part = part[int(word)] if isinstance(part, list) else part[word]
        except (LookupError, TypeError, ValueError):
            raise Unmet(expected=f"a value at {pointer}", found=value) from None
    if not isinstance(part, kind):
        names = [each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,))]
        raise Unmet(expected=f"{' or '.join(names)} at {pointer}", found=part)
    return part


def _shortened(found: Any) -> str:
    text = found if isinstance(found, str) else repr(found)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
