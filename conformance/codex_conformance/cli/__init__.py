"""The command line: one module for each command, imported when it is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from codex_schemas import Problem

__all__ = ["COMMANDS", "main"]

#: The commands, in the order of the help; each is a module here with ``add_parser`` and ``run``.
COMMANDS = (
    "demo",
    "serve",
    "env",
    "run",
    "app-server",
    "shim",
    "scenario",
    "record",
    "replay",
    "check",
    "fixtures",
    "diff",
    "schema",
)

_EXIT_CODES = """\
exit codes:
  0    done
  1    `diff` or a check found what it looks for
  2    a problem, said in four lines, or a wrong argument
  130  interrupted
  `run`, `record` and `replay` end with the exit code of their command.
  `check` has further ones.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        options = _parser(arguments).parse_args(arguments)
        exit_code: int = options.run(options)
    except Problem as problem:
        print(in_lines(problem), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has left; the interpreter must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return exit_code


def in_lines(problem: Problem) -> str:
    """Return a problem in four lines."""
    return (
        f"codex-testkit: a problem while {problem.doing}\n"
        f"  expected: {problem.expected}\n"
        f"  found:    {problem.found}\n"
        f"  to do:    {problem.advice}"
    )


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the command that is asked for, or of all of them where none is."""
    parser = argparse.ArgumentParser(
        prog="codex-testkit",
        description="Mock backend and conformance toolkit for everything that speaks Codex.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say which version this is, and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in arguments[:1] if arguments[:1] and arguments[0] in COMMANDS else COMMANDS:
        import_module(f"{__name__}.{name.replace('-', '_')}").add_parser(commands)
    return parser


class _Version(argparse.Action):
    """Prints the version; who asks for something else does not wait until it is found out."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any, **__: Any) -> None:
        from importlib.metadata import version  # noqa: PLC0415 (the start of every command would pay for it)

        print(f"{parser.prog} {version(parser.prog)}")
        parser.exit()
