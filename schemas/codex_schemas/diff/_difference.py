"""One difference between two schemas, before anybody judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = ["ITEMS", "VALUES", "Difference", "Link", "Path", "Step", "written"]


class Step(NamedTuple):
    """One step inwards: to a part of a message, a field, a variant, the items of a list, the values of a map."""

    kind: str
    name: str = ""


Path = tuple[Step, ...]

ITEMS = Step("items")
VALUES = Step("values")
_FORMS = {"part": " {}", "field": ".{}", "variant": "[{}]", "items": "[]", "values": "{{}}"}


def written(path: Path) -> str:
    """Return a path as reports write it, such as ``[agentMessage].phase``; ``[a|b]`` are two variants."""
    return "".join(_FORMS[step.kind].format(step.name) for step in path)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference at one place."""

    #: The id of a rule.
    rule: str
    path: Path
    old: Any = None
    new: Any = None
    #: The variants of the union in which it was found alike, where it was found in several.
    variants: tuple[str, ...] = ()
    #: Whether the schema itself forbids what the rule is about: to new readers, and to old ones.
    new_closed: bool = False
    old_closed: bool = False


class Link(NamedTuple):
    """The definitions to which a schema refers at one place, before and after."""

    old: str
    new: str
    #: Whether it stands where it may forbid what it allows elsewhere, so that no direction is sure.
    any_direction: bool = False
