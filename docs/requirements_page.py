"""The page of the requirements: what is asked of servers and clients, surface by surface."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from codex_conformance.clients import CLIENT_CAPABILITIES
from codex_conformance.requirements import LEVELS, Requirement, requirements
from codex_conformance.targets import CAPABILITIES

__all__ = ["requirements_page"]

_INTRODUCTION = """\
# Requirements

Generated from the registry by `make docs`; do not edit. `codex-testkit check list` lists them,
`codex-testkit check show ID` shows one.

A **MUST** is what every implementation owes its peers: without it they break. A **SHOULD** is advisable, a **MAY**
permitted. **OBSERVED** is what the vendor's own implementation does; nobody else has to. An id stays what it is: one
that is no longer asked has a release until which it was."""


def requirements_page() -> str:
    """Return the page."""
    lines = [_INTRODUCTION, "", *_counts()]
    for (surface, role), members in groupby(requirements().values(), key=lambda each: (each.surface, each.role)):
        lines += ["", f"## {surface.replace('_', '-')}: {role}s", ""]
        lines += ["| id | level | codex | requirement | without it | source |", "|---|---|---|---|---|---|"]
        lines += map(_row, members)
    return "\n".join([*lines, *_capabilities()]) + "\n"


def _capabilities() -> list[str]:
    """Return what servers and clients can do and need not, and how it is found out."""
    servers = [
        f"| `{each.name}` | {_cell(each.about)} | {f'`{each.probe}`' if each.probe else 'declared'} |"
        for each in CAPABILITIES.values()
    ]
    clients = [f"| `{name}` | {_cell(about)} |" for name, about in CLIENT_CAPABILITIES.items()]
    return [
        *("", "## Capabilities of servers", "", "| name | what it is | found by the operation |", "|---|---|---|"),
        *servers,
        *("", "## Capabilities of clients", "", "| name | what it is |", "|---|---|"),
        *clients,
    ]


def _counts() -> list[str]:
    """Return the table of how many there are."""
    counts = Counter((each.surface, each.role, each.level) for each in requirements().values())
    kinds = dict.fromkeys((surface, role) for surface, role, _ in counts)
    lines = [f"| {len(requirements())} in all | {' | '.join(LEVELS)} |", "|---|" + "--:|" * len(LEVELS)]
    for surface, role in kinds:
        name = f"{surface.replace('_', '-')}: {role}s"
        cells = " | ".join(str(counts[surface, role, level]) for level in LEVELS)
        lines.append(f"| [{name}](#{name.replace(': ', '-')}) | {cells} |")
    return lines


def _row(requirement: Requirement) -> str:
    needs = f" Needs {', '.join(f'`{name}`' for name in requirement.needs)}." if requirement.needs else ""
    # Two anchors of one page must not be the same: ids are unique.
    name = f'<a id="{requirement.id}"></a>`{requirement.id}`'
    texts = [requirement.sentence + needs, requirement.failure, requirement.source]
    return f"| {name} | {requirement.level} | {_releases(requirement)} | {' | '.join(map(_cell, texts))} |"


def _releases(requirement: Requirement) -> str:
    since, until = requirement.since, requirement.until
    return ", ".join([*([f"since {since}"] if since else []), *([f"until {until}"] if until else [])])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
