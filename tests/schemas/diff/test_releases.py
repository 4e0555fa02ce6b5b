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


FACTS = [
    ("thread/rollback", "request-removed"),
    ("thread/turns/list", "request-promoted"),
    ("AskForApproval", "enum-value-removed"),
    ("Thread.projectId", "required-field-added"),
    ("Account[chatgpt].email", "null-allowed"),
    ("HookMetadata[mcpTool]", "variant-added"),
    ("HookMetadata[agent|prompt].command", "optional-field-removed"),
    ("ThreadForkParams.excludeTurns", "field-promoted"),
    ("UserInput[image][fileId]", "variant-added"),
    ("ApiPathString", "type-renamed"),
    ("account/rateLimits/read params", "type-widened"),
]


@pytest.mark.parametrize(("location", "rule"), FACTS, ids=[location for location, _ in FACTS])
def test_what_is_known_of_two_releases_is_found_once(location: str, rule: str) -> None:
    changes = compare(protocol("0.141.0", "stable"), protocol("0.169.0", "stable")).changes
    assert [change.rule for change in changes if change.location == location] == [rule]


def test_a_field_that_every_item_got_is_one_change() -> None:
    changes = compare(protocol("0.141.0", "stable"), protocol("0.169.0", "stable")).changes
    found = [change.location for change in changes if change.location.endswith("startedAtMs")]
    assert found == ["ThreadItem.startedAtMs"]


def test_a_field_that_many_items_renamed_is_one_change() -> None:
    changes = compare(protocol("0.141.0", "experimental"), protocol("0.142.0", "experimental")).changes
    renamed = [change for change in changes if change.rule == "optional-field-renamed"]
    assert [(change.old, change.new) for change in renamed] == [
        ("metadata", "internal_chat_message_metadata_passthrough")
    ]
    assert renamed[0].location.count("|") == 14
