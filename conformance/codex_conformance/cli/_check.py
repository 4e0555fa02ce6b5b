"""What the commands that run suites share: their options, and how a run is shown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from codex_conformance._pytest.options import OPTIONS
from codex_conformance.cli._terminal import Terminal
from codex_conformance.requirements import Role

__all__ = ["add_run_options", "passed_on", "show_run"]

#: The options that the fixtures of the plugin have too.
_SHARED = (
    ("release", "V", "hold the subject against the contract of this codex release"),
    ("seed", "N", "the seed of the fuzz checks"),
)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides about a run."""
    for option in OPTIONS:
        if option.metavar is None:
            parser.add_argument(f"--{option.name}", action="store_true", help=option.about)
        elif option.is_list:
            parser.add_argument(
                f"--{option.name}", action="append", default=[], metavar=option.metavar, help=option.about
            )
        else:
            parser.add_argument(f"--{option.name}", metavar=option.metavar, help=option.about)
    for name, metavar, about in _SHARED:
        parser.add_argument(f"--{name}", metavar=metavar, help=about)
    parser.add_argument("-n", "--jobs", metavar="N", help="run in so many processes; needs pytest-xdist")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")


def passed_on(options: argparse.Namespace) -> list[str]:
    """Return the options of pytest that say the same."""
    words = []
    for name in (*(option.name for option in OPTIONS), *(name for name, *_ in _SHARED)):
        value = getattr(options, name.replace("-", "_"))
        if value is True:
            words.append(f"--codex-{name}")
        elif value not in (None, False):
            words += [f"--codex-{name}={each}" for each in (value if isinstance(value, list) else [value])]
    # A file of checks stays in one process, which keeps what several of them share.
    return [*words, "-n", options.jobs, "--dist=loadfile"] if options.jobs else words


def show_run(role: Role, options: argparse.Namespace, words: Sequence[str]) -> int:
    """Run the suites of a role, show what they found, and return the exit code.

    Raises:
        Problem: The run could not be made.
    """
    # What follows brings pytest, which the other commands have no use for.
    from codex_conformance._pytest.running import run_suites  # noqa: PLC0415
    from codex_conformance.reports import EXIT_CODES, TerminalReport, as_json, conclusion  # noqa: PLC0415

    stream = sys.stderr if options.json else sys.stdout
    report = TerminalReport(Terminal.of(stream), stream)
    run = run_suites(role, [*words, *passed_on(options)], reporters=[report])
    if options.json:
        print(as_json(run), end="")
    return EXIT_CODES[conclusion(run)]
