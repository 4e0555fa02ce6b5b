"""The command ``run``: any command beside a fresh mock."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from codex_conformance.cli._command import execute, find_program, fit_for_folder
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._scenario import add_scenario_options, read_scenario
from codex_conformance.cli._summary import as_json, as_table
from codex_conformance.codex_process import client_variables, codex_home
from codex_conformance.releases import DEFAULT_RELEASE
from codex_mockserver.serving import SyncBackend

__all__ = ["add_parser", "run"]

_EXAMPLES = f"""\
  codex-testkit run -- codex exec "hello"
  codex-testkit run --codex-version {DEFAULT_RELEASE} --as team -- codex cloud list
  codex-testkit run --logged-out --auto-approve -- codex login --device-auth
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(
        subparsers, "run", "run a command beside a fresh mock, with a CODEX_HOME of its own", _EXAMPLES
    )
    parser.usage = "codex-testkit run [options] -- CMD ..."
    parser.add_argument("--codex-version", metavar="V", help="run this published release of codex")
    parser.add_argument("--as", dest="account", default="plus", metavar="ACCOUNT", help="default: %(default)s")
    parser.add_argument("--logged-out", action="store_true", help="start without credentials")
    add_scenario_options(parser)
    parser.add_argument("--no-install", action="store_true", help="refuse where codex would have to be installed")
    parser.add_argument("--json", action="store_true", help="print the journal as one line of JSON")
    parser.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(run=lambda options: run(options, parser))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Run the command, print the journal to standard error and return the command's exit code."""
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("a command is missing after --")
    command = fit_for_folder(command, Path.cwd())
    scenario = read_scenario(options)
    program = find_program(command[0], options.codex_version, may_install=not options.no_install)
    with codex_home() as home, SyncBackend(proxy=True, scenario=scenario) as backend:
        backend.write_codex_home(home, None if options.logged_out else options.account)
        environment = client_variables(backend.client_environment(home))
        exit_code = execute([program, *command[1:]], environment)
        summary = as_json if options.json else as_table
        journal = summary(backend.journal, backend.refused_hosts)
    print(json.dumps({"exit_code": exit_code, **journal}) if isinstance(journal, dict) else journal, file=sys.stderr)
    return exit_code
