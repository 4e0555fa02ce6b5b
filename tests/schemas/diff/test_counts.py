"""What the diff finds between two releases, counted again by a script that knows nothing of it.

The script ``tests/schemas/count_changes.py`` reads only what the two binaries emit. It counts the
variants of a union together, and knows no renames: there one name was removed and one added.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from codex_schemas import app_server
from codex_schemas.diff import Change, compare, read_protocol

pytestmark = pytest.mark.real_codex

RELEASES = ("0.141.0", "0.169.0")
CODEX_FOLDER = Path(__file__).parents[3] / ".codex"
SCRIPT = Path(__file__).parents[1] / "count_changes.py"

Facts = dict[str, set[str]]
#: Turns a change into facts, each with its place.
Rule = Callable[[Change], Iterator[tuple[str, str]]]


@pytest.fixture(scope="module")
def emit(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """Return a function that has a binary write its schemas, once for each release and channel."""
    folders: dict[tuple[str, str], Path] = {}

    def emit(release: str, channel: str) -> Path:
        binary = CODEX_FOLDER / release / "node_modules" / ".bin" / "codex"
        if not binary.exists():
            pytest.skip(f"codex {release} is not installed (make test installs it through npm)")
        if (release, channel) not in folders:
            folder = folders[release, channel] = tmp_path_factory.mktemp("emitted")
            command = [binary, "app-server", "generate-json-schema", "--out", folder / "out"]
            command += ["--experimental"] if channel == "experimental" else []
            environment = {**os.environ, "CODEX_HOME": str(folder)}
            subprocess.run(command, env=environment, capture_output=True, check=True)
        return folders[release, channel] / "out"

    return emit


@pytest.fixture(params=["stable", "experimental"])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def counted(emit: Callable[[str, str], Path], channel: str) -> Facts:
    """What the script counts; the diff has no rule for definitions that are new with what uses them."""
    command = [sys.executable, SCRIPT, *(emit(release, channel) for release in RELEASES), "--json"]
    facts = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return {
        fact: {place.replace("v2/", "") for place in places}
        for fact, places in facts.items()
        if not fact.startswith("definitions")
    }


def test_the_diff_of_two_folders_counts_the_same(emit: Callable[[str, str], Path], channel: str, counted: Facts):
    old, new = (read_protocol(emit(release, channel)) for release in RELEASES)
    assert facts_of(compare(old, new).changes) == counted


def test_the_diff_of_two_releases_counts_the_same(channel: str, counted: Facts):
    old, new = (app_server.load(release, experimental=channel == "experimental") for release in RELEASES)
    hidden = {name for side in (old, new) for name, method in side.methods.items() if method.typescript_only}

    changes = compare(old.protocol(), new.protocol()).changes

    # The JSON that the script reads has no messages that only the TypeScript output has, and what
    # became stable is new in the stable channel only.
    told = [change for change in changes if not hidden.issuperset(change.messages)]
    if channel == "experimental":
        told = [change for change in told if not change.rule.endswith(("promoted", "demoted"))]
    assert facts_of(told) == counted


def test_the_script_prints_how_many(emit: Callable[[str, str], Path]):
    command = [sys.executable, SCRIPT, *(emit(release, "stable") for release in RELEASES)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert "   25 requests of the client added\n    1 requests of the client removed\n" in printed


def facts_of(changes: Iterable[Change]) -> Facts:
    facts: Facts = defaultdict(set)
    for change in changes:
        for pattern, rule in FACTS.items():
            if re.fullmatch(pattern, change.rule):
                for fact, place in rule(change):
                    facts[fact].add(place)
    return dict(facts)


def _without_variants(location: str) -> str:
    return re.sub(r"\[[^\]]+\]", "", location)


def _message(change: Change) -> Iterator[tuple[str, str]]:
    (sender,) = change.senders
    yield f"{change.rule.split('-')[0]}s of the {sender} {_added_or_removed(change)}", change.location


def _field(change: Change) -> Iterator[tuple[str, str]]:
    yield f"fields {_added_or_removed(change)}", _without_variants(change.location)


def _renamed_field(change: Change) -> Iterator[tuple[str, str]]:
    place = _without_variants(change.location)
    yield "fields removed", place
    yield "fields added", f"{place.rpartition('.')[0]}.{change.new}"


def _presence(change: Change) -> Iterator[tuple[str, str]]:
    yield f"fields that {change.rule.removeprefix('field-').replace('-', ' ')}", _without_variants(change.location)


def _value(change: Change) -> Iterator[tuple[str, str]]:
    for value, what in ((change.old, "removed"), (change.new, "added")):
        if isinstance(value, str):
            yield f"enum values {what}", f"{_without_variants(change.location)} {value}"


def _variant(change: Change) -> Iterator[tuple[str, str]]:
    union, _, name = change.location.removesuffix("]").rpartition("[")
    yield f"variants {_added_or_removed(change)}", f"{_without_variants(union)} {name}"


def _added_or_removed(change: Change) -> str:
    return "added" if change.rule.endswith(("added", "promoted")) else "removed"


#: For each rule that is about names, by its id, the facts that it stands for.
FACTS: dict[str, Rule] = {
    r"(request|notification)-(added|removed|promoted|demoted)": _message,
    r"((required|optional)-field-(added|removed))|field-(promoted|demoted)": _field,
    r"(optional-)?field-renamed": _renamed_field,
    r"field-became-(required|optional)": _presence,
    r"enum-value-.*|foreseen-.*": _value,
    r"variant-(added|removed|promoted|demoted)": _variant,
}
