"""The files that the options of a run name: the baseline that it is held against, and the reports that it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_conformance.baseline import Baseline
from codex_conformance.output import require_place
from codex_conformance.reports import Run, require_places, write_reports
from codex_schemas import Problem

__all__ = ["Files"]


class Files:
    """The files of a run.

    Args:
        config: The run of pytest.

    Raises:
        Problem: One cannot be read, or there is no place for it: told before the run takes its time.
    """

    def __init__(self, config: pytest.Config) -> None:
        named = config.getoption("--codex-baseline")
        self._known = Path(named) if named else None
        self._is_written: bool = config.getoption("--codex-write-baseline")
        self._reports = [Path(each) for each in config.getoption("--codex-report")]
        #: What may fail.
        self.baseline = self._read()
        require_places(self._reports)

    def write(self, run: Run) -> None:
        """Write what is asked for; half a run is no baseline.

        Raises:
            Problem: Something cannot be written.
        """
        if self._known and self._is_written and not run.is_interrupted:
            Baseline.read_if_there(self._known).write(self._known, run)
        write_reports(run, self._reports)

    def _read(self) -> Baseline:
        """Return what is known; where that is written anew, nothing is, but the file must be one that can be."""
        if self._known and self._is_written:
            require_place(self._known)
            Baseline.read_if_there(self._known)
            return Baseline()
        if self._is_written:
            raise Problem(
                "writing a baseline",
                expected="the file to write, with --baseline",
                found="none",
                advice="Name it, for example --baseline known.toml.",
            )
        return Baseline.read(self._known) if self._known else Baseline()
