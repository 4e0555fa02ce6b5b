"""Cloud environments."""

from __future__ import annotations

import pytest

from codex_conformance.probes import HttpProbe, at, require
from codex_conformance.suites.server.wham.asking import create_task, environment_of, new_task
from codex_conformance.targets import Credentials


def _environments(http: HttpProbe, credentials: Credentials) -> list[dict[str, object]]:
    listed = http.call("listEnvironments", credentials=credentials).require_status(200)
    found: list[dict[str, object]] = listed.at("", list)
    return found


@pytest.mark.codex("wham.environments.ids-unique")
def test_each_environment_has_an_id_of_its_own(http: HttpProbe) -> None:
    found = [at(each, "/id", str) for each in _environments(http, http.account())]
    require(len(set(found)) == len(found), expected="an id of its own for each environment", found=found)


@pytest.mark.codex("wham.environments.usable", needs=("wham.tasks",))
def test_a_task_runs_in_every_environment_of_the_list(http: HttpProbe) -> None:
    credentials = http.account()
    for each in _environments(http, credentials):
        body = new_task(at(each, "/id", str))
        http.call("createTask", json=body, credentials=credentials).require_status(200, 201)


@pytest.mark.codex("wham.environments.counts-tasks", needs=("wham.tasks",))
def test_an_environment_counts_its_tasks(http: HttpProbe) -> None:
    credentials = http.account()
    environment = environment_of(http, credentials)

    def count() -> object:
        every = {at(each, "/id", str): each for each in _environments(http, credentials)}
        return every.get(environment, {}).get("task_count")

    before = count()
    if not isinstance(before, int):
        pytest.skip("not declared: counts of tasks")
    create_task(http, credentials)
    after = count()
    require(after == before + 1, expected=f"task_count {before + 1}", found=after)


@pytest.mark.codex("wham.environments.by-repository")
def test_the_environments_of_a_repository_are_some_of_all(http: HttpProbe) -> None:
    credentials = http.account()
    path = {"provider": "github", "owner": "acme", "repo": "api"}
    answer = http.call("listEnvironmentsByRepo", path=path, credentials=credentials).require_status(200)
    found = {at(each, "/id", str) for each in answer.at("", list)}
    every = {at(each, "/id", str) for each in _environments(http, credentials)}
    require(found <= every, expected=f"some of {sorted(every)}", found=found)


@pytest.mark.codex("wham.environments.unknown-repository")
def test_an_unknown_repository_has_no_environments(http: HttpProbe) -> None:
    path = {"provider": "github", "owner": "codex-testkit-nobody", "repo": "nothing"}
    answer = http.call("listEnvironmentsByRepo", path=path, credentials=http.account()).require_status(200)
    require(answer.at("", list) == [], expected="an empty list", found=answer.json)
