"""The command ``check client``: a client, held against the requirements, with the mock as its examiner."""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path

from codex_conformance._names import meant
from codex_conformance.cli._check import add_run_options, show_run
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.clients import TASKS
from codex_schemas import Problem

__all__ = ["add_parser", "run"]

#: Characters of a command that are its name in reports.
_LONGEST_NAME = 60

_EXAMPLES = """\
  codex-testkit check client -- python my_client.py {prompt}
  codex-testkit check client --task "login=mine login" -- mine ask {prompt}
  codex-testkit check client --client codex:0.169.0 --surface responses
  codex-testkit check client --client mine --select responses.client.stream

clients:
  codex, codex:VERSION       the published codex, on the PATH or of one release
  python:MODULE:ATTRIBUTE    a function that takes a turn, or a mapping of tasks
  NAME                       one of codex-targets.toml, under [clients.NAME]
  CMD                        a command that takes a turn; the same as behind --

tasks, each with its command; what a client has no command for is not asked:
  turn            send {prompt} to a model and print the answer
  impatient-turn  the same, with the patience of about a second
  login           log in with a browser
  device-login    log in with a device code
  usage           read the limits of the account
  cloud-tasks     list the cloud tasks
  app-server      drive an app-server through one turn with {prompt}
  app-server-login  log in by way of it

placeholders: {prompt} {base_url} {chatgpt_url} {auth_url} {api_key}
  {access_token} {refresh_token} {account_id} {codex_home} {codex_bin}
  {app_server_url} {folder} {proxy_url} {ca_file} {python}
The environment leads to the examiner, too: OPENAI_BASE_URL, OPENAI_API_KEY,
CODEX_HOME, CODEX_BIN, CODEX_APP_SERVER_URL, BROWSER, and HTTPS_PROXY for the
built-in hosts of codex.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "client", "hold a client against the requirements", _EXAMPLES)
    parser.usage = "codex-testkit check client [options] [--client CLIENT] [-- CMD ...]"
    parser.add_argument("--client", metavar="CLIENT", help="the client; its forms are below")
    parser.add_argument(
        "--task",
        action="append",
        default=[],
        metavar="NAME=CMD",
        help="the command for a further task; may be repeated",
    )
    parser.add_argument("--deadline", type=float, metavar="SECONDS", help="how long a task may take (default: 60)")
    add_run_options(parser)
    parser.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(run=lambda options: run(options, parser))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Run the client suites."""
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not (command or options.client or options.task):
        parser.error("a client is missing: -- CMD, or --client CLIENT")
    tasks = dict(_task(text) for text in options.task) | ({"turn": command} if command else {})
    return show_run("client", options, [f"--codex-client={_client(options, tasks)}"])


def _client(options: argparse.Namespace, tasks: dict[str, list[str]]) -> str:
    """Return the client as one text."""
    if not tasks and options.deadline is None:
        return str(options.client)
    entry = {
        "name": options.client or _name(next(reversed(tasks.values()))),
        "like": options.client,
        "tasks": tasks,
        "deadline": options.deadline,
    }
    return json.dumps({key: value for key, value in entry.items() if value})


def _name(command: list[str]) -> str:
    """Return what reports call a command: its words without their folders."""
    words = " ".join(Path(word).name for word in command)
    return words if len(words) <= _LONGEST_NAME else f"{words[: _LONGEST_NAME - 1]}…"


def _task(text: str) -> tuple[str, list[str]]:
    name, _, command = text.partition("=")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise _no_task(text, f"{error}: {command}", "Close the quotation.") from None
    if name not in TASKS:
        raise _no_task(text, repr(name), meant(name, TASKS, "Name one of them."))
    if not words:
        raise _no_task(text, "no command", "Write for example --task 'login=my-client login'.")
    return name, words


def _no_task(text: str, found: str, advice: str) -> Problem:
    expected = f"one of {', '.join(TASKS)}, an equals sign and a command"
    return Problem(f"reading the task {text}", expected=expected, found=found, advice=advice)
