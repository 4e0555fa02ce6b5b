"""A run as JUnit XML, for CI servers: a suite for each surface, a test case for each case.

A case fails here where it fails the run: what is known, or of a level that does not count, is a skipped one that says
so. A requirement that should have been checked and was not is a skipped case, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from codex_conformance._printable import printable
from codex_conformance.reports._conclusion import Standing
from codex_conformance.reports._run import Outcome, Verdict
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.sentence import sentence
from codex_conformance.reports.wording import finding_parts, skip_sentence, surface_name
from codex_conformance.requirements import Requirement

__all__ = ["render"]


class _Result(NamedTuple):
    """How a case that did not pass is told."""

    tag: str
    message: str


def render(overview: Overview) -> str:
    """Return the document."""
    root = ET.Element("testsuites", name=printable(f"codex-testkit check {overview.run.target}"))
    for surface, members in overview.by_surface.items():
        root.append(_suite(surface_name(surface), members, overview))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in root)))
    root.set("time", f"{overview.run.seconds:.3f}")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(name: str, members: list[Standing], overview: Overview) -> ET.Element:
    suite = ET.Element("testsuite", name=name)
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(overview):
        ET.SubElement(properties, "property", name=key, value=printable(value))
    cases = [case for standing in members for case in _cases(standing, overview)]
    suite.extend(cases)
    suite.set("tests", str(len(cases)))
    for tag, total in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(total, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
    suite.set("timestamp", overview.run.started_at)
    return suite


def _properties(overview: Overview) -> Iterator[tuple[str, str]]:
    run = overview.run
    yield from (("target", run.target), ("role", run.role), ("release", run.release), ("tool", run.tool))
    yield from (("conclusion", overview.conclusion), ("sentence", sentence(overview)))


def _cases(standing: Standing, overview: Overview) -> Iterator[ET.Element]:
    requirement = standing.requirement
    for verdict in standing.verdicts:
        case = _case(requirement, printable(verdict.case), verdict.seconds)
        result = _result(requirement, verdict, overview)
        if result is not None:
            element = ET.SubElement(case, result.tag, message=printable(result.message))
            if result.tag != "skipped":
                element.set("type", requirement.level)
            element.text = _details(requirement, verdict)
        yield case
    if not standing.verdicts and overview.run.is_whole:
        case = _case(requirement, "no case", 0.0)
        ET.SubElement(case, "skipped", message="no case of it was run").text = requirement.sentence
        yield case


def _case(requirement: Requirement, name: str, seconds: float) -> ET.Element:
    return ET.Element("testcase", classname=requirement.id, name=name, time=f"{seconds:.3f}")


def _result(requirement: Requirement, verdict: Verdict, overview: Overview) -> _Result | None:
    """Return how a case is told; None where it passed."""
    found = verdict.finding.found if verdict.finding else requirement.sentence
    failed = _Result("failure", found)
    if requirement.level not in overview.failing_levels:
        failed = _Result("skipped", f"fails, but {requirement.level} does not count in this run: {found}")
    results: dict[Outcome, _Result] = {
        "failed": failed,
        "error": _Result("error", found),
        "stale": _Result("failure", f"the baseline says that it fails: {verdict.reason}"),
        "known": _Result("skipped", f"known failure: {verdict.reason}"),
        "skipped": _Result("skipped", skip_sentence(verdict.reason)),
    }
    return results.get(verdict.outcome)


def _details(requirement: Requirement, verdict: Verdict) -> str:
    """Return the requirement, the four parts and the command, each on a line of its own."""
    parts = [("required", requirement.sentence), *finding_parts(verdict), ("repeat", verdict.repeat)]
    return "\n".join(f"{label + ':':<10} {printable(text)}" for label, text in parts if text)
