"""The command group ``fixtures``: recordings, looked into, searched for secrets, and turned into other forms."""

from __future__ import annotations

from importlib import import_module

from codex_conformance.cli._options import Subparsers, add_command

__all__ = ["SUBCOMMANDS", "add_parser"]

#: The commands of the group, in the order of the help; each is a module beside this one.
SUBCOMMANDS = ("list", "show", "scan", "check", "to-scenario", "import", "export")

_EXAMPLES = """\
  codex-testkit fixtures show failure.jsonl
  codex-testkit fixtures scan tests/recordings
  codex-testkit fixtures check tests/recordings
  codex-testkit fixtures import browser.har -o failure.jsonl
  codex-testkit fixtures export failure.jsonl -o failure.har

exit codes:
  0  done; what was checked is as it should be
  1  a check found what it looks for
  2  a problem, said in four lines, or a wrong argument
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the group to the command line."""
    parser = add_command(subparsers, "fixtures", "look into recordings, and keep secrets out of them", _EXAMPLES)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in SUBCOMMANDS:
        import_module(f"codex_conformance.cli.fixtures_{name.replace('-', '_')}").add_parser(commands)
