"""What all suites share: the evidence of a case."""

from __future__ import annotations

import pytest

from codex_conformance._pytest.cases import EVIDENCE
from codex_conformance.probes import Evidence


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """Return what is said while the case runs; a report shows it."""
    found: Evidence = request.node.stash.setdefault(EVIDENCE, Evidence())
    return found
