"""The command ``app-server``: a mock of the process that editors and SDKs start, with its options."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from codex_conformance.cli._options import Subparsers, add_command
from codex_mockserver.app_server import AppServer
from codex_mockserver.app_server.transports import (
    AuthOptions,
    BadArgument,
    Endpoint,
    StartupError,
    parse_endpoint,
    serve,
)
from codex_mockserver.model import Scenario, load_scenario
from codex_mockserver.world import World
from codex_schemas import Problem
from codex_schemas.app_server import latest, nearest

__all__ = ["add_options", "add_parser", "codex_home", "run", "run_in"]

_EXAMPLES = """\
  codex-testkit app-server
  codex-testkit app-server --codex-version 0.141.0 --scenario turn.yaml
  codex-testkit app-server --listen ws://127.0.0.1:4500
  codex-testkit app-server --coverage

exit codes:
  0  the client left, or a signal ended it
  1  it could not start, said in the words of the real one
  2  a problem, said in four lines, or a wrong argument
"""

_MODES = ("capability-token", "signed-bearer-token")

#: Options of the real command that change nothing here: with a value, and without.
_UNUSED_VALUES = {
    "--startup-client-info": "JSON",
    "--cloud-skills-snapshot": "PATH",
    "--code-mode-host": "URL",
}
_UNUSED_FLAGS = ("--strict-config", "--analytics-default-enabled", "--startup-sign-out")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "app-server", "run a mock `codex app-server`", _EXAMPLES)
    parser.add_argument("--codex-version", metavar="V", help="behave as this release (default: the newest known)")
    parser.add_argument("--scenario", metavar="NAME", help="a named scenario, or the path of a scenario file")
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep threads and logins in a file")
    parser.add_argument(
        "--sandbox", type=Path, metavar="DIR", help="a folder whose files clients see and change (default: none)"
    )
    parser.add_argument("--coverage", action="store_true", help="list the methods of the release, and run nothing")
    parser.add_argument("--json", action="store_true", help="with --coverage: one line of JSON for each method")
    add_options(parser)
    parser.set_defaults(run=run)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the real command."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--listen",
        metavar="URL",
        default="stdio://",
        help="stdio:// (default), ws://IP:PORT, unix://, unix://PATH, or off",
    )
    where.add_argument(
        "--stdio", action="store_const", const="stdio://", dest="listen", help="the same as --listen stdio://"
    )
    parser.add_argument("--ws-auth", metavar="MODE", help=" or ".join(_MODES))
    parser.add_argument("--ws-token-file", type=Path, metavar="PATH", help="the capability token")
    parser.add_argument("--ws-token-sha256", metavar="HEX", help="the SHA-256 of the capability token")
    parser.add_argument("--ws-shared-secret-file", type=Path, metavar="PATH", help="the key of signed tokens")
    parser.add_argument("--ws-issuer", metavar="ISSUER", help="who must have signed a token")
    parser.add_argument("--ws-audience", metavar="AUDIENCE", help="for whom a token must be")
    parser.add_argument("--ws-max-clock-skew-seconds", metavar="SECONDS", help="default: 30")
    parser.add_argument(
        "-c", "--config", action="append", default=[], metavar="KEY=VALUE", help="a setting that wins over config.toml"
    )
    parser.add_argument("--enable", action="append", default=[], metavar="FEATURE", help="-c features.FEATURE=true")
    parser.add_argument("--disable", action="append", default=[], metavar="FEATURE", help="-c features.FEATURE=false")
    unused = parser.add_argument_group("accepted as the real command does, and not used by a mock")
    for name, metavar in _UNUSED_VALUES.items():
        unused.add_argument(name, action="append", metavar=metavar, dest=name)
    for name in _UNUSED_FLAGS:
        unused.add_argument(name, action="store_true", dest=name)


def codex_home() -> Path:
    """Return what a codex process takes for its home."""
    return Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex")


def run(options: argparse.Namespace) -> int:
    """Serve until the end, or say what would be served."""
    version = nearest(options.codex_version) if options.codex_version else latest()
    if options.coverage:
        print("\n".join(_coverage(version, as_json=options.json)))
        return 0
    with closing(World(state_file=options.state)) as world:
        scenario = load_scenario(options.scenario) if options.scenario else None
        return run_in(world, options, scenario, version)


def run_in(world: World, options: argparse.Namespace, scenario: Scenario | None, version: str) -> int:
    """Serve a world until the end."""
    for name in (*_UNUSED_VALUES, *_UNUSED_FLAGS):
        if getattr(options, name):
            print(f"codex-testkit: {name} changes nothing in a mock", file=sys.stderr)
    try:
        endpoint, auth = _endpoint(options.listen), _auth(options)
        server = AppServer(
            version=version,
            scenario=scenario,
            world=world,
            home=str(codex_home()),
            cwd=str(Path.cwd()),
            session_flags=_flags(options),
            sandbox=_sandbox(options),
        )
        return serve(server, endpoint, auth)
    except BadArgument as error:
        print(f"error: {error}\n\nFor more information, try '--help'.", file=sys.stderr)
        return 2
    except StartupError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def _flags(options: argparse.Namespace) -> dict[str, Any]:
    if not (options.config or options.enable or options.disable):
        return {}
    from codex_mockserver.app_server import read_flags  # noqa: PLC0415 (a client waits for the start)

    try:
        return read_flags(options.config, options.enable, options.disable)
    except ValueError as error:
        raise StartupError(str(error)) from None


def _sandbox(options: argparse.Namespace) -> Path | None:
    """Return the folder whose files clients may see and change, where one is named."""
    folder: Path | None = getattr(options, "sandbox", None)
    if folder is not None and not folder.is_dir():
        raise Problem(
            "starting the app-server",
            expected="a folder for --sandbox",
            found=str(folder),
            advice="Make the folder, or leave the option out: files are then kept in memory.",
        )
    return folder


def _coverage(version: str, *, as_json: bool) -> Iterator[str]:
    """Yield a line for each method that clients may call."""
    from codex_mockserver.app_server import coverage  # noqa: PLC0415 (it imports everything)

    covered = coverage(version)
    if as_json:
        yield from (json.dumps({"release": version, **method._asdict()}) for method in covered)
        return
    answered = sum(method.answered for method in covered)
    yield f"codex {version}: the mock answers {answered} of the {len(covered)} methods that clients may call."
    for method in covered:
        kind = "experimental" if method.experimental else "stable"
        yield f"  {'answered' if method.answered else 'refused':8}  {kind:12}  {method.method}"


def _auth(options: argparse.Namespace) -> AuthOptions:
    """Return the options that decide who may connect.

    Raises:
        BadArgument: One has a value that it cannot have.
    """
    skew = options.ws_max_clock_skew_seconds
    return AuthOptions(
        mode=None if options.ws_auth is None else _mode(options.ws_auth),
        token_file=options.ws_token_file,
        token_sha256=options.ws_token_sha256,
        shared_secret_file=options.ws_shared_secret_file,
        issuer=options.ws_issuer,
        audience=options.ws_audience,
        max_clock_skew_seconds=None if skew is None else _seconds(skew),
    )


def _endpoint(url: str) -> Endpoint:
    try:
        return parse_endpoint(url, codex_home())
    except BadArgument as error:
        raise BadArgument(f"invalid value '{url}' for '--listen <URL>': {error}") from None


def _mode(text: str) -> str:
    if text not in _MODES:
        raise BadArgument(f"invalid value '{text}' for '--ws-auth <MODE>'\n  [possible values: {', '.join(_MODES)}]")
    return text


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        option = "--ws-max-clock-skew-seconds <SECONDS>"
        raise BadArgument(f"invalid value '{text}' for '{option}': invalid digit found in string")
    return int(text)
