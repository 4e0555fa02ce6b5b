"""The command group ``schema``: the app-server protocol of every release, and messages held against it."""

from __future__ import annotations

from importlib import import_module

from codex_conformance.cli._options import Subparsers, add_command

__all__ = ["SUBCOMMANDS", "add_parser"]

#: The commands of the group, in the order of the help; each is a module beside this one.
SUBCOMMANDS = ("list", "show", "history", "validate", "check", "export", "import")

_EXAMPLES = """\
  codex-testkit schema list
  codex-testkit schema show turn/start
  codex-testkit schema history Turn.rootTurnId
  codex-testkit schema check transcript.jsonl --version 0.169.0

exit codes:
  0  done; what was checked fits
  1  what was checked does not fit
  2  a problem, said in four lines, or a wrong argument
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the group to the command line."""
    parser = add_command(subparsers, "schema", "look into the app-server protocol of every release", _EXAMPLES)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in SUBCOMMANDS:
        import_module(f"codex_conformance.cli.schema_{name}").add_parser(commands)
