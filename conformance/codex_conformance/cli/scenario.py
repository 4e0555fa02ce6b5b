"""The command group ``scenario``: the library of named scenarios, and scenario files of one's own."""

from __future__ import annotations

from importlib import import_module

from codex_conformance.cli._options import Subparsers, add_command

__all__ = ["SUBCOMMANDS", "add_parser"]

#: The commands of the group, in the order of the help; each is a module beside this one.
SUBCOMMANDS = ("list", "show", "lint", "try")

_EXAMPLES = """\
  codex-testkit scenario list
  codex-testkit scenario show usage-limit-reached
  codex-testkit scenario lint mine.yaml
  codex-testkit scenario try stream-cut

exit codes:
  0  done; what was looked at is as it should be
  1  a file is no scenario, or an expectation was not met
  2  a problem, said in four lines, or a wrong argument
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the group to the command line."""
    parser = add_command(subparsers, "scenario", "show, check and try the failures that clients meet", _EXAMPLES)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in SUBCOMMANDS:
        import_module(f"codex_conformance.cli.scenario_{name}").add_parser(commands)
