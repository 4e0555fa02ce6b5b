"""Running the suites from our own code: the command line, and tests of the suites."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from codex_conformance._pytest.choice import SUITES
from codex_conformance._pytest.session import ConformanceRun, register
from codex_conformance._pytest.subjects import Subject
from codex_conformance.reports import Reporter, Run
from codex_conformance.requirements import Role, Surface
from codex_schemas import Problem

__all__ = ["run_suites"]

#: Plugins that leave traces in the user's folder, or that the suites have no use for: each costs every case time.
_LEFT_OUT = ("cacheprovider", "asyncio", "randomly", "unraisableexception", "threadexception")
_WITHOUT = [word for name in _LEFT_OUT for word in ("-p", f"no:{name}")]


def run_suites(
    role: Role,
    options: Sequence[str],
    *,
    surface: Surface | None = None,
    subject: Subject | None = None,
    reporters: Sequence[Reporter] = (),
) -> Run:
    """Run the suites of a role, apart from the project around us, and return what they found.

    Args:
        role: Who is under test.
        options: Options of pytest, such as ``--codex-target=mock``.
        surface: Collect only the suites of this surface.
        subject: Who is under test where no option names it.
        reporters: Who listens.

    Raises:
        Problem: The options are wrong, or the run broke off.
    """
    inside = _Inside(subject, reporters)
    folder = SUITES / role / surface if surface else SUITES / role
    fixed = ["-c", str(SUITES / "pytest.ini"), "--rootdir", str(SUITES), *_WITHOUT, str(folder)]
    code = pytest.main([*fixed, *options], plugins=[inside, _Silence()])
    if inside.problem is not None:
        raise inside.problem
    if inside.conformance is None or not inside.conformance.is_finished:
        raise Problem(
            "running the suites",
            expected="a run of pytest that comes to its end",
            found=inside.error or f"exit code {int(code)} of pytest",
            advice="Run the same with `pytest --pyargs codex_conformance.suites` to see more.",
        )
    return inside.conformance.run


class _Inside:
    """Our part in the run of pytest: it judges, and nothing but reporters print."""

    def __init__(self, subject: Subject | None, reporters: Sequence[Reporter]) -> None:
        self._subject = subject
        self._reporters = reporters
        self.conformance: ConformanceRun | None = None
        self.problem: Problem | None = None
        #: Why a part of the suites cannot be read.
        self.error = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Judge this run."""
        try:
            self.conformance = register(config, self._reporters, self._subject)
        except Problem as problem:
            self.problem = problem
            # Without a text pytest prints none.
            raise pytest.UsageError from None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a part of the suites cannot be read."""
        if report.failed and not self.error:
            self.error = f"{report.nodeid}: {report.longreprtext.strip().splitlines()[-1]}"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Stop as the user wants it; what pytest interrupts by itself is told as a problem."""
        if not isinstance(excinfo.value, pytest.Session.Interrupted):
            raise KeyboardInterrupt


class _Silence:
    """Lets pytest print nothing."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Take its reporter away, after it has come."""
        config.pluginmanager.unregister(name="terminalreporter")
