"""The pytest plugin of a conformance run: which items run, what they say, and how the run ends."""

from __future__ import annotations

import shlex
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from codex_conformance._pytest.cases import EVIDENCE, case_of, draws_at_random, needs_of, requirement_of, skip_reason
from codex_conformance._pytest.choice import Choice, read_level
from codex_conformance._pytest.files import Files
from codex_conformance._pytest.options import RUN
from codex_conformance._pytest.subjects import Subject, subject_of
from codex_conformance._pytest.verdicts import contract_requirement, contract_verdicts, verdict_of
from codex_conformance.probes import Evidence
from codex_conformance.reports import EXIT_CODES, Reporter, Run, Verdict, conclusion, summary_lines
from codex_conformance.requirements import LEVELS, find
from codex_schemas import Problem

__all__ = ["ConformanceRun", "register"]

#: The attribute of pytest's reports that carries verdicts from a worker to the run.
_CARRIED = "codex_verdicts"
#: The ends of a run of pytest that our conclusion takes the place of.
_ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
#: The end of a run that the user broke off.
_BROKEN_OFF = pytest.ExitCode.INTERRUPTED


def register(
    config: pytest.Config, reporters: Sequence[Reporter] = (), subject: Subject | None = None
) -> ConformanceRun:
    """Make a run of pytest a conformance run.

    Args:
        config: The run of pytest.
        reporters: Who listens, beside the files and the summary that the options ask for.
        subject: Who is under test; left out, the options name it.

    Raises:
        Problem: The options contradict each other, or what is under test cannot be opened.
    """
    run = ConformanceRun(config, reporters, subject)
    config.pluginmanager.register(run, RUN)
    return run


