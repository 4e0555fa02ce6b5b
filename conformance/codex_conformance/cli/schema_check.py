"""The command ``schema check``: every message of a transcript against a release."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, BinaryIO

from codex_conformance._printable import printable
from codex_conformance.cli import _violations
from codex_conformance.cli._directions import Directions, unwrapped
from codex_conformance.cli._json_input import called, opened, parse, read, within_depth
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._schema_options import add_release_options, channel, read_contract
from codex_conformance.terminal import Terminal
from codex_schemas import Problem

if TYPE_CHECKING:
    from codex_schemas import Violation
    from codex_schemas.app_server import AppServerContract
    from codex_schemas.diff import Side

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit schema check transcript.jsonl --version 0.169.0
  codex-testkit schema check transcript.jsonl --experimental --json
  my-client --trace | codex-testkit schema check -

each line is a message, or {"dir": D, "msg": MESSAGE} with the direction D:
  ->  out  client   to the server
  <-  in   server   to the client

exit codes:
  0  every message fits
  1  some do not
  2  a problem, said in four lines, or a wrong argument
"""

#: A longer method is cut for people.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class _Checked:
    """One message, with what is wrong with it."""

    line: int
    sender: Side
    #: None for an answer.
    method: str | None
    violations: Sequence[Violation]


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "check", "hold every message of a transcript against a release", _EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="JSON Lines; - for standard input")
    add_release_options(parser)
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what is wrong with each message; return 1 where something is."""
    contract = read_contract(options)
    terminal = Terminal.of()
    total, failing = 0, []
    with opened(options.file) as stream:
        for checked in _checked(stream, options.file, contract):
            total += 1
            if checked.violations:
                failing.append(_as_json(checked) if options.json else checked.line)
                if not options.json:
                    print(*_lines(checked, terminal), sep="\n", flush=True)
    if not total:
        raise Problem(
            f"checking {called(options.file)}",
            expected="at least one message",
            found="none",
            advice="Name a transcript as JSON Lines.",
        )
    if options.json:
        facts = {"version": contract.version, "experimental": contract.experimental, "messages": total}
        print(json.dumps({**facts, "failing": failing}, indent=2))
    else:
        print(_violations.summary("message", total, len(failing), channel(contract), terminal))
    return 1 if failing else 0


def _checked(stream: BinaryIO, name: str, contract: AppServerContract) -> Iterator[_Checked]:
    """Yield every message as it is read."""
    from codex_schemas.app_server import Conversation  # noqa: PLC0415 (only some commands need the store)

    conversation, directions = Conversation(contract), Directions(contract)
    for number in count(1):
        place = f"{called(name)}, line {number}"
        content = read(stream, place, line=True)
        if not content:
            return
        if content := content.strip():
            message, said = unwrapped(parse(content, place), place)
            with within_depth(place):
                senders = [said] if said else directions.senders(message)
                # An id that both sides have asked with: the answer is the one that fits.
                found = {sender: conversation.violations(message, sender) for sender in senders}
                sender = min(found, key=lambda each: len(found[each]))
                directions.note(message, sender)
            method = str(message["method"]) if isinstance(message, dict) and "method" in message else None
            yield _Checked(number, sender, method, found[sender])


def _lines(checked: _Checked, terminal: Terminal) -> Iterator[str]:
    what = printable(checked.method[:_LONGEST]) if checked.method else "answer"
    yield terminal.paint(f"line {checked.line}: {what} of the {checked.sender}", "bold")
    yield from _violations.as_lines(checked.violations, terminal, "  ")


def _as_json(checked: _Checked) -> dict[str, Any]:
    return {
        "line": checked.line,
        "sender": checked.sender,
        "method": checked.method,
        "violations": _violations.as_json(checked.violations),
    }
