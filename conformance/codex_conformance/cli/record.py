"""The command ``record``: what a client and a server say to each other, in a file without secrets."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from codex_conformance.cli._command import SIGNALLED, Signals, execute, exit_code, find_program, fit_for_folder
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._recording import add_file_options, recorder_of, release_of, tell
from codex_conformance.cli._scenario import add_scenario_options, read_scenario
from codex_conformance.codex_process import begin, client_variables, codex_home
from codex_mockserver.recording import (
    Recorder,
    RecordingProxy,
    SyncRecordingProxy,
    Upstream,
    live_upstream,
    mock_upstream,
    tee,
    upstream_at,
)
from codex_mockserver.serving import SyncBackend, proxied_environment
from codex_schemas import Problem

__all__ = ["add_parser", "run"]

_APP_SERVER = "app-server"
_REAL = "real"
_ANY_PORT = "127.0.0.1:0"
_SWITCH_SECONDS = 0.0002

_EXAMPLES = """\
  codex-testkit record -o turn.jsonl -- codex exec "hello"
  codex-testkit record -o limit.jsonl --scenario usage-limit-reached -- codex exec "hello"
  codex-testkit record -o calls.jsonl --upstream http://127.0.0.1:8765
  codex-testkit record -o calls.jsonl --upstream real --allow-live -- codex exec "hello"
  codex-testkit record app-server -o session.jsonl -- codex app-server

Without --upstream the command talks to a fresh mock, with a CODEX_HOME of its own.
With --upstream and no command it is a reverse proxy until it is stopped.
Secrets are replaced before anything is written.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "record", "record what a client and a server say to each other", _EXAMPLES)
    parser.usage = (
        "codex-testkit record -o FILE [options] -- CMD ...\n"
        "       codex-testkit record -o FILE --upstream URL [--listen HOST:PORT]\n"
        "       codex-testkit record app-server -o FILE -- CMD ..."
    )
    add_file_options(parser)
    parser.add_argument("--upstream", metavar="URL", help="record this server; real for the hosts that codex calls")
    parser.add_argument("--allow-live", action="store_true", help="permit an upstream that is not on this machine")
    parser.add_argument("--listen", metavar="HOST:PORT", help=f"where a reverse proxy listens (default: {_ANY_PORT})")
    parser.add_argument("--as", dest="account", default="plus", metavar="ACCOUNT", help="default: %(default)s")
    parser.add_argument("--logged-out", action="store_true", help="start without credentials")
    add_scenario_options(parser)
    parser.add_argument("--no-install", action="store_true", help="refuse where codex would have to be installed")
    parser.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(run=lambda options: run(options, parser))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Record, and return the exit code of the command."""
    speaks_lines = options.command[:1] == [_APP_SERVER]
    if speaks_lines:
        parser.parse_args(options.command[1:], options)
    options.command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if options.output is None:
        parser.error("the file is missing: -o FILE")
    if not options.command and (speaks_lines or options.upstream is None):
        parser.error("a command is missing after --")
    # What passes must not wait for the thread that takes the secrets out.
    sys.setswitchinterval(_SWITCH_SECONDS)
    if speaks_lines:
        return _record_lines(options)
    return _record_command(options) if options.command else _record_calls(options)


def _record_command(options: argparse.Namespace) -> int:
    """Record what a command says to its upstream."""
    command = fit_for_folder(options.command, Path.cwd())
    program = find_program(command[0], options.codex_version, may_install=not options.no_install)
    with _upstream(options) as (upstream, variables):
        with recorder_of(options, "http", release_of(program)) as recorder:
            with SyncRecordingProxy(recorder, upstream) as proxy:
                environment = {**variables, **proxied_environment(proxy.url, str(proxy.ca_file))}
                code = execute([program, *command[1:]], environment)
            if code < SIGNALLED:
                recorder.finish()
        tell(recorder, options.output)
    return code


@contextmanager
def _upstream(options: argparse.Namespace) -> Iterator[tuple[Upstream, Mapping[str, str]]]:
    """Return what is recorded, and the variables of its client without those of the proxy."""
    if options.upstream is None:
        with codex_home() as home, SyncBackend(tls=True, scenario=read_scenario(options)) as backend:
            backend.write_codex_home(home, None if options.logged_out else options.account)
            assert backend.https_url is not None, "TLS was asked for"
            assert backend.ca_file is not None, "TLS was asked for"
            yield mock_upstream(backend.https_url, backend.ca_file), client_variables({"CODEX_HOME": str(home)})
    elif options.upstream == _REAL:
        yield live_upstream(allow_live=options.allow_live), os.environ
    else:
        yield upstream_at(options.upstream, allow_live=options.allow_live), os.environ


def _record_calls(options: argparse.Namespace) -> int:
    """Be a reverse proxy until SIGINT or SIGTERM."""
    if options.upstream == _REAL:
        raise Problem(
            "recording the real hosts",
            expected="a command that calls them",
            found="none",
            advice="Name it after --, or name one host with --upstream https://HOST.",
        )
    upstream = upstream_at(options.upstream, allow_live=options.allow_live)
    host, port = _address(options.listen or _ANY_PORT)
    with recorder_of(options, "http", options.codex_version) as recorder:
        proxy = RecordingProxy(recorder, upstream, tunnels=False, host=host, port=port)
        if asyncio.run(_serve(proxy, recorder)):
            recorder.finish()
    tell(recorder, options.output)
    return 0


async def _serve(proxy: RecordingProxy, recorder: Recorder) -> bool:
    """Serve until a signal comes, and return whether it cuts no exchange short."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with proxy:
        print(f"The recorder listens on {proxy.url}\nStop it with Ctrl-C.", flush=True)
        await stopped.wait()
        return recorder.is_idle


def _record_lines(options: argparse.Namespace) -> int:
    """Stand between our client and an app-server, as if nobody stood there."""
    program = find_program(options.command[0], options.codex_version, may_install=not options.no_install)
    with recorder_of(options, "app-server", release_of(program)) as recorder:
        with Signals() as signals:
            command = [program, *options.command[1:]]
            process = begin(command, os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            signals.pass_on(process)
            code = exit_code(tee(process, recorder))
        if code < SIGNALLED:
            recorder.finish()
    tell(recorder, options.output, is_brief=True)
    return code


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not host:
        raise Problem(
            "choosing the address to listen on",
            expected=f"a host and a port such as {_ANY_PORT}",
            found=repr(text),
            advice="Write both, with port 0 for any free one.",
        )
    return host.strip("[]"), int(port)