class ConformanceRun:
    """One conformance run inside a run of pytest; under xdist, each worker has one, and the controller another."""

    def __init__(self, config: pytest.Config, reporters: Sequence[Reporter], subject: Subject | None) -> None:
        self._config = config
        self._reporters = reporters
        self._stack = ExitStack()
        self._began = time.monotonic()
        self._is_worker = hasattr(config, "workerinput")
        self._taken: set[tuple[str, str]] = set()
        self._files = Files(config)
        self._baseline = self._files.baseline
        fail_level = read_level(config.getoption("--codex-fail-level"))
        #: Who is under test.
        self.subject: Subject = subject or self._stack.enter_context(subject_of(config))
        self._choice = Choice(config, self.subject.role, self.subject.release, self.subject.surfaces)
        self._failing = LEVELS[: LEVELS.index(fail_level) + 1]
        #: Whether no verdict comes any more.
        self.is_finished = False
        #: What kept a file from being written that was asked for.
        self.problem: Problem | None = None
        #: What was found so far.
        self.run = Run(
            role=self.subject.role,
            target=self.subject.name,
            release=self.subject.release,
            surfaces=self._choice.surfaces,
            started_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            tool=f"codex-testkit {version('codex-testkit')}",
            capabilities=dict(self.subject.capabilities),
            fail_level=fail_level,
            is_partial=self._choice.is_partial,
        )
        for reporter in reporters:
            reporter.started(self.run)

    # Which items run.

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out the suites of the other role, and of surfaces that are not asked for."""
        return True if self._choice.leaves_out(collection_path) else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what is not asked for, and mark what the subject cannot do."""
        left_out: list[pytest.Item] = []
        for item in items:
            if (requirement := requirement_of(item)) is None:
                continue
            if not self._choice.has(requirement, case_of(item)):
                left_out.append(item)
            elif reason := skip_reason(needs_of(item, requirement), self.subject.capabilities):
                item.add_marker(pytest.mark.skip(reason=reason))
        if left_out:
            gone = set(left_out)
            items[:] = [item for item in items if item not in gone]
            config.hook.pytest_deselected(items=left_out)

    # What they say.

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what happened into verdicts, and what is known or mild into no failure of pytest."""
        report = yield
        requirement = requirement_of(item)
        if requirement is None:
            return report
        evidence = item.stash.setdefault(EVIDENCE, Evidence())
        verdicts = []
        if call.when == "call" or call.excinfo is not None:
            verdicts.append(verdict_of(requirement, case_of(item), call, report, evidence))
        if call.when == "teardown":
            verdicts += contract_verdicts(requirement, evidence)
        for verdict in verdicts:
            verdict.repeat = self._command(requirement.id, case_of(item))
            self._complete(verdict, may_pass=draws_at_random(item))
        self._translate(report, verdicts)
        setattr(report, _CARRIED, [msgspec.to_builtins(each) for each in verdicts])
        return report

    def _command(self, requirement: str, case: str) -> str:
        """Return the command that repeats a case; what broke the contract is found again with the case that saw it."""
        words = ["codex-testkit", "check", self.run.role, "--select", requirement, "--case", case]
        return shlex.join([*words, *self.subject.words])

    def _complete(self, verdict: Verdict, *, may_pass: bool) -> None:
        """Hold a verdict against the baseline, and drop what nobody wants to see."""
        reason = self._baseline.reason(verdict.requirement, verdict.case, self.run.target, self.run.release)
        if reason is not None and verdict.outcome == "failed":
            verdict.outcome, verdict.reason = "known", reason
        elif reason is not None and verdict.outcome == "passed" and not may_pass:
            verdict.outcome, verdict.reason = "stale", f"the baseline lists it as failing: {reason}"
        if verdict.outcome in ("passed", "skipped") and not self._config.getoption("--codex-evidence"):
            verdict.steps = []

    def _translate(self, report: pytest.TestReport, verdicts: Sequence[Verdict]) -> None:
        """Let pytest count what counts."""
        counting = [each for each in verdicts if each.outcome in ("failed", "stale", "error") and self._counts(each)]
        mild = [each for each in verdicts if each.outcome in ("failed", "known") and each not in counting]
        if counting and not report.failed:
            report.outcome = "failed"
            report.longrepr = "\n".join(f"{each.requirement}: {each.case}: {_reason_of(each)}" for each in counting)
        elif mild and not counting and report.failed:
            report.outcome = "skipped"
            report.wasxfail = f"{find(mild[0].requirement).level}: {mild[0].reason or _reason_of(mild[0])}"

    def _counts(self, verdict: Verdict) -> bool:
        return verdict.outcome in ("error", "stale") or find(verdict.requirement).level in self._failing

    # How the run ends.

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdicts of a phase, from this process or from a worker."""
        if not self._is_worker:
            for carried in getattr(report, _CARRIED, ()):
                self._take(msgspec.convert(carried, Verdict))

    def _take(self, verdict: Verdict) -> None:
        """Take a verdict; the same case speaks once, as many cases may see the same message."""
        if (key := (verdict.requirement, verdict.case)) in self._taken:
            return
        self._taken.add(key)
        self.run.verdicts.append(verdict)
        for reporter in self._reporters:
            reporter.judged(self.run, verdict)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Conclude, write what is asked for, and say it with the exit code."""
        self._stack.close()
        self.run.is_interrupted = bool(session.exitstatus == _BROKEN_OFF or session.shouldstop or session.shouldfail)
        is_told = self.run.verdicts if self.run.is_interrupted else session.exitstatus in _ENDED
        if self._is_worker or self._config.option.collectonly or not is_told:
            return
        if not self.run.is_interrupted:
            self._conclude_contracts()
        for verdict in self._baseline.unused(self.run):
            self._take(verdict)
        self.run.seconds = round(time.monotonic() - self._began, 3)
        self.is_finished = True
        for reporter in self._reporters:
            reporter.finished(self.run)
        if session.exitstatus in _ENDED:
            session.exitstatus = EXIT_CODES[conclusion(self.run)]
        try:
            self._files.write(self.run)
        except Problem as problem:
            self.problem = problem
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def _conclude_contracts(self) -> None:
        """Say for each surface that was asked, and broke no contract, that it did not."""
        if self.run.role == "client":
            # What a client sends has requirements of its own.
            return
        answered = [each for each in self.run.verdicts if each.outcome not in ("skipped", "error")]
        broken = {each.requirement for each in answered if each.outcome != "passed"}
        for name in dict.fromkeys(contract_requirement(find(each.requirement)) for each in answered):
            if name not in broken and self._choice.has(find(name)):
                self._take(Verdict(requirement=name, case="all messages", outcome="passed"))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show what the run says in few lines."""
        if not self.is_finished:
            return
        terminalreporter.section("codex conformance")
        for line in summary_lines(self.run):
            terminalreporter.write_line(line)
        if self.problem is not None:
            terminalreporter.write_line(f"ERROR: {self.problem}", red=True)


def _reason_of(verdict: Verdict) -> str:
    if verdict.finding is None:
        return verdict.reason
    return f"expected {verdict.finding.expected}, found {verdict.finding.found}"
