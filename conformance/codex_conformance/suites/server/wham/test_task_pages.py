"""The list of cloud tasks, page by page."""

from __future__ import annotations

from itertools import pairwise

import pytest

from codex_conformance.probes import HttpProbe, at, require
from codex_conformance.suites.server.wham.asking import create_task, environment_of, pages, task_ids

_TASKS = 3


@pytest.mark.codex("wham.tasks.pages-complete")
def test_the_pages_hold_every_task_once(http: HttpProbe) -> None:
    credentials = http.account()
    made = {create_task(http, credentials) for _ in range(_TASKS)}
    paged, whole = task_ids(http, credentials, 2), task_ids(http, credentials, 100)
    require(len(set(paged)) == len(paged), expected="no task twice", found=paged)
    require(set(paged) == set(whole) >= made, expected=f"the same tasks as in large pages: {whole}", found=paged)


@pytest.mark.codex("wham.tasks.limit-obeyed")
def test_a_page_is_not_longer_than_asked(http: HttpProbe) -> None:
    credentials = http.account()
    for _ in range(_TASKS):
        create_task(http, credentials)
    found = len(next(pages(http, credentials, 2)))
    require(found == 2, expected="2 tasks of at least 3", found=found)


@pytest.mark.codex("wham.tasks.newest-first")
def test_the_newest_task_comes_first(http: HttpProbe) -> None:
    credentials = http.account()
    create_task(http, credentials)
    create_task(http, credentials)
    shown = next(pages(http, credentials, 20))
    times = [at(each, "/created_at", (int, float)) for each in shown]
    require(all(a >= b for a, b in pairwise(times)), expected="descending created_at", found=times)


@pytest.mark.codex("wham.tasks.pages-stand-still")
def test_a_new_task_moves_none_of_the_next_page(http: HttpProbe) -> None:
    credentials = http.account()
    for _ in range(_TASKS + 1):
        create_task(http, credentials)
    before = task_ids(http, credentials, 2)
    turned = pages(http, credentials, 2)
    first = [at(each, "/id", str) for each in next(turned)]
    create_task(http, credentials)
    found = first + [at(each, "/id", str) for page in turned for each in page]
    require(found == before, expected=f"the pages as they were begun: {before}", found=found)


@pytest.mark.codex("wham.tasks.bad-cursor")
def test_a_made_up_cursor_is_refused(http: HttpProbe) -> None:
    query = {"limit": "2", "cursor": "codex-testkit-unknown"}
    http.call("listTasks", query=query, credentials=http.account()).require_status(400, 404, 410, 422)


@pytest.mark.codex("wham.tasks.environment-filter")
def test_the_list_can_be_of_one_environment(http: HttpProbe) -> None:
    credentials = http.account()
    environment = environment_of(http, credentials)
    made = create_task(http, credentials)
    listed = [
        at(each, "/id", str) for page in pages(http, credentials, 50, environment_id=environment) for each in page
    ]
    require(made in listed, expected=f"{made} in the list of its environment", found=listed)
    other = [each for page in pages(http, credentials, 50, environment_id="env_unknown") for each in page]
    require(not other, expected="no task in an environment that is not there", found=other)
