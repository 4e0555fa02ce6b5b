"""Cloud tasks: created, read, worked on, and what their attempts show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from codex_conformance.probes import Answer, HttpProbe, at, require
from codex_conformance.suites.server.wham.asking import PROMPT, create_task, environment_of, new_task, task_ids
from codex_conformance.targets import Credentials

#: How far each state is: a task never goes back.
_COURSE = {"pending": 0, "in_progress": 1, "completed": 2, "failed": 2, "cancelled": 2}
_ENDED = 2


def _read(http: HttpProbe, credentials: Credentials, task_id: str) -> Answer:
    return http.call("readTask", path={"task_id": task_id}, credentials=credentials).require_status(200)


def _status(answer: Answer) -> str:
    """Return the state of the latest turn; what stands at the top wins over what is inside the task."""
    place = "/task_status_display/latest_turn_status_display/turn_status"
    found: str = answer.at(place if answer.has(place) else f"/task{place}", str)
    return found


def _finished(http: HttpProbe, credentials: Credentials, **wanted: Any) -> Answer:
    """Return a task that has come to its end."""
    made = create_task(http, credentials, **wanted)
    http.world.advance(3600)
    return _read(http, credentials, made)


def _diffs(answer: Answer) -> Iterator[str]:
    """Yield the diffs of the turns that show the work, in the order in which codex looks for one."""
    for name in ("current_diff_task_turn", "current_assistant_turn"):
        turn = answer.at("", dict).get(name)
        for item in (turn.get("output_items") or []) if isinstance(turn, dict) else []:
            diff = (
                item.get("diff") if item.get("type") == "output_diff" else (item.get("output_diff") or {}).get("diff")
            )
            if diff:
                yield diff


def _messages(turn: Any) -> list[str]:
    """Return the texts of the messages of a turn."""
    items = (turn.get("output_items") or turn.get("input_items") or []) if isinstance(turn, dict) else []
    parts = [part for item in items if item.get("type") == "message" for part in item.get("content") or []]
    texts = [part if isinstance(part, str) else part.get("text", "") for part in parts]
    return [text for text in texts if text]


@pytest.mark.codex("wham.tasks.created-is-read")
def test_a_new_task_can_be_read(http: HttpProbe) -> None:
    credentials = http.account()
    made = create_task(http, credentials)
    found = _read(http, credentials, made).at("/task/id", str)
    require(found == made, expected=f"the task {made}", found=found)


@pytest.mark.codex("wham.tasks.created-is-listed")
def test_a_new_task_is_listed(http: HttpProbe) -> None:
    credentials = http.account()
    made = create_task(http, credentials)
    listed = task_ids(http, credentials, 20, most_pages=1)
    require(made in listed, expected=f"{made} on the first page", found=listed)


@pytest.mark.codex("wham.tasks.created-twice")
def test_the_same_request_makes_another_task(http: HttpProbe) -> None:
    credentials = http.account()
    first, second = create_task(http, credentials), create_task(http, credentials)
    require(first != second, expected="two tasks", found=[first, second])


@pytest.mark.codex("wham.tasks.prompt-kept")
def test_the_prompt_can_be_read_back(http: HttpProbe) -> None:
    credentials = http.account()
    answer = _read(http, credentials, create_task(http, credentials))
    found = _messages(answer.at("/current_user_turn", dict))
    require(found == [PROMPT], expected=f"the message {PROMPT!r} in current_user_turn", found=found)


@pytest.mark.codex("wham.tasks.unknown-404")
@pytest.mark.parametrize("task_id", ["task_e_unknown", "../usage", "a b"], ids=["unknown", "a path", "a blank"])
def test_an_unknown_task_is_not_found(http: HttpProbe, task_id: str) -> None:
    http.call("readTask", path={"task_id": task_id}, credentials=http.account()).require_status(404)


@pytest.mark.codex("wham.tasks.unknown-environment")
def test_a_task_needs_an_environment_that_is_there(http: HttpProbe) -> None:
    credentials, body = http.account(), new_task("env_unknown")
    http.call("createTask", json=body, credentials=credentials).require_status(400, 403, 404, 422)


@pytest.mark.codex("wham.tasks.prompt-required")
def test_a_task_without_a_prompt_is_refused(http: HttpProbe) -> None:
    credentials = http.account()
    body = new_task(environment_of(http, credentials)) | {"input_items": []}
    http.call("createTask", json=body, credentials=credentials, misuse=True).require_status(400, 422)


@pytest.mark.codex("wham.tasks.states-forward")
def test_a_task_goes_forward_to_its_end(http: HttpProbe) -> None:
    credentials = http.account()
    made = create_task(http, credentials)
    course = []
    for seconds in (0, 2, 2, 2, 3600):
        http.world.advance(seconds)
        course.append(_status(_read(http, credentials, made)))
    steps = [_COURSE.get(each, -1) for each in course]
    require(steps == sorted(steps), expected="states that only go forward", found=course)
    require(steps[-1] == _ENDED, expected="completed, failed or cancelled after an hour", found=course)


@pytest.mark.codex("wham.tasks.list-agrees")
def test_the_list_says_the_same_state(http: HttpProbe) -> None:
    credentials = http.account()
    read = _finished(http, credentials)
    made, status = read.at("/task/id", str), _status(read)
    listed = http.call("listTasks", query={"limit": "20"}, credentials=credentials).require_status(200)
    found = [
        at(each, "/task_status_display/latest_turn_status_display/turn_status", str)
        for each in listed.at("/items", list)
        if at(each, "/id") == made
    ]
    require(found == [status], expected=f"the state {status} in the list", found=found)


@pytest.mark.codex("wham.tasks.diff-unified")
def test_the_work_is_a_unified_diff(http: HttpProbe) -> None:
    found = next(_diffs(_finished(http, http.account())), "")
    lines = found.splitlines()
    holds = any(line.startswith("+++ ") for line in lines) and any(line.startswith("@@ ") for line in lines)
    require(holds, expected="a unified diff with +++ and @@", found=found or "no diff")


@pytest.mark.codex("wham.tasks.diff-counted")
def test_the_counts_of_the_diff_are_right(http: HttpProbe) -> None:
    answer = _finished(http, http.account())
    added = [line for line in next(_diffs(answer), "").splitlines() if line[:1] == "+" and line[:4] != "+++ "]
    place = "/latest_turn_status_display/diff_stats/lines_added"
    display = answer.at("/task_status_display" if answer.has("/task_status_display") else "/task/task_status_display")
    found = at(display, place, int)
    require(found in (0, len(added)), expected=f"lines_added {len(added)}, or 0 for unknown", found=found)


@pytest.mark.codex("wham.tasks.answer-said")
def test_a_finished_task_says_what_was_done(http: HttpProbe) -> None:
    found = _messages(_finished(http, http.account()).at("/current_assistant_turn", dict))
    require(found, expected="a message of the assistant", found=found)


@pytest.mark.codex("wham.tasks.unfinished-shows-nothing")
def test_a_task_that_has_not_begun_has_no_diff(http: HttpProbe) -> None:
    credentials = http.account()
    answer = _read(http, credentials, create_task(http, credentials))
    found = list(_diffs(answer))
    require(not found, expected="no diff before the work", found=found)


@pytest.mark.codex("wham.tasks.failure-explained")
def test_a_failed_task_says_why(http: HttpProbe) -> None:
    credentials = http.account()
    for task_id in task_ids(http, credentials, 20):
        answer = _read(http, credentials, task_id)
        if _status(answer) == "failed":
            found = answer.at("/current_assistant_turn/error/message", str)
            require(found, expected="a message that says why", found=found)
            return
    pytest.skip("not declared: a task that failed")


@pytest.mark.codex("wham.tasks.siblings")
def test_attempts_are_siblings(http: HttpProbe) -> None:
    credentials = http.account()
    answer = _finished(http, credentials, attempts=3)
    turn = answer.at("/current_assistant_turn", dict)
    named = sorted(at(turn, "/sibling_turn_ids", list))
    turns = [turn, *_siblings(http, credentials, answer)]
    listed = sorted(at(each, "/id", str) for each in turns[1:])
    require((len(named), listed) == (2, named), expected="exactly the two siblings that are named", found=listed)
    places = sorted(at(each, "/attempt_placement", int) for each in turns)
    require(places == [0, 1, 2], expected="the placements 0, 1 and 2", found=places)


@pytest.mark.codex("wham.tasks.single-without-siblings")
def test_a_single_attempt_has_no_siblings(http: HttpProbe) -> None:
    credentials = http.account()
    answer = _read(http, credentials, create_task(http, credentials))
    found = list(_siblings(http, credentials, answer))
    require(not found, expected="no sibling turns", found=found)


def _siblings(http: HttpProbe, credentials: Credentials, answer: Answer) -> list[Any]:
    path = {"task_id": answer.at("/task/id", str), "turn_id": answer.at("/current_assistant_turn/id", str)}
    listed = http.call("listSiblingTurns", path=path, credentials=credentials).require_status(200)
    turns: list[Any] = listed.at("", dict).get("sibling_turns") or []
    return turns
