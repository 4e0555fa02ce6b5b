"""The command ``fixtures export``: a recording of HTTP as HAR."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.output import staged
from codex_fixtures import RecordingReader, exchanges
from codex_fixtures.har import har_of
from codex_schemas import Problem

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit fixtures export failure.jsonl -o failure.har
  codex-testkit fixtures export failure.jsonl | jq '.log.entries[].request.url'

exit codes:
  0  done
  2  a problem, said in four lines, or a wrong argument
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "export", "write a recording of HTTP as HAR 1.2", _EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the HAR; standard output by default")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the HAR, exchange after exchange."""
    with RecordingReader(options.file) as reader:
        if reader.header.surface != "http":
            raise Problem(
                f"exporting {options.file}",
                expected="a recording of HTTP",
                found=f"one of {reader.header.surface}, which HAR has no form for",
                advice="Read it as JSON Lines: `codex-testkit fixtures show` tells what it holds.",
            )
        if options.output is None:
            sys.stdout.writelines(_texts(reader))
            return 0
        with staged(options.output) as path, path.open("w", encoding="utf-8") as file:
            file.writelines(_texts(reader))
    return 0


def _texts(reader: RecordingReader) -> Iterator[str]:
    """Yield the text of the HAR, of which only one exchange at a time is in memory."""
    parts = har_of(reader.header, exchanges(reader))
    log = next(parts)
    log.pop("entries")
    yield f'{{"log": {json.dumps(log)[:-1]}, "entries": ['
    for number, entry in enumerate(parts):
        yield f"{',' if number else ''}\n{json.dumps(entry)}"
    yield "\n]}}\n"
