"""The command ``schema export``: a contract as a document that other tools read."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._schema_options import EXIT_CODES, add_release_options, read_contract
from codex_conformance.output import put
from codex_schemas import SURFACES

__all__ = ["add_parser", "run"]

_EXAMPLES = f"""\
  codex-testkit schema export -o app-server.json
  codex-testkit schema export --experimental --format openrpc -o openrpc.json
  codex-testkit schema export --surface wham -o wham.json
{EXIT_CODES}"""

_FORMATS = ("json-schema", "openrpc", "openapi")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "export", "write a contract as a document that other tools read", _EXAMPLES)
    add_release_options(parser)
    parser.add_argument("--format", choices=_FORMATS, help="default: json-schema, and openapi with --surface")
    parser.add_argument("--surface", choices=SURFACES, help="an HTTP surface instead of the app-server")
    parser.add_argument("-o", dest="output", default="-", metavar="FILE", help="default: -, which is standard output")
    parser.set_defaults(run=lambda options: run(options, parser))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Write the document."""
    form = options.format or ("openapi" if options.surface else "json-schema")
    if (form == "openapi") != bool(options.surface):
        parser.error("--surface and --format openapi go together")
    if options.surface and (options.experimental or options.version != "latest"):
        parser.error("--version and --experimental are of the app-server, not of --surface")
    document = _http_document(options.surface) if options.surface else _app_server_document(options, form)
    put(json.dumps(document, indent=2) + "\n", None if options.output == "-" else Path(options.output))
    return 0


def _http_document(surface: str) -> dict[str, Any]:
    from codex_schemas import load  # noqa: PLC0415 (only some exports need it)

    return load(surface).document


def _app_server_document(options: argparse.Namespace, form: str) -> dict[str, Any]:
    contract = read_contract(options)
    if form == "openrpc":
        from codex_schemas.app_server import to_openrpc  # noqa: PLC0415 (only some exports need it)

        return to_openrpc(contract)
    from codex_schemas.app_server import to_json_schema  # noqa: PLC0415 (only some exports need it)

    return to_json_schema(contract)
