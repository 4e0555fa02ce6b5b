"""The command ``check server``: a server, held against the requirements."""

from __future__ import annotations

import argparse

from codex_conformance.cli._check import add_run_options, show_run
from codex_conformance.cli._options import Subparsers, add_command

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit check server mock
  codex-testkit check server real:0.169.0 --surface app-server
  codex-testkit check server http://127.0.0.1:8080 --disable responses.websocket
  codex-testkit check server "command:my-codex app-server" --baseline known.toml
  codex-testkit check server asgi:my_project.app:app --select oauth.refresh

targets:
  mock, mock:VERSION         the mock of this project
  real:VERSION               a published codex app-server; the mock is its model
  http://HOST:PORT           whatever answers there; credentials come from
                             CODEX_TESTKIT_API_KEY, _ACCESS_TOKEN,
                             _REFRESH_TOKEN and _ACCOUNT_ID
  ws://HOST:PORT             an app-server that listens there
  command:CMD                a command that speaks as `codex app-server` does
  asgi:MODULE:ATTRIBUTE      an ASGI application
  live                       the vendor's own hosts; needs --live, only reads
  NAME                       a target of codex-targets.toml
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "server", "hold a server against the requirements", _EXAMPLES)
    parser.add_argument("target", metavar="TARGET", help="the server; its forms are below")
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the server suites."""
    return show_run("server", options, [f"--codex-target={options.target}"])
