"""Running the suites from our own code: the command line, and tests of the suites."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

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
#: Our own plugin, which the user may have asked pytest not to look for.
_WITH = ("-p", "codex_testkit")
#: What the user wants of pytest in general.
_WANTED = "PYTEST_ADDOPTS"
#: Where pytest writes what it is at, in a run around this one too.
_AT = "PYTEST_CURRENT_TEST"


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
        Problem: The options are wrong, the run broke off, or a file that they ask for cannot be written.
        KeyboardInterrupt: The user broke it off, after the reporters were told.
    """
    inside = _Inside(subject, reporters)
    folder = SUITES / role / surface if surface else SUITES / role
    fixed = ["-c", str(SUITES / "pytest.ini"), "--rootdir", str(SUITES), *_WITH, *_WITHOUT, str(folder)]
    with _apart():
        code = pytest.main([*fixed, *options], plugins=[inside, _Silence()])
    if inside.is_interrupted:
        raise KeyboardInterrupt
    if inside.problem is not None:
        raise inside.problem
    if inside.conformance is None or not inside.conformance.is_finished:
        raise Problem(
            "running the suites",
            expected="a run of pytest that comes to its end",
            found=inside.error or f"exit code {int(code)} of pytest",
            advice="Run the same with `pytest --pyargs codex_conformance.suites` to see more.",
        )
    if inside.conformance.problem is not None:
        raise inside.conformance.problem
    return inside.conformance.run


@contextmanager
def _apart() -> Iterator[None]:
    """Keep a run from the variables of one around it, and the other way round."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv(_WANTED, raising=False)
        if _AT in os.environ:
            environment.setenv(_AT, os.environ[_AT])
        yield


class _Inside:
    """Our part in the run of pytest: it judges, and nothing but reporters print."""

    def __init__(self, subject: Subject | None, reporters: Sequence[Reporter]) -> None:
        self._subject = subject
        self._reporters = reporters
        self.conformance: ConformanceRun | None = None
        self.problem: Problem | None = None
        #: Whether the user wants no more of it.
        self.is_interrupted = False
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
        """Note that the user wants no more of it; what pytest interrupts by itself is told as a problem."""
        self.is_interrupted = not isinstance(excinfo.value, pytest.Session.Interrupted)


class _Silence:
    """Lets pytest print nothing."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Take its reporter away, after it has come."""
        config.pluginmanager.unregister(name="terminalreporter")
