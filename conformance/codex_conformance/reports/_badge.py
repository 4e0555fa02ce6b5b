"""A run as a badge: the JSON that shields.io reads from an endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping

from codex_conformance._printable import printable
from codex_conformance.reports._conclusion import Conclusion
from codex_conformance.reports.overview import Overview

__all__ = ["render"]

_COLOURS: Mapping[Conclusion, str] = {
    "conformant": "brightgreen",
    "passed": "green",
    "known failures": "yellow",
    "failed": "red",
    "incomplete": "lightgrey",
    "crashed": "lightgrey",
}


def render(overview: Overview) -> str:
    """Return the badge; beside the conclusion it says how many of the strictest requirements are met."""
    met = sum(must.outcome == "passed" and not must.gaps for must in overview.musts)
    badge = {
        "schemaVersion": 1,
        "label": printable(f"codex {overview.run.release} {overview.run.role}"),
        "message": f"{overview.conclusion}, {met} of {len(overview.musts)} MUST",
        "color": _COLOURS[overview.conclusion],
    }
    return json.dumps(badge, indent=2) + "\n"
