"""The command ``scenario lint``: whether files are scenarios, and what is wrong where."""

from __future__ import annotations

import argparse
from pathlib import Path

from codex_conformance.cli import in_lines
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.terminal import Terminal
from codex_mockserver.model import find_problems

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit scenario lint mine.yaml
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "lint", "check scenario files: the line, and the closest right key", _EXAMPLES)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a scenario file")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what is wrong with each file; the exit code is 1 when anything is."""
    terminal = Terminal.of()
    is_clean = True
    for file in options.files:
        problems = find_problems(file)
        is_clean &= not problems
        print(*map(in_lines, problems), sep="\n") if problems else print(f"{file}: {terminal.paint('ok', 'green')}")
    return 0 if is_clean else 1
