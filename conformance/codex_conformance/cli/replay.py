"""The command ``replay``: a recording plays the server, or the client."""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from codex_conformance.cli import in_lines
from codex_conformance.cli._command import execute, find_program, fit_for_folder
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.codex_process import client_variables, codex_home
from codex_fixtures import RecordingReader
from codex_mockserver.replaying import Miss, Replay, SyncReplay, replay_lines, replay_to
from codex_schemas import Problem

__all__ = ["add_parser", "run"]

_SPEEDS = {"recorded": 1.0, "max": None}
_EXAMPLES = """\
  codex-testkit replay turn.jsonl -- codex exec "hello"
  codex-testkit replay turn.jsonl --port 8765 --speed recorded
  codex-testkit replay calls.jsonl --match content --ignore /body/client_metadata
  codex-testkit replay calls.jsonl --to http://127.0.0.1:8765 --header "authorization: Bearer sk-test"
  codex-testkit replay session.jsonl < requests.jsonl

A recording of an app-server is played on the standard streams.

exit codes:
  0  done; with a command, its exit code
  1  a request had no answer, or an answer differs
  2  a problem, said in four lines, or a wrong argument
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "replay", "replay a recording as a server, or as a client", _EXAMPLES)
    parser.usage = "codex-testkit replay FILE [options] [-- CMD ...]"
    parser.add_argument("--port", type=int, default=0, help="http port (default: any)")
    parser.add_argument("--proxy-port", type=int, default=0, metavar="PORT", help="port of the proxy (default: any)")
    parser.add_argument("--speed", type=_speed, metavar="SPEED", help="recorded, a factor, or max (default: max)")
    parser.add_argument("--match", choices=("order", "content"), default="order", help="default: %(default)s")
    parser.add_argument("--ignore", action="append", default=[], metavar="POINTER", help="a place that does not count")
    parser.add_argument("--json", action="store_true", help="print one line of JSON when it is ready")
    parser.add_argument("--to", metavar="URL", help="send the requests to this server, and compare what it says")
    parser.add_argument("--header", action="append", default=[], metavar="H", help="send this header with --to")
    parser.add_argument("--allow-live", action="store_true", help="permit a server that is not on this machine")
    parser.add_argument("--no-install", action="store_true", help="refuse where codex would have to be installed")
    parser.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(run=lambda options: run(options, parser))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Replay."""
    file, *rest = options.command or [""]
    # What follows FILE are options again, until the dashes before a command.
    parser.parse_args(rest, options)
    if not file or file.startswith("-") or options.command[:1] not in ([], ["--"]):
        parser.error("one recording is wanted: codex-testkit replay FILE [options] [-- CMD ...]")
    options.file, options.command = Path(file), options.command[1:]
    if options.to is not None:
        return _compare(options)
    with RecordingReader(options.file) as reader:
        header = reader.header
    if header.surface == "app-server":
        miss = replay_lines(options.file, matching=options.match, ignore=options.ignore, speed=options.speed)
        return _tell([miss] if miss is not None else [])
    return _run_command(options, header.codex) if options.command else _serve(options)


def _serve(options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    replay = Replay(
        options.file,
        matching=options.match,
        ignore=options.ignore,
        speed=options.speed,
        port=options.port,
        proxy=True,
        proxy_port=options.proxy_port,
    )
    asyncio.run(_until_stopped(replay, as_json=options.json))
    return _tell(replay.misses)


async def _until_stopped(replay: Replay, *, as_json: bool) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with replay:
        ready = {"http": replay.url, "proxy": replay.proxy_url, "ca_file": str(replay.ca_file)}
        print(json.dumps(ready) if as_json else _greeting(ready, replay), flush=True)
        await stopped.wait()


def _greeting(ready: dict[str, str | None], replay: Replay) -> str:
    early = " (its recorder was stopped before the end)" if replay.index.ended_early else ""
    return (
        f"The replay of {len(replay.index.exchanges)} exchanges{early} listens on\n"
        f"  http   {ready['http']}\n"
        f"  proxy  {ready['proxy']}\n"
        f"  CA     {ready['ca_file']}\n"
        "Stop it with Ctrl-C."
    )


def _run_command(options: argparse.Namespace, release: str | None) -> int:
    """Run a command that takes the recording for the real hosts."""
    command = fit_for_folder(options.command, Path.cwd())
    program = find_program(command[0], release, may_install=not options.no_install)
    replay = SyncReplay(
        options.file, matching=options.match, ignore=options.ignore, speed=options.speed, port=options.port, proxy=True
    )
    with codex_home() as home, replay:
        replay.write_codex_home(home)
        code = execute([program, *command[1:]], client_variables(replay.client_environment(home)))
    _tell(replay.misses)
    return code


def _tell(misses: Sequence[Miss]) -> int:
    """Say what had no answer, and return the exit code."""
    for miss in misses:
        print(in_lines(miss.problem), file=sys.stderr)
    return 1 if misses else 0


def _compare(options: argparse.Namespace) -> int:
    """Send the requests to a server, and say where its answers differ."""
    headers = dict(map(_header, options.header))
    work = replay_to(options.file, options.to, ignore=options.ignore, headers=headers, allow_live=options.allow_live)
    done = asyncio.run(work)
    for exchange in done:
        print(f"{'differs' if exchange.differences else 'same   '}  {exchange.method} {exchange.path}")
        for difference in exchange.differences:
            print(f"  {difference}")
    return 1 if any(exchange.differences for exchange in done) else 0


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise Problem(
            "reading a header",
            expected="a name and a value such as authorization: Bearer sk-test",
            found=repr(text),
            advice="Put a colon between them.",
        )
    return name.strip(), value.strip()


def _speed(text: str) -> float | None:
    if text in _SPEEDS:
        return _SPEEDS[text]
    speed = float(text)
    if not (math.isfinite(speed) and speed > 0):
        raise ValueError
    return speed
