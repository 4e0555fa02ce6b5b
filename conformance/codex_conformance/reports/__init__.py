"""What a conformance run found, and how it is shown."""

from codex_conformance.reports._conclusion import (
    EXIT_CODES,
    Conclusion,
    Standing,
    conclusion,
    failing_levels,
    standings,
)
from codex_conformance.reports._json import as_json, read_report
from codex_conformance.reports._run import Finding, Outcome, Reporter, Run, SkipReason, Step, Verdict
from codex_conformance.reports._terminal import TerminalReport, summary_lines
from codex_conformance.reports._writing import FORMATS, form_of, render, require_places, write_reports
from codex_conformance.reports.redaction import redacted

__all__ = [
    "EXIT_CODES",
    "FORMATS",
    "Conclusion",
    "Finding",
    "Outcome",
    "Reporter",
    "Run",
    "SkipReason",
    "Standing",
    "Step",
    "TerminalReport",
    "Verdict",
    "as_json",
    "conclusion",
    "failing_levels",
    "form_of",
    "read_report",
    "redacted",
    "render",
    "require_places",
    "standings",
    "summary_lines",
    "write_reports",
]
