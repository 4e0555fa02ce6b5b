"""What the report of a test says of the fixtures that it had."""

from __future__ import annotations

import pytest

from codex_conformance._fixtures import WITNESSES, Witness
from codex_conformance._fixtures.wishes import told
from codex_schemas import Problem

__all__ = ["require_nothing_left", "show", "testify"]


def testify(node: pytest.Item, witness: Witness) -> None:
    """Let a witness speak in the report of a test."""
    node.stash.setdefault(WITNESSES, []).append(witness)


def show(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add to the report of a test that failed what its witnesses saw; after the last report they are forgotten."""
    if report.failed:
        report.sections += [section for witness in item.stash[WITNESSES] for section in witness.sections()]
    if report.when == "teardown":
        del item.stash[WITNESSES]


def require_nothing_left(item: pytest.Item) -> None:
    """Fail a test whose witnesses complain, where the run is strict."""
    if not (item.config.getoption("codex_strict") or item.config.getini("codex_strict")):
        return
    complaints = [complaint for witness in item.stash[WITNESSES] for complaint in witness.complaints()]
    if complaints:
        with told(item):
            raise Problem(
                "looking at what the test left over, as codex_strict wants",
                expected="every part of the scenario used, and every call answered",
                found="; ".join(complaints),
                advice="Correct the client or the scenario, or leave codex_strict off.",
            )
