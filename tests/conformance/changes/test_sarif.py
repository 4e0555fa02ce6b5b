"""SARIF 2.1.0: the structure that code scanning relies on."""

from __future__ import annotations

import json

import pytest

from codex_conformance.changes import Entry, render, report_on
from codex_schemas.diff import RULES, Level

#: The names that the standard gives to the properties that a reader may meet here.
KNOWN = {
    "tool": {"driver"},
    "driver": {"name", "version", "rules"},
    "rules": {"id", "shortDescription", "help"},
    "results": {
        "ruleId",
        "ruleIndex",
        "level",
        "message",
        "locations",
        "partialFingerprints",
        "suppressions",
        "properties",
    },
    "locations": {"logicalLocations", "physicalLocation"},
    "logicalLocations": {"fullyQualifiedName"},
    "physicalLocation": {"artifactLocation", "region"},
    "suppressions": {"kind", "justification"},
    "runs": {"tool", "results", "columnKind", "properties"},
}


def objects(value, name="log"):
    """Yield every object of a log with the property that holds it."""
    if isinstance(value, dict):
        yield name, value
        for key, part in value.items():
            if key != "properties":
                yield from objects(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from objects(part, name)


def run(comparison, **options) -> dict:
    log = json.loads(render(report_on(comparison, **options), "sarif"))
    assert log["version"] == "2.1.0"
    assert set(log) == {"$schema", "version", "runs"}
    (run,) = log["runs"]
    return run


def test_every_result_names_its_rule(comparison) -> None:
    found = run(comparison)
    driver = found["tool"]["driver"]

    assert (driver["name"], bool(driver["version"])) == ("codex-testkit", True)
    assert len(found["results"]) == 7
    for result in found["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert [rule["id"] for rule in driver["rules"]] == list(dict.fromkeys(r["ruleId"] for r in found["results"]))
    assert all(rule["shortDescription"]["text"] == RULES[rule["id"]].sentence for rule in driver["rules"])
    assert all(rule["help"]["text"] for rule in driver["rules"])


def test_every_property_has_a_name_of_the_standard(comparison) -> None:
    report = report_on(comparison, file="new.json", ignores=[Entry(1, "Seen.", location="PlanType")])
    log = json.loads(render(report, "sarif"))

    assert [(name, found) for name, found in objects(log) if not set(found) <= KNOWN.get(name, set(found))] == []
    assert {name for name, _ in objects(log)} >= set(KNOWN)


@pytest.mark.parametrize(
    ("side", "levels"),
    [
        (None, ["error"] * 3 + ["warning"] * 3 + ["note"]),
        ("client", ["error"] * 2 + ["warning"] * 2 + ["note"] * 3),
    ],
)
def test_a_level_is_that_of_the_side(comparison, side, levels) -> None:
    assert [result["level"] for result in run(comparison, side=side)["results"]] == levels


def test_a_result_has_a_logical_place(comparison) -> None:
    result = next(result for result in run(comparison)["results"] if result["ruleId"] == "type-changed")

    assert result["message"] == {"text": "Turn.items[] changed from string to number."}
    assert result["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "Turn.items[]"}]}]
    assert result["properties"] == {
        "client": "breaking",
        "server": "breaking",
        "messages": ["review/start", "thread/fork", "thread/list", "thread/read", "turn/completed", "turn/started"],
        "experimental": False,
    }


@pytest.mark.parametrize(
    ("file", "uri"), [("schemas/new one.json", "schemas/new%20one.json"), ("/srv/new.json", "file:///srv/new.json")]
)
def test_a_file_is_a_physical_place(comparison, file, uri) -> None:
    (location,) = run(comparison, file=file)["results"][0]["locations"]

    assert location["physicalLocation"] == {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}


def test_results_are_told_apart(comparison) -> None:
    prints = [json.dumps(result["partialFingerprints"]) for result in run(comparison)["results"]]

    assert len(set(prints)) == len(prints)


def test_what_is_ignored_is_suppressed_with_its_reason(comparison) -> None:
    entries = [Entry(1, "Seen.", location="PlanType"), Entry(2, "No client.", location="Turn.items[]", side="client")]
    results = run(comparison, ignores=entries)["results"]

    assert {result["ruleId"] for result in results if result["suppressions"]} == {"enum-value-added"}
    assert results[-1]["suppressions"] == [{"kind": "external", "justification": "Seen."}]


def test_a_threshold_leaves_lesser_results_out(comparison) -> None:
    assert len(run(comparison, threshold=Level.BREAKING)["results"]) == 3
