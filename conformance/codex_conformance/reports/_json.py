"""A run as JSON, for programs and for later; its schema is ``codex_schemas/data/report/schema.json``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from codex_conformance.reports._conclusion import EXIT_CODES, Standing
from codex_conformance.reports._run import Run
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.redaction import redacted_run
from codex_conformance.reports.sentence import sentence
from codex_conformance.requirements import requirements
from codex_schemas import Problem, Validator

__all__ = ["as_json", "read_report", "render"]

#: The largest report that is read.
_MOST_BYTES = 512 * 1024 * 1024


def as_json(run: Run) -> str:
    """Return a run as an indented JSON document without secrets: what came, and what it means."""
    return render(Overview(redacted_run(run)))


def render(overview: Overview) -> str:
    """Return the same of a run that has no secrets any more."""
    document = {
        "report": overview.run.report,
        "conclusion": overview.conclusion,
        "exit_code": EXIT_CODES[overview.conclusion],
        "sentence": sentence(overview),
        **msgspec.to_builtins(msgspec.structs.asdict(overview.run)),
        "requirements": [_requirement(each) for each in overview.standings],
    }
    return json.dumps(document, indent=2) + "\n"


def read_report(path: Path) -> Run:
    """Return the run that a report in JSON tells of.

    Raises:
        Problem: The file cannot be read, or is no such report.
    """
    doing = f"reading the report {path}"
    advice = "Name a file that `codex-testkit check` wrote as JSON."
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise Problem(doing, expected=f"at most {_MOST_BYTES} bytes", found=str(path.stat().st_size), advice=advice)
        value = msgspec.json.decode(path.read_bytes())
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise Problem(doing, expected="a file of JSON", found=found, advice=advice) from None
    for violation in _validator().violations(value)[:1]:
        where = f"{doing}, at {violation.path or 'the whole'}"
        raise Problem(where, expected=violation.expected, found=violation.found, advice=advice)
    run = msgspec.convert(value, Run)
    if unknown := sorted({verdict.requirement for verdict in run.verdicts} - requirements().keys()):
        expected = "requirements that this codex-testkit has"
        advice = f"Read it with the version that wrote it: {run.tool or 'it does not say which'}."
        raise Problem(doing, expected=expected, found=unknown[0], advice=advice)
    return run


@cache
def _validator() -> Validator:
    schema = json.loads(files("codex_schemas").joinpath("data", "report", "schema.json").read_bytes())
    return Validator(schema, schema, "report")


def _requirement(standing: Standing) -> dict[str, Any]:
    requirement = standing.requirement
    return {
        "id": requirement.id,
        "level": requirement.level,
        "surface": requirement.surface,
        "sentence": requirement.sentence,
        "outcome": standing.outcome,
        "unchecked": standing.gaps,
    }
