"""A client of the project under test, held against the requirements by a test of the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from codex_conformance._fixtures._shortening import shortened
from codex_conformance._fixtures.evidence import testify
from codex_conformance._fixtures.wishes import told, wishes_of
from codex_conformance._pytest.running import run_suites
from codex_conformance.clients import Action, Client, Task, client_of, read_client, subject_of_client
from codex_conformance.clients.capabilities import known
from codex_conformance.reports import EXIT_CODES, Run, Step, Verdict, conclusion, failing_levels
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.redaction import redacted_run
from codex_conformance.reports.sentence import sentence
from codex_conformance.reports.wording import finding_parts
from codex_conformance.requirements import find

__all__ = ["ClientExaminer"]

#: What is told of a run, whatever the level of its requirement.
_GRAVE = ("error", "stale")
#: Steps that are told of a case.
_MOST = 20


class ClientExaminer:
    """Examines the clients of one test, and fails it where one does not meet what it must.

    Args:
        node: The test.
    """

    def __init__(self, node: pytest.Item) -> None:
        self._node = node

    def __call__(
        self,
        client: Client | Action | Mapping[Task, Action] | str,
        *,
        select: str | Sequence[str] = "*",
        level: str | None = None,
        fail_level: str = "MUST",
        baseline: str | Path | None = None,
        declare: Sequence[str] = (),
        disable: Sequence[str] = (),
        deadline: float | None = None,
    ) -> Run:
        """Run a client through the scenarios of the suites, and return all verdicts.

        Args:
            client: A function that takes a turn, the words of a command that does, a mapping of tasks to such ones,
                or a text that names a client as ``--codex-client`` does.
            select: The requirements: ids, their beginnings, or patterns.
            level: The mildest level that is checked.
            fail_level: The mildest level whose failures fail the test.
            baseline: A file with known failures; it lies beside the test.
            declare: Capabilities that the client has, whether its traffic shows them or not.
            disable: Capabilities that nobody shall ask for.
            deadline: Seconds that a task may take.

        Raises:
            pytest.fail.Exception: Something is not met or nothing was checked, or the wishes are wrong.
        """
        chosen = [select] if isinstance(select, str) else select
        file = None if baseline is None else self._node.path.parent / baseline
        given = {"level": level, "fail-level": fail_level, "baseline": file}
        options = [f"--codex-select={each}" for each in chosen]
        options += [f"--codex-{name}={value}" for name, value in given.items() if value is not None]
        with told(self._node):
            found = self._client(client)
            subject = subject_of_client(
                replace(
                    found,
                    declared=found.declared | known(declare),
                    disabled=found.disabled | known(disable),
                    deadline=deadline or found.deadline,
                )
            )
            run = run_suites("client", options, subject=subject)
        if EXIT_CODES[conclusion(run)]:
            witness = _RunWitness(run)
            testify(self._node, witness)
            raise pytest.fail.Exception(witness.summary(), pytrace=False)
        return run

    def _client(self, client: Client | Action | Mapping[Task, Action] | str) -> Client:
        """Return the client, of the release that the test wants."""
        name = getattr(client, "__qualname__", "the client")
        found = read_client(client) if isinstance(client, str) else client_of(client, name)
        return replace(found, release=wishes_of(self._node).release or found.release)


class _RunWitness:
    """Tells what was not met, and what was said then."""

    def __init__(self, run: Run) -> None:
        self._overview = Overview(redacted_run(run))
        failing = failing_levels(run)
        self._verdicts = [
            each
            for each in self._overview.run.verdicts
            if each.outcome in _GRAVE or (each.outcome == "failed" and find(each.requirement).level in failing)
        ]

    def summary(self) -> str:
        """Return what was not met, and what the whole run says."""
        lines = [line for verdict in self._verdicts for line in _told(verdict)]
        return "\n".join([*lines, sentence(self._overview)])

    def sections(self) -> Iterator[tuple[str, str]]:
        """Yield what was said in each case that was not met."""
        for verdict in self._verdicts:
            if verdict.steps:
                yield f"codex {verdict.requirement}: {verdict.case}", "\n".join(_conversation(verdict.steps))

    def complaints(self) -> Iterator[str]:
        """Yield nothing: a test that had something to complain of has failed."""
        return iter(())


def _told(verdict: Verdict) -> Iterator[str]:
    requirement = find(verdict.requirement)
    yield f"{requirement.level} {requirement.id}: {requirement.sentence}"
    yield f"  {verdict.case}"
    if verdict.reason:
        yield f"    reason    {verdict.reason}"
    yield from (f"    {label:<9} {text}" for label, text in finding_parts(verdict))


def _conversation(steps: Sequence[Step]) -> Iterator[str]:
    if len(steps) > _MOST:
        yield f"({len(steps) - _MOST} earlier steps)"
    for step in steps[-_MOST:]:
        yield f"{step.sender}: {shortened(step.title)}"
        # Behind the headers comes the body.
        text = step.text.partition("\n\n")[2] or step.text
        if text.strip():
            yield f"   {shortened(text)}"
