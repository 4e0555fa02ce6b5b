"""The command ``diff``: what changed between two protocols, and whom it breaks."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from codex_conformance.changes import FORMATS, SIDES, read_ignores, read_usage, render, report_on
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.output import put
from codex_conformance.terminal import Terminal
from codex_schemas.diff import RULES, Level, Protocol, compare, read_protocol

__all__ = ["add_parser", "run"]

#: What is a release and not a path; a file of such a name is written as ``./0.141.0``.
_RELEASE = re.compile(r"latest|v?\d+(\.\d+)*(-[\w.]+)?")
_LEVELS = {str(level): level for level in reversed(Level)}
_EXAMPLES = """\
  codex-testkit diff 0.141.0 0.169.0
  codex-testkit diff 0.141 latest --for client --fail-on breaking
  codex-testkit diff old.json new.json --format html -o changes.html
  codex-testkit diff 0.160.0 latest --used-by used.txt --ignore accepted.yaml

exit codes:
  0  done; with --fail-on, nothing of that level was found
  1  found what --fail-on names, or an entry of --ignore that covers no change
  2  a problem, said in four lines, or a wrong argument
"""
_OPERAND = "a release (0.141.0, 0.142, latest), a file or folder of JSON Schemas, or an OpenAPI document"


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "diff", "say what changed between two protocols and whom it breaks", _EXAMPLES)
    parser.add_argument("old", metavar="OLD", help=_OPERAND)
    parser.add_argument("new", metavar="NEW", help="the same; what the programs built for OLD are to meet")
    parser.add_argument("--experimental", action="store_true", help="compare the experimental API of releases, too")
    parser.add_argument("--strict", action="store_true", help="readers refuse fields that they do not know")
    parser.add_argument("--for", dest="side", choices=SIDES, help="whose verdict counts (default: both)")
    parser.add_argument("--fail-on", choices=("breaking", "dangerous"), help="exit with 1 where it is found, or worse")
    parser.add_argument("--level", choices=_LEVELS, help="list one by one what is of this level or graver")
    parser.add_argument("--ignore", type=Path, metavar="FILE", help="changes that are accepted, with reasons (YAML)")
    parser.add_argument("--used-by", type=Path, metavar="FILE", help="only what these names or this transcript use")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--format", choices=FORMATS, default="text", metavar="FORMAT", help=", ".join(FORMATS))
    forms.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
    parser.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write to a file")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the report; return 1 where it has what must not be."""
    old, new = (_protocol(name, experimental=options.experimental) for name in (options.old, options.new))
    report = report_on(
        compare(old, new, strict=options.strict),
        ignores=read_ignores(options.ignore, RULES) if options.ignore else (),
        usage=read_usage(options.used_by, (old, new)) if options.used_by else None,
        side=options.side,
        threshold=_LEVELS.get(options.level),
        file=_file((options.new, options.old)),
        colours=options.output is None and Terminal.of().colours,
    )
    put(render(report, options.format), options.output)
    for entry in report.stale:
        place = f"{options.ignore}, line {entry.line}"
        print(f"codex-testkit: {place}: the entry covers no change any more; remove it", file=sys.stderr)
    found = options.fail_on is not None and report.reaches(_LEVELS[options.fail_on])
    return 1 if found or report.stale else 0


def _protocol(name: str, *, experimental: bool) -> Protocol:
    """Return the protocol of a release, or of what a path leads to."""
    if not _RELEASE.fullmatch(name):
        return read_protocol(Path(name))
    from codex_schemas import app_server  # noqa: PLC0415 (not needed to compare files)

    version = name.removeprefix("v")
    # A whole number names one release; what is shorter, the nearest.
    if version.count(".") < 2:  # noqa: PLR2004 (major.minor.patch)
        version = app_server.nearest(version)
    return app_server.load(version, experimental=experimental).protocol()


def _file(names: Iterable[str]) -> str | None:
    """Return the first operand that is a file."""
    return next((name for name in names if not _RELEASE.fullmatch(name) and Path(name).is_file()), None)
