"""The command group ``check``: who speaks the protocol as it must be spoken."""

from __future__ import annotations

from importlib import import_module

from codex_conformance.cli._options import Subparsers, add_command

__all__ = ["SUBCOMMANDS", "add_parser"]

#: The commands of the group, in the order of the help; each is a module beside this one.
SUBCOMMANDS = ("server", "client", "matrix", "list", "show")

_EXAMPLES = """\
  codex-testkit check server mock
  codex-testkit check server http://127.0.0.1:8080 --report report.html
  codex-testkit check client -- python my_client.py {prompt}
  codex-testkit check matrix mock real:0.169.0 --client codex:0.169.0
  codex-testkit check list oauth.refresh

`check server --help` and `check client --help` say what their exit codes mean.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the group to the command line."""
    parser = add_command(subparsers, "check", "judge a server or a client by the requirements", _EXAMPLES)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in SUBCOMMANDS:
        import_module(f"codex_conformance.cli.check_{name}").add_parser(commands)
