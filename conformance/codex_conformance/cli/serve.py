"""The command ``serve``: a mock backend until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from codex_conformance.cli import in_lines
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._scenario import add_scenario_options, read_scenario
from codex_mockserver.http.control import JournalFile
from codex_mockserver.serving import Backend
from codex_mockserver.world import Clock, parse_time
from codex_schemas import Problem

__all__ = ["DEFAULT_PORT", "add_parser", "run"]

#: The http port that is used when none is named.
DEFAULT_PORT = 8765

#: How often a watched scenario file is looked at.
_WATCH_SECONDS = 0.2

_EXAMPLES = """\
  codex-testkit serve
  codex-testkit serve --port 0 --json
  codex-testkit serve --seed 1 --frozen-clock 2026-01-02T03:04:05Z --scenario turn.yaml
  codex-testkit serve --state world.db --journal journal.jsonl
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "serve", "run a mock backend until it is stopped", _EXAMPLES)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="http port, 0 for any (default: %(default)s)")
    parser.add_argument("--https-port", type=port, default=0, metavar="PORT", help="https port (default: any)")
    parser.add_argument("--proxy-port", type=port, default=0, metavar="PORT", help="port of the proxy (default: any)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON when it is ready")
    parser.add_argument("--seed", type=int, metavar="N", help="make the same identifiers in every run")
    parser.add_argument("--frozen-clock", metavar="TIME", help="let the clock stand at an RFC 3339 time")
    add_scenario_options(parser)
    parser.add_argument("--watch", action="store_true", help="put the scenario file to work anew when it changes")
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep the world in a file, and go on with it")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="append each exchange to a file of JSON lines")
    parser.add_argument("--no-control", action="store_true", help="answer no control calls under /_testkit/")
    parser.add_argument("--ca-key", type=Path, metavar="FILE", help="write the authority's private key to a new file")
    parser.add_argument("--allow-remote", action="store_true", help="permit a host that other machines can reach")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    clock = Clock(frozen_at=parse_time(options.frozen_clock)) if options.frozen_clock else None
    backend = Backend(
        seed=options.seed,
        clock=clock,
        scenario=read_scenario(options),
        proxy=True,
        host=options.host,
        http_port=options.port,
        https_port=options.https_port,
        proxy_port=options.proxy_port,
        allow_remote=options.allow_remote,
        state_file=options.state,
        control=not options.no_control,
        control_token=secrets.token_urlsafe() if options.allow_remote else None,
    )
    with closing(backend.world), _kept_journal(backend, options.journal):
        asyncio.run(_serve(backend, options))
    return 0


@contextmanager
def _kept_journal(backend: Backend, path: Path | None) -> Iterator[None]:
    """Keep the journal in a file as long as the mock runs."""
    if path is None:
        yield
        return
    with JournalFile(path) as file:
        backend.journal.keep(file.write)
        yield


async def _serve(backend: Backend, options: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with backend:
        if options.ca_key:
            backend.write_ca_key(options.ca_key)
        backend.app.ready = backend.describe()
        # What is here now stays, and what a request makes is mostly kept by the journal: look for garbage rarely.
        gc.freeze()
        gc.set_threshold(50_000)
        print(json.dumps(backend.app.ready) if options.json else _greeting(backend.app.ready), flush=True)
        watching = asyncio.create_task(_watch(backend, options)) if options.watch else None
        await stopped.wait()
        if watching is not None:
            watching.cancel()


async def _watch(backend: Backend, options: argparse.Namespace) -> None:
    """Put the scenario file to work whenever it changes; one with a mistake is told and left aside."""
    seen = _modified(options.scenario)
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        if (now := _modified(options.scenario)) not in (seen, None):
            seen = now
            try:
                backend.use_scenario(read_scenario(options))
                print(f"codex-testkit: {options.scenario} is at work", file=sys.stderr, flush=True)
            except Problem as problem:
                print(in_lines(problem), file=sys.stderr, flush=True)


def _modified(path: Path | None) -> int | None:
    with suppress(OSError):
        return path.stat().st_mtime_ns if path else None
    return None


def _greeting(ready: dict[str, Any]) -> str:
    return (
        "The mock backend listens on\n"
        f"  http   {ready['http']}\n"
        f"  https  {ready['https']}\n"
        f"  proxy  {ready['proxy']}\n"
        f"  CA     {ready['ca_file']}\n"
        f"Accounts: {', '.join(ready['accounts'])}.\n"
        f"What codex needs to come here: codex-testkit env {ready['http']}\n"
        "Stop it with Ctrl-C."
    )


def port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:  # noqa: PLR2004 (the largest number of 16 bits)
        raise ValueError
    return number
