"""The command ``schema list``: which releases there are, and how large their protocols."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._schema_options import EXIT_CODES
from codex_conformance.terminal import Terminal

if TYPE_CHECKING:
    from codex_schemas.app_server import Channel, Release

__all__ = ["add_parser", "run"]

_EXAMPLES = f"""\
  codex-testkit schema list
  codex-testkit schema list --json
{EXIT_CODES}"""

_ROW = "{:<15} {:<11} {:>12} {:>15} {:>12}"
_HEADING = _ROW.format("release", "published", "requests", "notifications", "types")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "list", "list the published releases, the newest last", _EXAMPLES)
    parser.add_argument("--json", action="store_true", help="print them as JSON, with where each was taken from")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list."""
    from codex_schemas.app_server import releases  # noqa: PLC0415 (only some commands need the store)

    known = releases()
    if options.json:
        print(json.dumps([_as_json(release) for release in known], indent=2))
        return 0
    terminal = Terminal.of()
    emitting = [release for release in known if release.emits]
    lines = [line for release in known for line in _lines(release, terminal)]
    print(terminal.paint(_HEADING, "bold"), *lines, sep="\n")
    print(f"{len(emitting)} releases emit their protocol, {len(known) - len(emitting)} cannot.")
    print("The second of two numbers is with --experimental.")
    return 0


def _lines(release: Release, terminal: Terminal) -> list[str]:
    if release.stable is None:
        start = f"{release.version:<15} {release.published:<11} "
        lines = terminal.wrap(f"cannot emit: {release.reason}", start, " " * len(start))
        return [terminal.paint(line, "dim") for line in lines]
    channels = [channel for channel in (release.stable, release.experimental) if channel]
    columns = zip(*(_counts(channel) for channel in channels), strict=True)
    return [_ROW.format(release.version, release.published, *(" / ".join(map(str, column)) for column in columns))]


def _counts(channel: Channel) -> tuple[int, int, int]:
    """Return the numbers of requests, notifications and types."""
    requests = channel.client_requests + channel.server_requests
    return requests, channel.client_notifications + channel.server_notifications, channel.definitions


def _as_json(release: Release) -> dict[str, Any]:
    from msgspec import structs  # noqa: PLC0415 (heavy, and not needed by every command)

    channels = {name: getattr(release, name) for name in ("stable", "experimental")}
    return {
        **structs.asdict(release),
        **{name: structs.asdict(channel) if channel else None for name, channel in channels.items()},
    }
