"""The page that says in which cases the mock app-server was compared with the real one, and what differs."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

__all__ = ["app_server_parity_page"]

_DRIVER = Path(__file__).parent.parent / "tests" / "app_server"

_INTRODUCTION = """\
# The mock app-server beside the real one

Generated from the cases by `make docs`; do not edit.

Each case is a conversation of one or several clients. It ran against the published binaries, with the
mock backend as their model; what they said is recorded in `tests/app_server/parity/golden`. The suite
runs it against the mock of the same release and compares message by message. Ids, times, paths,
counts of tokens and longer prose of the binary are compared by name, not by value; within a thread,
order counts except where the real server promises none: notifications that it sends when it gets round
to them, the answer to `turn/start` beside `turn/started`, and the output of a command while it runs, of
which it tells all, a part or nothing.

`python tests/app_server/record.py` records the binaries again, `python tests/app_server/compare.py`
says where the mock differs."""


def app_server_parity_page() -> str:
    """Return the page."""
    sys.path.append(str(_DRIVER))
    from parity import RELEASES, cases, listed_differences  # noqa: PLC0415 (the driver is no part of the package)

    entries = listed_differences()
    runs = sum(len(case.releases) for case in cases().values())
    lines = [_INTRODUCTION, "", f"{len(cases())} cases, {runs} recordings of {' and '.join(RELEASES)}.", ""]
    lines += ["## What differs", ""]
    lines += ["| cases | releases | where | reason |", "|---|---|---|---|"] if entries else ["Nothing."]
    for entry in entries:
        releases = ", ".join(entry.releases) or "all"
        lines.append(f"| {', '.join(entry.cases)} | {releases} | `{entry.at}` | {' '.join(entry.reason.split())} |")
    for area, members in groupby(cases().values(), key=lambda case: case.area):
        lines += ["", f"## {area.capitalize()}", "", "| case | shows | releases |", "|---|---|---|"]
        lines += [f"| `{case.name}` | {case.about} | {', '.join(case.releases)} |" for case in members]
    return "\n".join(lines) + "\n"
