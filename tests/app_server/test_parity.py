"""The mock says what the published binaries said, case by case; what differs is listed with a reason."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache

import pytest
from parity import RELEASES, Stuck, cases, compare, golden_file, listed_differences, read_golden, unlisted
from parity._mock import run_mock

from codex_schemas.app_server import Conversation, load

RUNS = [
    pytest.param(release, name, id=f"{release}-{name}") for name, case in cases().items() for release in case.releases
]


@cache
def heard(release, name):
    """Return what the mock says; where a message that the case waits for does not come, what came before."""
    try:
        return run_mock(cases()[name], release)
    except Stuck as stuck:
        return stuck.transcript, {}


@pytest.mark.parametrize(("release", "name"), RUNS)
def test_the_mock_says_what_the_binary_said(release, name) -> None:
    case, (said, _) = cases()[name], heard(release, name)

    found = compare(case, read_golden(release, name), said)
    new, stale = unlisted(listed_differences(), case, release, found)

    assert new == []
    assert stale == [], "listed in differences.yaml, and no longer there"


@pytest.mark.parametrize(("release", "name"), RUNS)
def test_what_the_mock_says_fits_the_contract(release, name) -> None:
    _, raw = heard(release, name)

    found = [str(each) for messages in raw.values() for each in violations_of_the_server(release, messages)]

    assert found == []


def violations_of_the_server(release, messages):
    conversation = Conversation(load(release, experimental=True))
    for entry in messages:
        ((arrow, message),) = entry.items()
        violations = conversation.violations(as_object(message), "client" if arrow == "->" else "server")
        if arrow == "<-":
            yield from violations


def as_object(message):
    """Return what a client sent as a message; a text that is none as an empty one."""
    if not isinstance(message, str):
        return message
    with suppress(json.JSONDecodeError):
        decoded = json.loads(message)
        return decoded if isinstance(decoded, dict) else {}
    return {}


def test_every_case_is_recorded_and_every_recording_has_its_case() -> None:
    folder = golden_file(RELEASES[0], "x").parent.parent

    recorded = {(path.parent.name, path.stem) for path in folder.glob("*/*.json")}

    assert recorded == {(release, case.name) for case in cases().values() for release in case.releases}


def test_a_listed_difference_names_cases_and_releases_that_exist() -> None:
    for entry in listed_differences():
        for name in entry.cases:
            assert set(entry.releases) <= set(cases()[name].releases)
