"""A report as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from codex_conformance.changes._report import SIDES, Finding, Report
from codex_schemas.diff import RULES, Level

__all__ = ["render"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Level.BREAKING: "error", Level.DANGEROUS: "warning", Level.COMPATIBLE: "note"}


def render(report: Report) -> str:
    """Return the report as a SARIF log with one run; what is ignored is a suppressed result."""
    findings = list(report.listed())
    rules = list(dict.fromkeys(finding.change.rule for finding in findings))
    driver = {"name": "codex-testkit", "version": version("codex-testkit"), "rules": [_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "results": [_result(report, finding, rules.index(finding.change.rule)) for finding in findings],
        "columnKind": "unicodeCodePoints",
        "properties": {"old": report.old, "new": report.new},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    sentence = RULES[name].sentence
    return {
        "id": name,
        "shortDescription": {"text": sentence},
        "help": {"text": f"{sentence} To accept such a change, name it in the file of --ignore, with the reason."},
    }


def _result(report: Report, finding: Finding, rule_index: int) -> dict[str, Any]:
    change = finding.change
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": change.location}]}
    if report.file:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(report.file)}, "region": {"startLine": 1}}
    return {
        "ruleId": change.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[change.level(report.side)],
        "message": {"text": change.text},
        "locations": [location],
        # Code scanning knows a result again by this, however the others around it change.
        "partialFingerprints": {"change/v1": f"{change.rule}:{change.location}:{change.text}"},
        "suppressions": [
            {"kind": "external", "justification": reason} for reason in dict.fromkeys(finding.ignored.values())
        ]
        if report.level(finding) is None
        else [],
        "properties": {
            **{side: str(change.level(side)) for side in SIDES},
            "messages": list(change.messages),
            "experimental": change.experimental,
        },
    }


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
