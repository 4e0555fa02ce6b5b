"""The command ``check list``: the requirements, all or some of them."""

from __future__ import annotations

import argparse
import json
from itertools import groupby

import msgspec

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.requirements import LEVELS, ROLES, SURFACES, Requirement, matching, requirements
from codex_conformance.terminal import Terminal
from codex_schemas import Problem

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit check list
  codex-testkit check list oauth.refresh --level MUST
  codex-testkit check list 'responses.*' --role client --json

exit codes:
  0  done
  2  no requirement is so called, or a wrong argument
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "list", "list the requirements", _EXAMPLES)
    parser.add_argument(
        "pattern", nargs="?", metavar="PATTERN", help="an id, its beginning, or a pattern such as *.stream.*"
    )
    parser.add_argument("--role", choices=ROLES, help="only those of servers, or of clients")
    parser.add_argument(
        "--surface",
        choices=[_written(surface) for surface in SURFACES],
        metavar="NAME",
        help="only those of a surface",
    )
    parser.add_argument("--level", choices=LEVELS, help="only those of a level")
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print each requirement with its sentence."""
    chosen = _chosen(options)
    if options.json:
        print(json.dumps(msgspec.to_builtins(chosen), indent=2))
    else:
        print("\n".join(_lines(chosen, Terminal.of())))
    return 0


def _chosen(options: argparse.Namespace) -> list[Requirement]:
    found = matching(options.pattern) if options.pattern else list(requirements().values())
    asked = {"role": options.role, "surface": options.surface, "level": options.level}
    facets = {name: value for name, value in asked.items() if value}
    chosen = [each for each in found if all(_written(getattr(each, name)) == value for name, value in facets.items())]
    if not chosen:
        raise Problem(
            "listing requirements",
            expected="at least one that is so called and so limited",
            found=f"none with {', '.join(f'--{name} {value}' for name, value in facets.items())}",
            advice="Leave out a limit.",
        )
    return chosen


def _lines(chosen: list[Requirement], terminal: Terminal) -> list[str]:
    lines = []
    for (surface, role), members in groupby(chosen, key=lambda each: (each.surface, each.role)):
        lines += ["", terminal.paint(f"{_written(surface)}, {role}", "bold")]
        for each in members:
            lines += [f"  {terminal.paint(each.id, 'cyan')} {each.level}", *terminal.wrap(each.sentence, "      ")]
    return [*lines[1:], "", f"{len(chosen)} of {len(requirements())} requirements"]


def _written(name: str) -> str:
    """Return a surface, or another name, as it is written in ids."""
    return name.replace("_", "-")
