"""The command ``fixtures list``: the recordings that come with the package."""

from __future__ import annotations

import argparse
import json

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.terminal import Terminal
from codex_fixtures import shipped

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit fixtures list
  codex-testkit fixtures list --codex-version 0.141.0
  codex-testkit fixtures list --json
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "list", "list the recordings that come with the package", _EXAMPLES)
    parser.add_argument("--codex-version", metavar="V", help="only those of this release")
    parser.add_argument("--json", action="store_true", help="print them as JSON, with their paths")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print each recording with its sentence."""
    chosen = [each for each in shipped() if options.codex_version in (None, each.header.codex)]
    if options.json:
        facts = [{"name": each.name, "title": each.header.title, "path": str(each.path)} for each in chosen]
        print(json.dumps(facts, indent=2))
        return 0
    terminal = Terminal.of()
    for each in chosen:
        print(*terminal.title(each.name, each.header.title), sep="\n")
    return 0
