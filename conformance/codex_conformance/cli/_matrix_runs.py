"""The runs of a matrix: read from reports, or made now, one process for each."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codex_conformance.cli._command import INTERRUPTED, execute
from codex_schemas import Problem

if TYPE_CHECKING:
    from codex_conformance.reports import Run

__all__ = ["runs_of"]


def runs_of(subjects: Sequence[str], clients: Sequence[str], more: Sequence[str]) -> Iterator[Run]:
    """Yield a run for each report or target, and then for each client.

    Args:
        subjects: Paths of reports, and targets.
        clients: Clients, as ``check client --client`` takes them.
        more: Options for the runs that are made.

    Raises:
        Problem: A report cannot be read, or a run could not be made.
    """
    from codex_conformance.reports import read_report  # noqa: PLC0415 (not needed to show the help)

    for subject in subjects:
        if subject.endswith(".json") or Path(subject).is_file():
            yield read_report(Path(subject))
        else:
            yield _made("server", [subject], more)
    for client in clients:
        yield _made("client", ["--client", client], more)


def _made(role: str, words: Sequence[str], more: Sequence[str]) -> Run:
    """Make a run in a process of its own, so that one cannot disturb the next."""
    from codex_conformance.reports import read_report  # noqa: PLC0415 (as above)

    print(f"codex-testkit: checking the {role} {words[-1]}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="codex-testkit-") as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-P", "-m", "codex_conformance.cli", "check", role, *more, "--report", str(report)]
        code = execute([*command, *words], os.environ, subprocess.DEVNULL)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        if not report.exists():
            raise Problem(
                f"checking the {role} {words[-1]}",
                expected="a run that comes to its end",
                found=f"exit code {code}, and what stands above",
                advice="Correct the name, or run it alone.",
            )
        return read_report(report)
