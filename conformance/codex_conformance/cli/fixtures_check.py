"""The command ``fixtures check``: which releases of codex recordings still fit."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from codex_conformance._printable import printable
from codex_conformance.cli import _violations
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.terminal import Terminal
from codex_fixtures.drift import Drift, Misfit, check, misfits
from codex_schemas import Problem

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit fixtures check tests/recordings
  codex-testkit fixtures check failure.jsonl --version 0.169.0
  codex-testkit fixtures check tests/recordings --json

with one version, every message that does not fit is told; with all, the releases that a recording fits, and the first
message that does not fit the first release, from the recorded one on, that it does not fit

exit codes:
  0  every recording fits the release that was named, or all from the one that it was made with on
  1  one does not
  2  a problem, said in four lines, or a wrong argument
"""

_ALL = "all"


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "check", "hold recordings against the protocol of every release", _EXAMPLES)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a recording, or a folder of them")
    parser.add_argument("--version", default=_ALL, metavar="V", help="a release, latest, or all (default)")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print which releases each recording fits; return 1 where one does not fit as it should."""
    from codex_schemas.app_server import load, nearest, versions  # noqa: PLC0415 (only some commands need the store)

    files = _files(options.paths)
    terminal = Terminal.of()
    if options.version == _ALL:
        return _check_all(files, versions(), terminal, as_json=options.json)
    is_whole = options.version.count(".") > 1
    version = load(options.version if is_whole else nearest(options.version)).version
    return _check_one(files, version, terminal, as_json=options.json)


def _files(paths: Sequence[Path]) -> list[Path]:
    files = [file for path in paths for file in (sorted(path.rglob("*.jsonl")) if path.is_dir() else [path])]
    if not files:
        raise Problem(
            "looking for recordings",
            expected="at least one file whose name ends with .jsonl",
            found="none in " + ", ".join(str(path) for path in paths),
            advice="Name a recording, or a folder with some.",
        )
    return files


def _told(files: Sequence[Path]) -> Iterator[Path]:
    """Yield each file, and say on a terminal which one it is."""
    is_watched = sys.stderr.isatty()
    for number, file in enumerate(files, 1):
        if is_watched:
            print(f"\r\x1b[Kchecking {number} of {len(files)}: {printable(file.name)}", end="", file=sys.stderr)
        yield file
    if is_watched:
        print("\r\x1b[K", end="", file=sys.stderr)


def _check_all(files: Sequence[Path], versions: Sequence[str], terminal: Terminal, *, as_json: bool) -> int:
    drifts = []
    for file in _told(files):
        drift = check(file, versions)
        drifts.append(drift)
        if not as_json:
            print(*_drift_lines(drift, terminal), sep="\n", flush=True)
    expired = [drift for drift in drifts if drift.first_failing]
    if as_json:
        print(json.dumps([_drift_as_json(drift) for drift in drifts], indent=2))
    else:
        print(_violations.summary("recording", len(drifts), len(expired), "all releases from their own on", terminal))
    return 1 if expired else 0


def _check_one(files: Sequence[Path], version: str, terminal: Terminal, *, as_json: bool) -> int:
    found = {file: list(misfits(file, version)) for file in _told(files)}
    failing = [file for file, each in found.items() if each]
    if as_json:
        print(json.dumps({str(file): [asdict(misfit) for misfit in each] for file, each in found.items()}, indent=2))
        return 1 if failing else 0
    for file in failing:
        print(terminal.paint(printable(str(file)), "bold"))
        for misfit in found[file]:
            print(*_misfit_lines(misfit, terminal), sep="\n")
    print(_violations.summary("recording", len(found), len(failing), f"codex {version}", terminal))
    return 1 if failing else 0


def _drift_lines(drift: Drift, terminal: Terminal) -> Iterator[str]:
    made = f"made with {drift.header.codex}" if drift.header.codex else "made with an unknown release"
    yield f"{terminal.paint(printable(str(drift.path)), 'bold')}: {made}, fits {', '.join(drift.ranges) or 'none'}"
    if drift.first_failing and (misfit := drift.results[drift.first_failing]):
        yield f"  {terminal.paint(f'does not fit {drift.first_failing}', 'red')}"
        yield from _misfit_lines(misfit, terminal)


def _misfit_lines(misfit: Misfit, terminal: Terminal) -> Iterator[str]:
    violation = misfit.violation
    yield f"  line {misfit.line}, {printable(misfit.message)}, at {printable(violation.path) or 'the whole'}"
    for word, text in (("expected", violation.expected), ("found", violation.found)):
        yield from terminal.wrap(printable(text), f"    {word:<9} ", " " * 14)


def _drift_as_json(drift: Drift) -> dict[str, Any]:
    return {
        "recording": str(drift.path),
        "codex": drift.header.codex,
        "first_failing": drift.first_failing,
        "results": {version: misfit and asdict(misfit) for version, misfit in drift.results.items()},
    }
