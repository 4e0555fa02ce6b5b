"""The matrix for a terminal: a row for each target, with what it meets of each surface."""

from __future__ import annotations

from collections.abc import Iterator

from codex_conformance._printable import printable
from codex_conformance.reports.matrix._matrix import Matrix, Part
from codex_conformance.reports.wording import surface_name

__all__ = ["render"]

#: The widths of the columns: with all surfaces, and the longest conclusion, they fill 80.
_NAME, _CELL = 19, 8


def render(matrix: Matrix) -> str:
    """Return the tables; passed / applicable requirements in each cell."""
    return "\n".join(line for part in matrix.parts for line in _table(part))


def _table(part: Part) -> Iterator[str]:
    widths = {surface: max(_CELL, len(surface_name(surface)) + 1) for surface in part.surfaces}
    yield f"{part.role:<{_NAME}}{''.join(f'{surface_name(each):>{width}}' for each, width in widths.items())}"
    for column in part.columns:
        name = printable(column.title)
        if len(name) > _NAME:
            yield name
            name = ""
        shares = ((column.share(surface), width) for surface, width in widths.items())
        cells = "".join(f"{f'{share.passed}/{share.applicable}' if share else '':>{width}}" for share, width in shares)
        yield f"{name:<{_NAME}}{cells}  {column.overview.conclusion}"
    yield ""
