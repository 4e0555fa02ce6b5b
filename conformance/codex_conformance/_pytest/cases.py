"""Which requirement a test item judges, and whether it is to be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from codex_conformance.requirements import Requirement, find
from codex_conformance.targets import PRESENT, State

__all__ = ["EVIDENCE", "case_of", "draws_at_random", "needs_of", "requirement_of", "skip_reason"]

#: Where the evidence of an item is.
EVIDENCE = pytest.StashKey[Any]()


def requirement_of(item: pytest.Item) -> Requirement | None:
    """Return the requirement that an item judges; None for a test that judges none.

    Raises:
        Problem: Its marker names one that is not there.
    """
    for marker in item.iter_markers("codex"):
        if marker.args:
            return find(marker.args[0])
    return None


def case_of(item: pytest.Item) -> str:
    """Return what a report calls the item."""
    return item.name


def draws_at_random(item: pytest.Item) -> bool:
    """Tell whether what an item asks depends on chance and time, so that its pass does not make a failure stale."""
    return "budget" in getattr(item, "fixturenames", ())


def needs_of(item: pytest.Item, requirement: Requirement) -> Sequence[str]:
    """Return the capabilities without which an item cannot run."""
    more = [name for marker in item.iter_markers("codex") for name in marker.kwargs.get("needs", ())]
    return tuple(dict.fromkeys((*requirement.needs, *more)))


def skip_reason(needs: Sequence[str], capabilities: Mapping[str, State]) -> str | None:
    """Return why an item is not run, None where it is."""
    for name in needs:
        state = capabilities.get(name, "not declared")
        if state not in PRESENT:
            return f"{state}: {name}"
    return None
