"""The command ``scenario list``: the named scenarios, in groups."""

from __future__ import annotations

import argparse
import json

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.terminal import Terminal
from codex_mockserver.model import groups, named_scenario

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit scenario list
  codex-testkit scenario list --json
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "list", "list the named scenarios", _EXAMPLES)
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list."""
    if options.json:
        entries = [
            {"name": name, "group": group.title, "summary": named_scenario(name).summary}
            for group in groups()
            for name in group.names
        ]
        print(json.dumps(entries, indent=2))
    else:
        print("\n".join(_lines(Terminal.of())))
    return 0


def _lines(terminal: Terminal) -> list[str]:
    """Return the groups, each name with its sentence below it."""
    lines = []
    for group in groups():
        lines += ["", terminal.paint(group.title, "bold")]
        for name in group.names:
            lines += [f"  {terminal.paint(name, 'cyan')}", *terminal.wrap(named_scenario(name).summary, "      ")]
    return lines[1:]
