"""The command ``check matrix``: several reports beside each other."""

from __future__ import annotations

import argparse
from pathlib import Path

from codex_conformance.cli._check import add_jobs_option
from codex_conformance.cli._matrix_runs import runs_of
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.output import put

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit check matrix mock.json proxy.json
  codex-testkit check matrix mock:0.150.0 real:0.169.0 --client codex:0.169.0
  codex-testkit check matrix reports/*.json --format html -o matrix.html
  codex-testkit check matrix reports/*.json --format summary >> README.md

in each cell: how many requirements a target meets, of those that apply to it;
these are the ones of its release, less those that need what it does not claim

exit codes:
  0  done, whatever the reports say
  2  a report cannot be read, two are of the same target, or a wrong argument
"""
_FORMATS = {
    "text": "a table for a terminal",
    "summary": "the same in Markdown",
    "markdown": "every requirement in Markdown",
    "json": "the same for programs",
    "html": "a page",
}


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "matrix", "put the reports of several targets beside each other", _EXAMPLES)
    parser.add_argument("subjects", nargs="*", metavar="REPORT", help="a report in JSON, or a target to check now")
    parser.add_argument("--client", action="append", default=[], metavar="CLIENT", help="a client to check now")
    parser.add_argument("--surface", action="append", default=[], metavar="NAME", help="check only this surface")
    parser.add_argument("--baseline", metavar="FILE", help="a file with known failures, each with its reason")
    add_jobs_option(parser)
    forms = ", ".join(f"{name} ({about})" for name, about in _FORMATS.items())
    parser.add_argument("--format", choices=_FORMATS, default="text", metavar="FORMAT", help=forms)
    parser.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write to a file")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the matrix."""
    from codex_conformance.reports.matrix import Matrix, render  # noqa: PLC0415 (not needed to show the help)

    matrix = Matrix(list(runs_of(options.subjects, options.client, _passed_on(options))))
    put(render(matrix, options.format), options.output)
    return 0


def _passed_on(options: argparse.Namespace) -> list[str]:
    """Return the options of ``check server`` and ``check client`` that say the same."""
    words = [word for surface in options.surface for word in ("--surface", surface)]
    words += ["--baseline", options.baseline] if options.baseline else []
    return [*words, "--jobs", options.jobs] if options.jobs else words
