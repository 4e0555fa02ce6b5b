"""The command ``schema show``: a method or type of one release."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._schema_options import EXIT_CODES, add_release_options, channel, read_contract
from codex_conformance.terminal import Terminal
from codex_schemas import Problem

if TYPE_CHECKING:
    from codex_schemas.app_server import AppServerContract, Element, Life

__all__ = ["add_parser", "run"]

_EXAMPLES = f"""\
  codex-testkit schema show turn/start
  codex-testkit schema show ThreadItem --version 0.141 --experimental
  codex-testkit schema show Turn --json > Turn.json
{EXIT_CODES}"""

#: Where the types of fields begin at the latest.
_WIDEST_NAME = 30
#: What stands behind the name of a method or type.
_PATH = re.compile(r"[.=\[].*", re.DOTALL)
#: The last step of a path to a value or variant.
_VALUE = re.compile(r"=.*|\[[^]]+\]", re.DOTALL)


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "show", "show a method or type of a release", _EXAMPLES)
    parser.add_argument("name", metavar="NAME", help="a method or type, such as turn/start or Turn")
    add_release_options(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON Schema with all that it refers to")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the method or type."""
    from codex_schemas.app_server import to_json_schema  # noqa: PLC0415 (only some commands need the store)

    contract = read_contract(options)
    name = _full_name(contract, options.name)
    if options.json:
        print(json.dumps(to_json_schema(contract, name), indent=2))
    else:
        print("\n".join(_lines(contract, name, Terminal.of())))
    return 0


def _full_name(contract: AppServerContract, name: str) -> str:
    """Return a method, or the name of a type with its namespace."""
    for known in (name, f"v2/{name}"):
        if known in contract.methods or known in contract.definitions:
            return known
    raise _missing(contract, name)


def _missing(contract: AppServerContract, name: str) -> Problem:
    """Return why a name cannot be shown, and where it can be."""
    from codex_schemas.app_server import history  # noqa: PLC0415 (only some commands need the store)

    try:
        life = history(name).lives[0]
    except Problem as problem:
        found, advice = problem.found, problem.advice
    else:
        owner = _PATH.sub("", life.name)
        if owner != life.name:
            found, advice = f"the {life.kind} {life.name}", f"Show {owner}, or see `schema history {name}`."
        elif life.channel_in(contract.version):
            found, advice = f"{name}, which is experimental", "Add --experimental."
        else:
            found, advice = f"{name}, {_age(life)}", f"Name another --version; see `schema history {name}`."
    expected = f"a method or type of {channel(contract)}"
    return Problem("showing a part of the app-server protocol", expected=expected, found=found, advice=advice)


def _lines(contract: AppServerContract, name: str, terminal: Terminal) -> Iterator[str]:
    from codex_schemas.app_server import history, outline, to_json_schema  # noqa: PLC0415 (see run)

    lives = history(name).lives
    life = next((life for life in lives if life.name == name), lives[0])
    yield from terminal.title(life.name, f"{life.kind}, {_age(life)}")
    yield f"as in {channel(contract)}{_restriction(contract, life)}"
    if name not in contract.methods:
        yield from _fields(outline(contract.definitions[name]), contract, terminal)
        return
    schema = to_json_schema(contract, name)
    for part, below in schema["properties"].items():
        element = outline(below)[""]
        required = ", required" if part == "params" and part in schema["required"] else ""
        yield from terminal.title(f"{part}:", f"{element.type}{required}")
        for reference in element.references:
            yield from _fields(outline(contract.definitions[reference]), contract, terminal)


def _age(life: Life) -> str:
    return f"since {life.since}" + (f", gone in {life.gone_in}" if life.gone_in else "")


def _restriction(contract: AppServerContract, life: Life) -> str:
    steps = ["needs experimentalApi"] if life.channel_in(contract.version) == "experimental" else []
    if life.name in contract.methods and contract.methods[life.name].typescript_only:
        steps.append("only in the TypeScript output")
    return "".join(f"; {step}" for step in steps)


def _fields(elements: Mapping[str, Element], contract: AppServerContract, terminal: Terminal) -> Iterator[str]:
    """Yield a line for each field and variant, with the values that it may have below it."""
    yield from terminal.wrap(", ".join(_values("", elements, "value")), "  ")
    rows = [element for element in elements.values() if element.kind in {"field", "variant"}]
    width = min(max((len(_name(row)) for row in rows), default=0), _WIDEST_NAME)
    indent = " " * (width + 4)
    for row in rows:
        name = f"  {_name(row):<{width}}"
        # A variant is nearly always an object, and its fields say so.
        text = "" if (row.kind, row.type) == ("variant", "object") else str(row)
        if not text or len(name) > len(indent) - 2:
            yield name.rstrip()
            name = indent
        yield from terminal.wrap(text, f"{name:<{len(indent)}}", indent)
        values = [*_values(row.path, elements, "value"), *_values_of(row.references, contract)]
        yield from (terminal.paint(line, "dim") for line in terminal.wrap(", ".join(values), indent))


def _name(element: Element) -> str:
    return element.path.removeprefix(".")


def _values_of(references: Iterable[str], contract: AppServerContract) -> Iterator[str]:
    """Yield the values and the tags of the variants of the types that a field refers to."""
    from codex_schemas.app_server import outline  # noqa: PLC0415 (see run)

    for reference in references:
        yield from _values("", outline(contract.definitions[reference]), "value", "variant")


def _values(path: str, elements: Mapping[str, Element], *kinds: str) -> list[str]:
    """Return the values or the tags of the variants directly at a path."""
    inside = (known for known, element in elements.items() if element.kind in kinds and known.startswith(path))
    steps = (known.removeprefix(path) for known in inside)
    return [step.strip("=[]") for step in steps if _VALUE.fullmatch(step)]
