"""Requests that nobody thought of, on the ChatGPT backend."""

from __future__ import annotations

import pytest

from codex_conformance.fuzzing import Budget, HttpTrial
from codex_conformance.probes import HttpProbe, Unmet, at


@pytest.fixture
def trial(http: HttpProbe) -> HttpTrial:
    """Return what tries requests, some of them about tasks that there are."""
    return HttpTrial(http, "wham", known={"task_id": _tasks(http)})


@pytest.mark.codex("wham.robust.valid")
def test_valid_requests_are_answered_by_the_contract(trial: HttpTrial, budget: Budget) -> None:
    trial.try_valid(budget)


@pytest.mark.codex("wham.robust.nearly-valid")
def test_nearly_valid_requests_are_answered(trial: HttpTrial, budget: Budget) -> None:
    trial.try_nearly_valid(budget)


@pytest.mark.codex("wham.robust.hostile")
def test_hostile_bodies_do_no_harm(trial: HttpTrial, budget: Budget) -> None:
    trial.try_hostile(budget)


def _tasks(http: HttpProbe) -> list[str]:
    """Return the ids of the tasks that the server lists; none where it has none."""
    answer = http.call("listTasks", credentials=http.account())
    try:
        return [at(each, "/id", str) for each in answer.at("/items", list)]
    except Unmet:
        return []
