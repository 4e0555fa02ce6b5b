"""The command ``demo``: a login and a turn beside a mock, with all that was said."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections import Counter
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from codex_conformance import releases
from codex_conformance.cli._demo_clients import DemoClient, PublishedCodex, SmallClient
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._summary import name
from codex_conformance.cli._transcript import transcript
from codex_conformance.codex_process import codex_home
from codex_mockserver.serving import SyncBackend
from codex_schemas import Problem

__all__ = ["add_parser", "run"]

_PROMPT = "What does the tool say?"
_SCENARIO: dict[str, Any] = {
    "name": "demo",
    "model": [
        {"say": [{"exec_command": {"cmd": "echo good morning"}}]},
        {"say": [{"message": "The tool says good morning."}], "when": {"tool_output": "good morning"}},
    ],
}
#: The operations that are told in full; the others are only named.
_TOLD = frozenset(
    {
        "requestUserCode",
        "showDevicePage",
        "submitDeviceCode",
        "pollDeviceToken",
        "exchangeToken",
        "createResponse",
        "connectResponses",
    }
)
_EXAMPLES = "  codex-testkit demo\n"


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "demo", "show a login and a turn of the real codex beside a mock", _EXAMPLES)
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Show the login and the turn."""
    with ExitStack() as stack:
        backend = stack.enter_context(SyncBackend(proxy=True, scenario=_SCENARIO))
        client = _client(backend, stack)
        print(f"A mock backend runs at {backend.url}.\nThe client is {client.name}.")
        _show_login(backend, client)
        _show_turn(backend, client)
    return 0


def _client(backend: SyncBackend, stack: ExitStack) -> DemoClient:
    """Return the published codex, or the small client where that cannot be had, and say so."""
    version, folder = releases.DEFAULT_RELEASE, releases.releases_folder()
    if releases.find(version, folder) is None and shutil.which("npm") is None:
        print("npm is not here, so a small built-in client takes the place of codex.", file=sys.stderr)
        return SmallClient(backend)
    try:
        binary = releases.ensure(version, folder)
    except Problem as problem:
        print(f"{problem}\nA small built-in client takes the place of codex.", file=sys.stderr)
        return SmallClient(backend)
    return PublishedCodex(binary, version, backend, stack.enter_context(codex_home()))


def _show_login(backend: SyncBackend, client: DemoClient) -> None:
    print("\n1. Device login: the client shows a code, a person approves it on a page.\n")
    client.begin_login()
    (asked,) = backend.wait(1, "requestUserCode", within=60)
    _approve(f"{backend.url}/codex/device", asked.response_json["user_code"])
    client.finish_login()
    _print_journal(backend)


def _show_turn(backend: SyncBackend, client: DemoClient) -> None:
    print(f"\n2. A turn: the user asks {_PROMPT!r}, the model calls a tool.\n")
    answer = client.take_turn(_PROMPT)
    _print_journal(backend)
    print(f"\nThe client prints: {answer}")


def _print_journal(backend: SyncBackend) -> None:
    others = Counter(name(exchange) for exchange in backend.journal if exchange.operation not in _TOLD)
    for exchange in backend.journal:
        if exchange.operation in _TOLD:
            print(transcript(exchange))
    if others:
        called = ", ".join(name if count == 1 else f"{count} x {name}" for name, count in others.items())
        print(textwrap.fill(f"Also called: {called}.", 80, subsequent_indent="    "))
    backend.journal.clear()


def _approve(page: str, user_code: str) -> None:
    """Do what a person does on the page: open it, type the code, pick an account and approve."""
    browser = build_opener(ProxyHandler({}))
    form = {"user_code": user_code, "account": "plus", "decision": "approve"}
    for content in (None, urlencode(form).encode()):
        with browser.open(page, content, timeout=10) as response:
            response.read()
