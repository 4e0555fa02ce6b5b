"""The command ``fixtures to-scenario``: a recording as a scenario that can be edited."""

from __future__ import annotations

import argparse
from pathlib import Path

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.output import put

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit fixtures to-scenario failure.jsonl
  codex-testkit fixtures to-scenario failure.jsonl -o failure.yaml
  codex-testkit run --scenario failure.yaml -- codex exec "hello"
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "to-scenario", "make an editable scenario from a recording", _EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the scenario."""
    from codex_mockserver.retelling import retold  # noqa: PLC0415 (the model is slow to import)

    put(retold(options.file), options.output)
    return 0
