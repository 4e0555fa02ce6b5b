"""The command ``schema validate``: one message, or what one carries, against a release."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codex_conformance._printable import printable
from codex_conformance.cli import _violations
from codex_conformance.cli._directions import sender_of
from codex_conformance.cli._json_input import called, opened, parse, read, within_depth
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._schema_options import add_release_options, channel, read_contract
from codex_conformance.terminal import Terminal

if TYPE_CHECKING:
    from codex_schemas import Violation
    from codex_schemas.app_server import AppServerContract
    from codex_schemas.diff import Side

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit schema validate message.json
  codex-testkit schema validate params.json --method turn/start --version 0.169
  codex-testkit schema validate result.json --method turn/start --result
  codex-testkit schema validate - --type Turn < turn.json

exit codes:
  0  it fits
  1  it does not fit
  2  a problem, said in four lines, or a wrong argument
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "validate", "hold one message, or what one carries, against a release", _EXAMPLES)
    parser.add_argument("file", metavar="FILE", help="a whole message, or what the options say; - for standard input")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--method", metavar="M", help="it is a message of this method, or its params")
    what.add_argument("--type", metavar="T", help="it is a value of this type")
    parser.add_argument("--result", action="store_true", help="it is an answer to the method, or its result")
    add_release_options(parser)
    parser.add_argument("--json", action="store_true", help="print the violations as JSON")
    parser.set_defaults(run=lambda options: run(options, parser))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Print what is wrong; return 1 where something is."""
    if options.result and not options.method:
        parser.error("--result needs --method")
    contract = read_contract(options)
    place = called(options.file)
    with opened(options.file) as stream:
        value = parse(read(stream, place), place)
    with within_depth(place):
        violations = _violations_of(value, contract, options)
    if options.json:
        print(json.dumps({"valid": not violations, "violations": _violations.as_json(violations)}, indent=2))
        return 1 if violations else 0
    terminal = Terminal.of()
    verdict = terminal.paint("does not fit", "bold", "red") if violations else terminal.paint("fits", "bold", "green")
    print(f"{printable(place)} {verdict} {channel(contract)}")
    print(*_violations.as_lines(violations, terminal, "  "), sep="\n", end="\n" if violations else "")
    return 1 if violations else 0


def _violations_of(value: Any, contract: AppServerContract, options: argparse.Namespace) -> Sequence[Violation]:
    from codex_schemas.app_server import validate_type  # noqa: PLC0415 (only some commands need the store)

    if options.type:
        return validate_type(contract, value, options.type)
    if options.result:
        return _answer(value, contract, options.method)
    if options.method:
        return _call(value, contract, options.method)
    return contract.validate(value, sender_of(value, contract))


def _call(value: Any, contract: AppServerContract, name: str) -> Sequence[Violation]:
    """Check a message of a method, or its params alone."""
    method = contract.method(name)
    if isinstance(value, dict) and value.get("method") == name:
        return contract.validate(value, method.sender)
    message = {"method": name, "params": value} | ({"id": 0} if method.kind == "request" else {})
    return _within(contract.validate(message, method.sender), "/params")


def _answer(value: Any, contract: AppServerContract, name: str) -> Sequence[Violation]:
    """Check an answer to a method, or its result alone."""
    answerer: Side = "server" if contract.method(name).sender == "client" else "client"
    if isinstance(value, dict) and "id" in value and value.keys() & {"result", "error"}:
        return contract.validate(value, answerer, answers=name)
    return _within(contract.validate({"id": 0, "result": value}, answerer, answers=name), "/result")


def _within(violations: Sequence[Violation], part: str) -> Sequence[Violation]:
    """Lead the paths of violations into the part that the user named."""
    return [replace(violation, path=violation.path.removeprefix(part)) for violation in violations]
