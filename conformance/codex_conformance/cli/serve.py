"""The command ``serve``: a mock backend until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import signal
from pathlib import Path
from typing import Any

from codex_conformance.cli._options import Subparsers, add_command, add_scenario_options, read_scenario
from codex_mockserver.serving import Backend
from codex_mockserver.world import Clock, parse_time

__all__ = ["DEFAULT_PORT", "add_parser", "run"]

#: The http port that is used when none is named.
DEFAULT_PORT = 8765

_EXAMPLES = """\
  codex-testkit serve
  codex-testkit serve --port 0 --json
  codex-testkit serve --seed 1 --frozen-clock 2026-01-02T03:04:05Z --scenario turn.yaml
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
    )
    asyncio.run(_serve(backend, options))
    return 0


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
        await stopped.wait()


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
