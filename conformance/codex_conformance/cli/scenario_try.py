"""The command ``scenario try``: a client beside a mock with a scenario, and whether it did what is right."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from codex_conformance.cli._command import execute, find_program, fit_for_folder
from codex_conformance.cli._judgement import Judgement, is_right, judge, verdict_lines
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._summary import as_json, as_table
from codex_conformance.codex_process import client_variables, codex_home
from codex_conformance.releases import DEFAULT_RELEASE, find, releases_folder
from codex_conformance.shim import write_shim
from codex_conformance.terminal import Terminal
from codex_mockserver.model import Scenario, load_scenario
from codex_mockserver.serving import SyncBackend
from codex_schemas.app_server import latest, nearest

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit scenario try stream-cut
  codex-testkit scenario try stream-cut --codex-version 0.141.0
  codex-testkit scenario try mine.yaml -- python my_client.py

exit codes:
  0  the client did what is right
  1  it did not
  2  a problem, said in four lines, or a wrong argument
"""

_NO_NPM = (
    "npm is not here, so a small built-in client takes the place of codex; it knows no WebSocket, plugins, zstd and "
    "compaction"
)


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "try", "run a client beside a mock with a scenario, and judge it", _EXAMPLES)
    parser.usage = "codex-testkit scenario try [options] NAME [-- CMD ...]"
    parser.add_argument("--codex-version", metavar="V", help="run this published release of codex")
    parser.add_argument("--no-install", action="store_true", help="refuse where codex would have to be installed")
    parser.add_argument(
        "--json", action="store_true", help="print one line of JSON; the client's output goes beside it"
    )
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="NAME", help="a named scenario, or the path of a scenario file"
    )
    parser.set_defaults(run=lambda options: run(*_split(options, parser)))


def _split(
    options: argparse.Namespace, parser: argparse.ArgumentParser
) -> tuple[argparse.Namespace, str, Sequence[str]]:
    """Return all options, those behind the name too, the name, and the command behind the two dashes."""
    words = options.words
    end = words.index("--") if "--" in words else len(words)
    if end == 0:
        parser.error("the name of a scenario is missing")
    options = parser.parse_args(words[1:end], options)
    if options.words:
        parser.error("two dashes are missing before the command")
    return options, words[0], words[end + 1 :]


def run(options: argparse.Namespace, name: str, command: Sequence[str]) -> int:
    """Run the client, tell what happened, and judge it."""
    scenario = load_scenario(name)
    needs_codex = not command or "codex" in command
    command = fit_for_folder(command or scenario.trial.command, Path.cwd())
    with codex_home() as home, SyncBackend(proxy=True, scenario=scenario) as backend:
        backend.write_codex_home(home, scenario.trial.account, analytics=False, plugins=False)
        environment = client_variables(backend.client_environment(home))
        if needs_codex or scenario.app_server.is_subject:
            folder = _codex_folder(home, options, name, scenario)
            environment["PATH"] = os.pathsep.join((str(folder), environment.get("PATH", os.defpath)))
        exit_code = execute(command, environment, sys.stderr if options.json else None)
        judgements = judge(scenario, backend.journal)
        tell = _as_json if options.json else _as_text
        print(tell(scenario, exit_code, judgements, backend))
    return 0 if is_right(judgements) else 1


def _codex_folder(home: Path, options: argparse.Namespace, name: str, scenario: Scenario) -> Path:
    """Return a folder with a codex: a mock where the scenario is about the app-server, or the release that is wanted.

    Where no codex can be had the small client takes its place.
    """
    wanted = options.codex_version or scenario.trial.release
    if scenario.app_server.is_subject:
        source = str(Path(name).absolute()) if Path(name).is_file() else name
        return write_shim(home / "bin", nearest(wanted) if wanted else latest(), source).parent
    is_here = shutil.which("codex") or find(wanted or DEFAULT_RELEASE, releases_folder())
    if is_here or shutil.which("npm") or options.no_install or options.codex_version:
        return Path(find_program("codex", wanted, may_install=not options.no_install)).parent
    print(f"codex-testkit: {_NO_NPM}", file=sys.stderr)
    program = home / "bin" / "codex"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m codex_conformance.small_codex "$@"\n')
    program.chmod(0o700)
    return program.parent


def _as_json(scenario: Scenario, exit_code: int, judgements: Sequence[Judgement], backend: SyncBackend) -> str:
    told = {"exit_code": exit_code, "expectations": [judgement.as_json() for judgement in judgements]}
    return json.dumps({"scenario": scenario.name, **told, **as_json(backend.journal, backend.refused_hosts)})


def _as_text(scenario: Scenario, exit_code: int, judgements: Sequence[Judgement], backend: SyncBackend) -> str:
    terminal = Terminal.of()
    lines = [
        "",
        *terminal.title(scenario.name, scenario.summary),
        f"The client ended with exit code {exit_code}, and called:",
        as_table(backend.journal, backend.refused_hosts),
        "A right client:" if judgements else "The scenario does not say what a right client does.",
        *verdict_lines(judgements, terminal),
    ]
    return "\n".join(lines)
