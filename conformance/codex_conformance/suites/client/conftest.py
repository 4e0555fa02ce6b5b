"""What the client suites share: the trials of the client under test."""

from __future__ import annotations

import pytest

from codex_conformance._pytest.options import RUN
from codex_conformance.clients import Examiner
from codex_conformance.probes import Evidence
from codex_conformance.suites.client.trials import Trials


@pytest.fixture
def examiner(request: pytest.FixtureRequest) -> Examiner:
    """Return who examines the client under test."""
    run = request.config.pluginmanager.get_plugin(RUN)
    if run is None:
        pytest.skip("no --codex-client")
    thing: Examiner = run.subject.thing
    return thing


@pytest.fixture
def trial(examiner: Examiner, evidence: Evidence) -> Trials:
    """Run the client: ``trial("turn", "stream-cut")``; equal trials run once."""
    return Trials(examiner, evidence)
