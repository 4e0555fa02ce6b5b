"""What the commands that run suites share: their options, and how a run is shown."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from codex_conformance import releases
from codex_conformance._pytest.options import OPTIONS
from codex_conformance.output import put
from codex_conformance.requirements import Role
from codex_conformance.terminal import Terminal

if TYPE_CHECKING:
    from codex_conformance.reports import Run, Verdict

__all__ = ["add_jobs_option", "add_run_options", "show_run", "stopped_by_sigterm"]

#: Where hypothesis, which the fuzz checks are made with, keeps its tables.
_FUZZ_FOLDER = "HYPOTHESIS_STORAGE_DIRECTORY"
#: What stands below the examples of the commands that run suites.
_EXIT_CODES = """\
exit codes:
  0    all that must hold was checked and holds, or fails as the baseline says
  1    a requirement is not met, or the baseline is stale
  2    a problem, said in four lines, or a wrong argument
  3    the suite itself failed
  5    something that must hold was not checked, or nothing was
  130  interrupted, or stopped by SIGTERM; what was found by then is told
"""

#: The options that the fixtures of the plugin have too.
_SHARED = (
    ("release", "V", "hold the subject against the contract of this codex release"),
    ("seed", "N", "the seed of the fuzz checks"),
)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides about a run, and how it ends."""
    parser.epilog = f"{parser.epilog}\n{_EXIT_CODES}"
    for option in OPTIONS:
        if option.metavar is None:
            parser.add_argument(f"--{option.name}", action="store_true", help=option.about)
        elif option.is_list:
            parser.add_argument(
                f"--{option.name}", action="append", default=[], metavar=option.metavar, help=option.about
            )
        else:
            parser.add_argument(f"--{option.name}", type=option.convert, metavar=option.metavar, help=option.about)
    for name, metavar, about in _SHARED:
        parser.add_argument(f"--{name}", metavar=metavar, help=about)
    add_jobs_option(parser)
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")


def add_jobs_option(parser: argparse.ArgumentParser) -> None:
    """Add in how many processes a run is made."""
    parser.add_argument("-n", "--jobs", type=_jobs, metavar="N", help="run in so many processes; needs pytest-xdist")


def _jobs(text: str) -> str:
    if text != "auto" and not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes, such as 2 or auto")
    if find_spec("xdist") is None:
        raise argparse.ArgumentTypeError("it needs pytest-xdist; install that, or leave the option out")
    return text


def _passed_on(options: argparse.Namespace) -> list[str]:
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
    from codex_conformance.reports import EXIT_CODES, Reporter, TerminalReport, conclusion  # noqa: PLC0415

    stream = sys.stderr if options.json else sys.stdout
    shown = TerminalReport(Terminal.of(stream), stream)
    reporters: list[Reporter] = [shown]
    if options.json:
        reporters.append(_JsonReport())
    # Otherwise that would be in the folder in which the user works.
    os.environ.setdefault(_FUZZ_FOLDER, str(releases.cache_folder() / "hypothesis"))
    shown.opening(role)
    try:
        with stopped_by_sigterm():
            run = run_suites(role, [*words, *_passed_on(options)], reporters=reporters)
    finally:
        shown.clear()
    return EXIT_CODES[conclusion(run)]


@contextmanager
def stopped_by_sigterm() -> Iterator[None]:
    """Take SIGTERM for Ctrl-C: it stops jobs in CI, and what is under test must not outlive them."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _JsonReport:
    """Prints the whole report, and nothing else, when the run has ended."""

    def started(self, run: Run) -> None:
        """Say nothing."""

    def judged(self, run: Run, verdict: Verdict) -> None:
        """Say nothing."""

    def finished(self, run: Run) -> None:
        """Print it."""
        from codex_conformance.reports import as_json  # noqa: PLC0415 (as above)

        put(as_json(run), None)
