"""The command line of the shim: the commands of ``codex`` that programs start."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from codex_conformance.cli import app_server
from codex_conformance.shim.options import CommandParser, add_exec_options, split
from codex_mockserver.model import Scenario, load_scenario
from codex_mockserver.world import World
from codex_schemas import Problem

__all__ = ["main"]

Run = Callable[[World, argparse.Namespace, Scenario | None, str], int]

_STATE = "codex-testkit.db"


def main(argv: Sequence[str]) -> int:
    """Run a command of ``codex`` and return its exit code.

    Args:
        argv: The release, its scenario or an empty text, the default state file, and the command's own arguments.
    """
    version, scenario, state, *words = argv
    # An argument that is no UTF-8 could not be sent in any message.
    name, arguments = split(version, [os.fsencode(word).decode(errors="replace") for word in words])
    options, run = _prepared(name, version, arguments)
    try:
        script = load_scenario(scenario) if scenario else None
        with _world(Path(state)) as world:
            return run(world, options, script, version)
    except Problem as problem:
        print(f"codex-testkit: {problem}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read the output has left; the interpreter must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _prepared(name: str, version: str, arguments: list[str]) -> tuple[argparse.Namespace, Run]:
    """Return the options of a command, and what runs it."""
    parser = CommandParser(prog=f"codex {name}")
    if name == "app-server":
        app_server.add_options(parser)
        return parser.parse_intermixed_args(arguments), app_server.run_in
    from codex_conformance.shim._exec import run_exec  # noqa: PLC0415 (an app-server shall not wait for it)

    parser.add_argument("-V", "--version", action="version", version=f"codex-cli-exec {version}")
    add_exec_options(parser)
    return parser.parse_intermixed_args(arguments), run_exec


@contextmanager
def _world(default: Path) -> Iterator[World]:
    """Yield the world that is kept in the home of codex, or beside the shim where no home is named.

    One process at a time keeps it: another gets a world of its own, and that is said.
    """
    home = os.environ.get("CODEX_HOME")
    state = Path(home, _STATE) if home else default
    try:
        world = World(state_file=state)
    except Problem as problem:
        print(f"codex-testkit: threads are not kept: {problem}", file=sys.stderr)
        world = World()
    with closing(world):
        yield world
