"""The ignore file: what its entries cover, and what is wrong with a bad one."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

from codex_conformance.changes import Entry, read_ignores
from codex_conformance.changes._ignore import reasons
from codex_schemas import Problem
from codex_schemas.diff import Change, Level

RULES = ("type-changed", "enum-value-added", "enum-value-removed")
GOOD = """\
# What we have looked at.
- rule: enum-value-*
  location: PlanType
  side: client
  reason: Unknown plans are shown as they are.

- location: ThreadItem[commandExecution].*
  reason: Not read.
"""


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str) -> tuple[Entry, ...]:
        (tmp_path / "accepted.yaml").write_text(text)
        return read_ignores(tmp_path / "accepted.yaml", RULES)

    return read


def changed(rule: str, location: str) -> Change:
    return Change(rule, location, "It changed.", Level.BREAKING, Level.BREAKING)


def test_an_entry_knows_its_line(read) -> None:
    assert read(GOOD) == (
        Entry(2, "Unknown plans are shown as they are.", rule="enum-value-*", location="PlanType", side="client"),
        Entry(7, "Not read.", location="ThreadItem[commandExecution].*"),
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]"], ids=["empty", "comment", "empty list"])
def test_a_file_without_entries_covers_nothing(read, text) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("rule", "location", "covered"),
    [
        ("enum-value-added", "PlanType", True),
        ("enum-value-removed", "PlanType", True),
        ("type-changed", "PlanType", False),
        ("enum-value-added", "planType", False),
        ("enum-value-added", "PlanTypes", False),
        ("type-changed", "ThreadItem[commandExecution].cwd", True),
        ("type-changed", "ThreadItem[plan].cwd", False),
        ("type-changed", "ThreadItemc.cwd", False),
    ],
)
def test_an_entry_covers_what_fits_all_its_patterns(read, rule, location, covered) -> None:
    assert any(entry.covers(changed(rule, location)) for entry in read(GOOD)) == covered


def test_the_first_entry_for_a_side_gives_the_reason() -> None:
    entries = [Entry(1, "one", side="server"), Entry(2, "two"), Entry(3, "three")]

    assert reasons(entries, changed("type-changed", "Turn")) == {"server": "one", "client": "two"}


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("rule: type-changed\nreason: x\n", 1, "array"),
        ("- type-changed\n", 1, "object"),
        ("- location: A\n  reason: x\n- location: B\n", 3, "the field 'reason'"),
        ("- location: A\n  reason: ' '\n", 2, "text that matches"),
        ("- location: A\n  reason:\n", 2, "string"),
        ("- reason: everything\n", 1, "the field"),
        ("- side: client\n  reason: everything\n", 1, "the field"),
        ("- location: A\n  side: mock\n  reason: x\n", 2, "client"),
        ("- location: A\n  resaon: x\n  reason: x\n", 1, "no other fields"),
        ("- location: A\n  location: B\n  reason: x\n", 2, "each key once"),
        ("- [\n", 2, "YAML"),
        ("- rule: enum-value-add\n  reason: x\n", 1, "the id of one of the 3 rules"),
    ],
)
def test_a_mistake_is_named_with_its_line(read, text, line, expected) -> None:
    with pytest.raises(Problem) as caught:
        read(text)

    assert f"line {line}" in f"{caught.value.doing} {caught.value.found}"
    assert expected in caught.value.expected


def test_a_misspelt_rule_is_told_the_closest(read) -> None:
    with pytest.raises(Problem, match="Write 'enum-value-added'"):
        read("- rule: enum-value-addd\n  reason: x\n")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path, content) -> None:
    path = tmp_path / "accepted.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(Problem, match="reading the ignore file"):
        read_ignores(path, RULES)


def test_the_published_schema_is_one_and_takes_a_good_file() -> None:
    schema = json.loads(files("codex_schemas").joinpath("data", "diff", "ignore.json").read_bytes())

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(GOOD))
