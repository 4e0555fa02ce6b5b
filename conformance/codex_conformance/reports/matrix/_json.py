"""The matrix as JSON, for programs; its schema is ``codex_schemas/data/report/matrix.json``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from codex_conformance.reports._conclusion import Standing
from codex_conformance.reports.matrix._matrix import Column, Matrix, Part
from codex_conformance.reports.sentence import sentence

__all__ = ["render"]

#: The version of the format.
_VERSION = 1


def render(matrix: Matrix) -> str:
    """Return the matrix as an indented JSON document."""
    return json.dumps({"matrix": _VERSION, "parts": [_part(part) for part in matrix.parts]}, indent=2) + "\n"


def _part(part: Part) -> dict[str, Any]:
    rows = [
        {
            "id": requirement.id,
            "level": requirement.level,
            "surface": requirement.surface,
            "outcomes": [_outcome(column.standings.get(requirement.id)) for column in part.columns],
        }
        for _, members in part.rows
        for requirement in members
    ]
    return {"role": part.role, "targets": [_target(part, column) for column in part.columns], "requirements": rows}


def _target(part: Part, column: Column) -> dict[str, Any]:
    run = column.overview.run
    shares = {surface: column.share(surface) for surface in part.surfaces}
    return {
        "target": run.target,
        "release": run.release,
        "conclusion": column.overview.conclusion,
        "sentence": sentence(column.overview),
        "surfaces": {surface: asdict(share) for surface, share in shares.items() if share},
    }


def _outcome(standing: Standing | None) -> str:
    """Return what came; a word also where nothing did."""
    return "out of scope" if standing is None else standing.outcome or "not run"
