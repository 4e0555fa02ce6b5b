"""A report as JSON, for programs; its schema is ``codex_schemas/data/diff/schema.json``."""

from __future__ import annotations

import json
from typing import Any

from codex_conformance.changes._report import SIDES, Finding, Report
from codex_schemas.diff import Level, Side

__all__ = ["render"]

#: The version of the format.
_VERSION = 1


def render(report: Report) -> str:
    """Return the report as an indented JSON document."""
    document = {
        "diff": _VERSION,
        "old": report.old,
        "new": report.new,
        "side": report.side,
        "summary": {side: _counts(report, side) for side in SIDES},
        "unused": report.unused,
        "changes": [_change(finding) for finding in report.listed()],
        "stale": [
            {"line": entry.line, "rule": entry.rule, "location": entry.location, "side": entry.side}
            for entry in report.stale
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _counts(report: Report, side: Side) -> dict[str, int]:
    counts = report.counts(side)
    return {**{str(level): counts[level] for level in reversed(Level)}, "ignored": counts[None]}


def _change(finding: Finding) -> dict[str, Any]:
    change = finding.change
    return {
        "rule": change.rule,
        "location": change.location,
        "text": change.text,
        "client": str(change.client),
        "server": str(change.server),
        "old": change.old,
        "new": change.new,
        "messages": list(change.messages),
        "senders": sorted(change.senders),
        "experimental": change.experimental,
        "ignored": {side: finding.ignored[side] for side in SIDES if side in finding.ignored},
    }
