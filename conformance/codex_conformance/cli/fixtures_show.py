"""The command ``fixtures show``: what a recording holds, exchange by exchange."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from codex_conformance._printable import printable
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.terminal import Terminal
from codex_fixtures import Close, End, Exchange, Frame, Header, Line, RecordingReader, exchanges

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit fixtures show failure.jsonl
  codex-testkit fixtures show failure.jsonl --messages

exit codes:
  0  done
  2  a problem, said in four lines, or a wrong argument
"""

_ARROWS = {"client": "->", "server": "<-"}
#: A longer text is cut.
_LONGEST = 200


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "show", "show what a recording holds", _EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording")
    parser.add_argument("--messages", action="store_true", help="show each message of a WebSocket or an app-server")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the header, then each exchange."""
    terminal = Terminal.of()
    with RecordingReader(options.file) as reader:
        print(*_header_lines(reader.header, terminal), sep="\n")
        for exchange in exchanges(reader):
            print(terminal.paint(printable(_title(exchange)), "bold"))
            for entry in exchange.entries if options.messages else ():
                if isinstance(entry, Frame | Close | Line):
                    print("   ", printable(_message(entry)))
        if reader.ended_early:
            print(terminal.paint("the recording ended early", "yellow"))
    return 0


def _header_lines(header: Header, terminal: Terminal) -> Iterator[str]:
    facts = [f"codex {header.codex}" if header.codex else "", header.surface, header.recorded_at]
    if header.title:
        yield from terminal.wrap(printable(header.title))
    yield terminal.paint(printable(", ".join(filter(None, facts))), "dim")


def _title(exchange: Exchange) -> str:
    if exchange.request is None:
        lines = sum(isinstance(entry, Line) for entry in exchange.entries)
        return f"{exchange.number}  {_count(lines, 'message')}"
    status = str(exchange.response.status) if exchange.response else "no answer"
    if exchange.is_websocket:
        what = _count(len(exchange.frames), "message")
    else:
        what = f"{_count(len(exchange.body('client')), 'byte')} -> {_count(len(exchange.body('server')), 'byte')}"
    ends = [
        f"{entry.side} {entry.how}" for entry in exchange.entries if isinstance(entry, End) and entry.how != "whole"
    ]
    url = exchange.request.url[:_LONGEST]
    return f"{exchange.number}  {exchange.request.method} {url} {status}  {', '.join([what, *ends])}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _message(message: Frame | Close | Line) -> str:
    if isinstance(message, Close):
        return f"{_ARROWS[message.side]} close {message.code} {message.reason}"
    return f"{_ARROWS[message.side]} {_name(message.content)}"


def _name(content: bytes) -> str:
    """Return the type or the method of a message, or its beginning."""
    try:
        value: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return repr(content[:_LONGEST])[2:-1]
    if isinstance(value, dict):
        name = value.get("method") or value.get("type")
        if isinstance(name, str):
            return name[:_LONGEST]
        if "id" in value and ("result" in value or "error" in value):
            return f"{'result' if 'result' in value else 'error'} of {str(value['id'])[:_LONGEST]}"
    return content.decode("utf-8", "replace")[:_LONGEST]
