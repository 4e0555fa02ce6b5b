"""The command ``scenario show``: the file of a named scenario."""

from __future__ import annotations

import argparse
import json
import re

import msgspec

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.terminal import Terminal
from codex_mockserver.model import named_scenario, scenario_text

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit scenario show stream-cut
  codex-testkit scenario show stream-cut > mine.yaml
  codex-testkit scenario show stream-cut --json
"""

#: A key at the beginning of a line.
_KEY = re.compile(r"^(?P<indent>[ -]*)(?P<key>\w+):")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "show", "show what a named scenario does, and what a right client does", _EXAMPLES)
    parser.add_argument("name", metavar="NAME", help="one that `scenario list` shows")
    parser.add_argument("--json", action="store_true", help="print all its values, defaults too, as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the file."""
    if options.json:
        print(json.dumps(msgspec.to_builtins(named_scenario(options.name)), indent=2))
        return 0
    terminal = Terminal.of()
    for line in scenario_text(options.name).splitlines():
        print(_KEY.sub(lambda key: key["indent"] + terminal.paint(key["key"], "cyan") + ":", line))
    return 0
