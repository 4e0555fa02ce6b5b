"""From what pytest says of an item to verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from codex_conformance.probes import Evidence
from codex_conformance.reports import Finding, Verdict
from codex_conformance.requirements import Requirement
from codex_schemas import Problem

__all__ = ["contract_requirement", "contract_verdicts", "verdict_of"]

#: The requirement of each surface that every message fits the contract.
_CONTRACT = {
    "oauth": "oauth.contract.messages",
    "wham": "wham.contract.messages",
    "responses": "responses.contract.messages",
    "app_server": "app-server.contract.messages",
    "account": "account.contract.messages",
}


def contract_requirement(requirement: Requirement) -> str:
    """Return the requirement that a message against the contract breaks, in a case of another requirement."""
    return _CONTRACT[requirement.surface]


def verdict_of(
    requirement: Requirement, case: str, call: pytest.CallInfo[None], report: pytest.TestReport, evidence: Evidence
) -> Verdict:
    """Return what a phase of an item says about its requirement."""
    seconds = round(call.duration, 4)
    verdict = Verdict(requirement=requirement.id, case=case, outcome="passed", steps=evidence.steps, seconds=seconds)
    if call.excinfo is None:
        return verdict
    error = call.excinfo.value
    if isinstance(error, pytest.skip.Exception):
        verdict.outcome, verdict.reason = "skipped", error.msg or ""
        return verdict
    is_unmet = isinstance(error, AssertionError | httpx.TransportError) and report.when != "teardown"
    verdict.outcome = "failed" if is_unmet else "error"
    verdict.blame = "implementation" if is_unmet else "suite"
    verdict.finding = _finding(error, evidence)
    return verdict


def contract_verdicts(requirement: Requirement, evidence: Evidence) -> Iterator[Verdict]:
    """Yield a verdict for each way in which the messages of a case break the contract."""
    for where, violation in evidence.violations:
        place = re.sub(r"/\d+(?=/|$)", "/*", violation.path) or "/"
        yield Verdict(
            requirement=contract_requirement(requirement),
            case=f"{where} {place}{f' {violation.field}' if violation.field else ''}",
            outcome="failed",
            blame="implementation",
            finding=Finding(f"reading {where}", violation.expected, violation.found, f"Look at {violation.where}."),
            steps=evidence.steps,
        )


def _finding(error: BaseException, evidence: Evidence) -> Finding:
    if isinstance(error, Problem):
        return Finding(error.doing or evidence.doing, error.expected, error.found, error.advice)
    text = str(error).strip() or type(error).__name__
    if isinstance(error, httpx.TransportError):
        found = f"{type(error).__name__}: {text}"
        return Finding(evidence.doing, "a server that answers", found, "Look whether it still runs.")
    if isinstance(error, AssertionError):
        return Finding(evidence.doing, "what the check asserts", text[:1500], "")
    return Finding(evidence.doing, "a check that runs to its end", f"{type(error).__name__}: {text[:1500]}", "")
