"""The command ``shim``: a ``codex`` for the ``PATH`` of programs that start it."""

from __future__ import annotations

import argparse
from pathlib import Path

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.shim import write_shim
from codex_mockserver.model import load_scenario
from codex_schemas.app_server import latest, nearest

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit shim bin
  codex-testkit shim bin --codex-version 0.141.0 --scenario turn.yaml
  PATH="$PWD/bin:$PATH" codex exec --json "hello"
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "shim", "write a `codex` that answers as a release does", _EXAMPLES)
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder that gets it, to be put on the PATH")
    parser.add_argument("--codex-version", metavar="V", help="behave as this release (default: the newest known)")
    parser.add_argument("--scenario", metavar="NAME", help="a named scenario, or the path of a scenario file")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the executable and say where it is."""
    version = nearest(options.codex_version) if options.codex_version else latest()
    scenario = options.scenario or ""
    if scenario:
        # A mistake in it is better found now than when a program starts codex.
        load_scenario(scenario)
        scenario = str(Path(scenario).absolute()) if Path(scenario).is_file() else scenario
    print(write_shim(options.folder, version, scenario))
    return 0
