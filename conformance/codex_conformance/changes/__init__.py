"""What changed between two protocols, told to the reader who asked."""

from __future__ import annotations

from importlib import import_module

from codex_conformance.changes._ignore import Entry, read_ignores
from codex_conformance.changes._report import SIDES, Finding, Report, Section, report_on
from codex_conformance.changes._usage import Usage, read_usage

__all__ = [
    "FORMATS",
    "SIDES",
    "Entry",
    "Finding",
    "Report",
    "Section",
    "Usage",
    "read_ignores",
    "read_usage",
    "render",
    "report_on",
]

#: How a report can be written; each is a module here with ``render``, imported when it is asked for.
FORMATS = ("text", "markdown", "json", "sarif", "github", "html")


def render(report: Report, form: str) -> str:
    """Return a report in one of the :data:`FORMATS`."""
    text: str = import_module(f"{__name__}._{form}").render(report)
    return text
