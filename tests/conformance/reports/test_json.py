"""JSON: it fits its published schema, and can be read again."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import msgspec
import pytest

from codex_conformance.reports import EXIT_CODES, as_json, conclusion, read_report, standings
from codex_conformance.reports.redaction import redacted_run
from codex_schemas import Problem

SCHEMA = json.loads(files("codex_schemas").joinpath("data", "report", "schema.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def written(run) -> dict:
    document = json.loads(as_json(run))
    VALIDATOR.validate(document)
    return document


def test_the_published_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_describes_every_field(whole) -> None:
    """Nothing is written that it does not name; what it permits besides is for later versions."""
    document = written(whole)
    kinds = SCHEMA["$defs"]
    parts = [
        (document, SCHEMA),
        *((verdict, kinds["Verdict"]) for verdict in document["verdicts"]),
        *((verdict["finding"], kinds["Finding"]) for verdict in document["verdicts"] if "finding" in verdict),
        *((step, kinds["Step"]) for verdict in document["verdicts"] for step in verdict.get("steps", ())),
        *((standing, kinds["Standing"]) for standing in document["requirements"]),
    ]

    assert all(part.keys() <= schema["properties"].keys() for part, schema in parts)
    assert all(part.keys() >= set(schema["required"]) for part, schema in parts)
    assert {key for part, _ in parts for key in part} >= {"finding", "steps", "repeat", "reason", "blame", "unchecked"}


def test_a_report_says_what_it_means(whole) -> None:
    document = written(whole)
    rotates = document["requirements"][0]

    assert (document["report"], document["conclusion"], document["exit_code"]) == (1, "failed", EXIT_CODES["failed"])
    assert document["sentence"].startswith("mock:0.169.0 is not conformant")
    assert rotates == {
        "id": "oauth.refresh.rotates",
        "level": "MUST",
        "surface": "oauth",
        "sentence": "A refresh token can be used once; a second use is refused.",
        "outcome": "failed",
        "unchecked": [],
    }
    assert document["requirements"][-1]["unchecked"] == ["disabled: responses.websocket"]


def test_what_is_left_out_has_its_default(run) -> None:
    document = written(run())

    assert (document["fail_level"], document["is_partial"], document["verdicts"]) == ("MUST", False, [])
    assert document["requirements"][0]["outcome"] is None


def test_hostile_texts_fit_too(hostile_run, tmp_path) -> None:
    written(hostile_run)
    (tmp_path / "report.json").write_text(as_json(hostile_run))

    assert conclusion(read_report(tmp_path / "report.json")) == conclusion(hostile_run)


def test_a_report_is_read_as_it_was_written(whole, tmp_path) -> None:
    path = tmp_path / "report.json"
    path.write_text(as_json(whole))
    run = read_report(path)

    assert run == redacted_run(whole)
    assert as_json(run) == path.read_text()
    assert [each.outcome for each in standings(run)] == [each.outcome for each in standings(whole)]


def broken(document: dict, **changes) -> str:
    return json.dumps(document | changes)


@pytest.mark.parametrize(
    ("change", "expected", "found"),
    [
        (lambda _: "{", "a file of JSON", "truncated"),
        (lambda _: '"\udcff"', "a file of JSON", "codec"),
        (lambda _: "[]", "object", "[]"),
        (lambda document: broken(document, report=2), "1", "2"),
        (lambda document: broken(document, verdicts=[{"case": "x", "outcome": "passed"}]), "requirement", ""),
        (
            lambda document: broken(
                document, verdicts=document["verdicts"] + [{"requirement": "a.b", "case": "", "outcome": "passed"}]
            ),
            "requirements that",
            "a.b",
        ),
    ],
    ids=["no JSON", "no UTF-8", "a list", "a later version", "no requirement", "unknown requirement"],
)
def test_what_is_no_report_is_refused(whole, tmp_path, change, expected, found) -> None:
    path = tmp_path / "report.json"
    path.write_text(change(written(whole)), encoding="utf-8", errors="surrogateescape")
    with pytest.raises(Problem) as raised:
        read_report(path)

    assert str(path) in raised.value.doing
    assert expected in raised.value.expected
    assert found in raised.value.found
    assert raised.value.advice


def test_a_report_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(Problem, match="No such file"):
        read_report(tmp_path / "report.json")


def test_the_structs_and_the_schema_agree_on_their_words() -> None:
    from codex_conformance.reports import Outcome, Run  # noqa: PLC0415
    from codex_conformance.requirements import LEVELS, SURFACES  # noqa: PLC0415

    assert SCHEMA["$defs"]["Outcome"]["enum"] == list(Outcome.__args__)
    assert SCHEMA["$defs"]["Level"]["enum"] == list(LEVELS)
    assert SCHEMA["$defs"]["Surface"]["enum"] == list(SURFACES)
    assert SCHEMA["properties"]["conclusion"]["enum"] == list(EXIT_CODES)
    assert set(SCHEMA["required"]) - {"conclusion", "exit_code", "sentence", "requirements"} == {
        field.name for field in msgspec.structs.fields(Run)
    }
