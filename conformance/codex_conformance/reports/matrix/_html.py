"""The matrix as one HTML page that needs nothing else: no network, and no script to be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codex_conformance.reports._conclusion import Standing
from codex_conformance.reports._page import page, safe, table
from codex_conformance.reports.matrix._matrix import Column, Matrix, Part
from codex_conformance.reports.sentence import sentence
from codex_conformance.reports.wording import outcome_class, outcome_name, surface_name
from codex_conformance.requirements import LEVELS, Requirement, Surface

__all__ = ["render"]


def render(matrix: Matrix) -> str:
    """Return the page."""
    present = {each.level for part in matrix.parts for _, members in part.rows for each in members}
    levels = [level for level in LEVELS if level in present]
    return page(
        "matrix",
        "Conformance matrix",
        levels="\n".join(
            f'<label><input type="checkbox" name="level" value="{level}" checked>{level}</label>' for level in levels
        ),
        parts="\n".join(map(_part, matrix.parts)),
    )


def _part(part: Part) -> str:
    titles = "".join(f'<th scope="col">{safe(column.title)}</th>' for column in part.columns)
    groups = "\n".join(_group(part, surface, members) for surface, members in part.rows)
    head = f'<th scope="col">requirement</th><th scope="col">level</th>{titles}'
    every = table(f"Every requirement of {part.role}s", head, groups, "rows")
    return f"<section>\n<h2>{part.role.capitalize()}s</h2>\n{_summary(part)}\n{every}\n</section>"


def _summary(part: Part) -> str:
    surfaces = "".join(f'<th scope="col">{surface_name(surface)}</th>' for surface in part.surfaces)
    rows = "\n".join(_target(part, column) for column in part.columns)
    head = f'<th scope="col">target</th>{surfaces}<th scope="col">conclusion</th>'
    return table(f"{part.role.capitalize()}s by surface", head, f"<tbody>{rows}</tbody>")


def _target(part: Part, column: Column) -> str:
    cells = "".join(f"<td>{column.share(surface) or ''}</td>" for surface in part.surfaces)
    conclusion = column.overview.conclusion
    says = f'<td class="tone {outcome_class(conclusion)}" title="{safe(sentence(column.overview))}">{conclusion}</td>'
    return f'<tr><th scope="row"><code>{safe(column.title)}</code></th>{cells}{says}</tr>'


def _group(part: Part, surface: Surface, members: Sequence[Requirement]) -> str:
    head = f'<tr><th scope="rowgroup" colspan="{len(part.columns) + 2}">{surface_name(surface)}</th></tr>'
    return f"<tbody>{head}\n{''.join(_rows(part, members))}</tbody>"


def _rows(part: Part, members: Sequence[Requirement]) -> Iterator[str]:
    for requirement in members:
        found = [column.standings.get(requirement.id) for column in part.columns]
        met = "all" if all(each is None or each.outcome == "passed" for each in found) else "some"
        name = f'<th scope="row" title="{safe(requirement.sentence)}"><code>{safe(requirement.id)}</code></th>'
        yield (
            f'<tr data-level="{requirement.level}" data-met="{met}">{name}<td>{requirement.level}</td>'
            f"{''.join(map(_cell, found))}</tr>\n"
        )


def _cell(standing: Standing | None) -> str:
    if standing is None:
        return "<td></td>"
    outcome = standing.outcome
    return f'<td class="{outcome_class(outcome)}" title="{safe(standing.reason)}">{outcome_name(outcome)}</td>'
