"""The protocols of all releases: no change against itself, the opposite changes the other way round."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from codex_schemas import app_server
from codex_schemas.diff import RULES, Change, Comparison, Protocol, compare

VERSIONS = app_server.versions()
CHANNELS = {"stable": False, "experimental": True}


@cache
def protocol(version: str, channel: str) -> Protocol:
    return app_server.load(version, experimental=CHANNELS[channel]).protocol()


def seen_backwards(comparison: Comparison) -> set[tuple[str, ...]]:
    """Return what the opposite comparison must find."""
    renamed = {change.old: change.new for change in comparison.changes if change.rule == "type-renamed"}
    return {
        (RULES[change.rule].mirror, opposite_location(change, renamed), repr(change.new), repr(change.old))
        for change in comparison.changes
    }


def opposite_location(change: Change, renamed: dict[str, str]) -> str:
    """Return where the opposite comparison finds a change: below the new name of what has another."""
    if change.rule == "type-renamed":
        return str(change.new)
    location = change.location
    for old, new in renamed.items():
        if location == old or location.startswith((f"{old}.", f"{old}[", f"{old}{{")):
            location = new + location.removeprefix(old)
    if not change.rule.endswith("-renamed") or change.rule == "enum-value-renamed":
        return location
    before, _, after = location.rpartition(change.old)
    return before + change.new + after


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_release_differs_from_itself(channel: str) -> None:
    for version in VERSIONS:
        assert compare(protocol(version, channel), protocol(version, channel)).changes == ()


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_opposite_comparison_finds_the_opposite_changes(channel: str) -> None:
    for older, newer in pairwise(VERSIONS):
        forth = compare(protocol(older, channel), protocol(newer, channel))
        back = compare(protocol(newer, channel), protocol(older, channel))
        found = {(change.rule, change.location, repr(change.old), repr(change.new)) for change in back.changes}
        assert found == seen_backwards(forth), (older, newer)
