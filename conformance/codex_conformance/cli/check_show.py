"""The command ``check show``: one requirement, and all that is known of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

import msgspec

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.requirements import Requirement, find
from codex_conformance.terminal import Terminal

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit check show oauth.refresh.rotates
  codex-testkit check show oauth.refresh.rotates --json

exit codes:
  0  done
  2  no requirement is so called, or a wrong argument
"""

#: What each level means.
_LEVELS = {
    "MUST": "without it, peers break",
    "SHOULD": "it is advisable",
    "MAY": "it is permitted",
    "OBSERVED": "what the vendor's own implementation does, and nobody else has to",
}
#: How it is checked alone.
_COMMANDS = {
    "server": "codex-testkit check server TARGET --select {}",
    "client": "codex-testkit check client --select {} -- CMD",
}


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "show", "show one requirement", _EXAMPLES)
    parser.add_argument("id", metavar="ID", help="the requirement, such as oauth.refresh.rotates")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the requirement."""
    requirement = find(options.id)
    if options.json:
        print(json.dumps(msgspec.to_builtins(requirement), indent=2))
    else:
        print("\n".join(_lines(requirement, Terminal.of())))
    return 0


def _lines(requirement: Requirement, terminal: Terminal) -> Iterator[str]:
    yield terminal.paint(requirement.id, "bold")
    yield from terminal.wrap(requirement.sentence, "  ")
    facts = {
        "level": f"{requirement.level}: {_LEVELS[requirement.level]}",
        "of": f"{requirement.role}s, {requirement.surface.replace('_', '-')}",
        "releases": _releases(requirement),
        "needs": ", ".join(requirement.needs),
        "without": requirement.failure,
        "source": requirement.source,
        "check": _COMMANDS[requirement.role].format(requirement.id),
    }
    for label, text in facts.items():
        yield from terminal.wrap(text, f"  {label:<9} ", " " * 12) if text else ()


def _releases(requirement: Requirement) -> str:
    """Return for which releases it holds."""
    since, until = requirement.since, requirement.until
    parts = [*([f"from {since} on"] if since else []), *([f"before {until}"] if until else [])]
    return ", ".join(parts) or "all"
