"""JSON: it fits its published schema, and says everything in the same order each time."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from codex_conformance.changes import Entry, Usage, render, report_on
from codex_schemas.diff import Level

SCHEMA = json.loads(files("codex_schemas").joinpath("data", "diff", "schema.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def written(comparison, **options) -> dict:
    document = json.loads(render(report_on(comparison, **options), "json"))
    VALIDATOR.validate(document)
    return document


def test_the_published_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"side": "client", "threshold": Level.DANGEROUS},
        {"ignores": [Entry(3, "Seen.", location="PlanType", side="client"), Entry(5, "Gone.", rule="x")]},
        {"usage": Usage({"thread/start": None}, frozenset())},
    ],
    ids=["plain", "side and threshold", "ignores", "usage"],
)
def test_every_form_fits_the_schema(comparison, nothing, options) -> None:
    for each in (comparison, nothing):
        written(each, **options)


def test_a_change_is_told_whole(comparison) -> None:
    document = written(comparison, ignores=[Entry(3, "Seen.", location="PlanType", side="client")])
    change = next(change for change in document["changes"] if change["new"] == "edu_plus")

    assert change == {
        "rule": "enum-value-added",
        "location": "PlanType",
        "text": "PlanType has a new value, edu_plus.",
        "client": "dangerous",
        "server": "compatible",
        "old": None,
        "new": "edu_plus",
        "messages": ["account/read", "account/updated"],
        "senders": ["server"],
        "experimental": False,
        "ignored": {"client": "Seen."},
    }
    assert document["summary"]["client"] == {"breaking": 2, "dangerous": 0, "compatible": 3, "ignored": 2}
    assert document["summary"]["server"] == {"breaking": 2, "dangerous": 2, "compatible": 3, "ignored": 0}


def test_the_keys_have_the_order_of_the_schema(comparison) -> None:
    document = written(comparison)

    assert list(document) == SCHEMA["required"]
    assert list(document["changes"][0]) == SCHEMA["$defs"]["Change"]["required"]


def test_a_stale_entry_is_listed(comparison) -> None:
    document = written(comparison, ignores=[Entry(5, "Gone.", location="Gone*")])

    assert document["stale"] == [{"line": 5, "rule": "*", "location": "Gone*", "side": None}]


def test_a_threshold_leaves_the_summary_whole(comparison) -> None:
    document = written(comparison, side="server", threshold=Level.BREAKING)

    assert [change["server"] for change in document["changes"]] == ["breaking", "breaking"]
    assert document["summary"]["client"]["compatible"] == 3
