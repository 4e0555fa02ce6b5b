"""What is impossible about the expectations of a scenario and about its trial."""

from __future__ import annotations

from collections.abc import Iterator

from codex_mockserver._contradiction import Contradiction, unknown
from codex_mockserver.expectations import Expectation, contradictions
from codex_mockserver.model._scenario import Scenario
from codex_mockserver.world import SEEDED_NAMES
from codex_schemas import SURFACES, load
from codex_schemas.yaml_text import Path

__all__ = ["expectation_contradictions"]


def expectation_contradictions(scenario: Scenario) -> Iterator[Contradiction]:
    """Yield what cannot be about the expectations and the trial."""
    for index, expected in enumerate(scenario.expect):
        if expected.request is not None:
            yield from _in_request(("expect", index, "request"), expected.request)
    if scenario.trial.account is not None:
        yield from unknown(("trial", "account"), scenario.trial.account, [*SEEDED_NAMES, *scenario.accounts])


def _in_request(path: Path, request: Expectation) -> Iterator[Contradiction]:
    if request.operation is not None:
        known = [name for surface in SURFACES for name in load(surface).operations]
        yield from unknown((*path, "operation"), request.operation, known)
    yield from contradictions(request, path)
