"""The matrix in a few lines of Markdown, for a README: a row for each target."""

from __future__ import annotations

from collections.abc import Iterator

from codex_conformance._markdown_text import code
from codex_conformance.reports.matrix._matrix import Matrix, Part
from codex_conformance.reports.wording import surface_name

__all__ = ["render"]


def render(matrix: Matrix) -> str:
    """Return a table for each role: how many of the requirements that apply each target meets, and what that says."""
    return "\n".join(line for part in matrix.parts for line in _table(part))


def _table(part: Part) -> Iterator[str]:
    yield f"| {part.role} | {' | '.join(map(surface_name, part.surfaces))} | conclusion |"
    yield "|---|" + "--:|" * len(part.surfaces) + "---|"
    for column in part.columns:
        cells = " | ".join(str(column.share(surface) or "") for surface in part.surfaces)
        title = code(column.title).replace("|", "\\|")
        yield f"| {title} | {cells} | {column.overview.conclusion} |"
    yield ""
