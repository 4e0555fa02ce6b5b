"""Responses in the background: the states that they go through."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest

from codex_conformance.probes import Answer, at, require
from codex_conformance.suites.server.responses.prompts import HELLO, STORY
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import require_text

#: Where a state may lead; those that lead nowhere are ends.
_NEXT: dict[str, set[str]] = {
    "queued": {"queued", "in_progress", "completed", "failed", "incomplete", "cancelled"},
    "in_progress": {"in_progress", "completed", "failed", "incomplete", "cancelled"},
    "completed": {"completed"},
    "failed": {"failed"},
    "incomplete": {"incomplete"},
    "cancelled": {"cancelled"},
}
_WORKING = ("queued", "in_progress")

#: How often a response is asked for until it has ended, and seconds between two times.
_MOST_POLLS = 120
_PAUSE = 0.5


@pytest.mark.codex("responses.background.answer")
def test_the_answer_comes_before_the_work(service: Service) -> None:
    response = _begin(service)
    found = (response.get("status"), response.get("output"))
    require(found[0] in _WORKING and found[1] == [], expected="queued or in_progress, and no output", found=found)


@pytest.mark.codex("responses.background.completes")
def test_the_work_is_done_at_last(service: Service) -> None:
    ended = _states(service, _begin(service))[-1]
    require(ended.get("status") == "completed", expected="completed", found=ended)
    require_text(at(ended, "/output", list))


@pytest.mark.codex("responses.background.life-cycle")
def test_states_only_go_forward(service: Service) -> None:
    states = [str(each.get("status")) for each in _states(service, _begin(service))]
    wrong = [pair for pair in pairwise(states) if pair[1] not in _NEXT.get(pair[0], ())]
    require(not wrong, expected="queued, in_progress, and an end", found=states)


@pytest.mark.codex("responses.background.every-state")
def test_each_state_is_seen(service: Service) -> None:
    states = [str(each.get("status")) for each in _states(service, _begin(service))]
    seen = list(dict.fromkeys(states))
    require(seen == ["queued", "in_progress", "completed"], expected="queued, in_progress, completed", found=seen)


@pytest.mark.codex("responses.background.cancel")
def test_work_can_be_stopped(service: Service) -> None:
    response = _begin(service)
    answer = _of(service, response, "cancelResponse").require_status(200)
    require(answer.at("/status") == "cancelled", expected="cancelled", found=answer.at("/status"))


@pytest.mark.codex("responses.background.cancelled-stays")
def test_what_was_stopped_stays_so(service: Service) -> None:
    response = _begin(service)
    _of(service, response, "cancelResponse").require_status(200)
    service.http.world.advance(60)
    status = _of(service, response).require_status(200).at("/status")
    require(status == "cancelled", expected="cancelled", found=status)


@pytest.mark.codex("responses.background.cancel-twice")
def test_stopping_twice_is_stopping_once(service: Service) -> None:
    response = _begin(service)
    first, second = (_of(service, response, "cancelResponse").require_status(200).json for _ in range(2))
    require(first == second, expected="the same answer", found=second)


@pytest.mark.codex("responses.background.cancel-late")
def test_what_has_ended_is_not_stopped(service: Service) -> None:
    ended = _states(service, _begin(service))[-1]
    answer = _of(service, ended, "cancelResponse")
    require(answer.status in (200, 400), expected="status 200 or 400", found=answer.status)
    status = _of(service, ended).at("/status")
    require(status == "completed", expected="completed", found=status)


@pytest.mark.codex("responses.background.must-be-stored")
def test_work_in_the_background_must_be_stored(service: Service) -> None:
    service.ask(HELLO, background=True, store=False).require_status(400)


@pytest.mark.codex("responses.background.not-continued")
def test_what_is_not_done_cannot_be_continued(service: Service) -> None:
    previous = at(_begin(service), "/id", str)
    service.ask(HELLO, previous_response_id=previous).require_status(400)


@pytest.mark.codex("responses.background.flag")
def test_a_response_tells_that_it_is_in_the_background(service: Service) -> None:
    flag = at(_begin(service), "/background")
    require(flag is True, expected="background: true", found=flag)


def _begin(service: Service) -> dict[str, Any]:
    response: dict[str, Any] = at(service.ask(STORY, background=True).require_status(200).json, "", dict)
    return response


def _of(service: Service, response: Any, operation_id: str = "retrieveResponse") -> Answer:
    return service.call(operation_id, path={"response_id": at(response, "/id", str)})


def _states(service: Service, response: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a response as it is seen, from now to its end."""
    found = [response]
    while found[-1].get("status") in _WORKING:
        require(len(found) < _MOST_POLLS, expected="an end", found=found[-1])
        _let_time_pass(service)
        found.append(at(_of(service, response).require_status(200).json, "", dict))
    return found


def _let_time_pass(service: Service) -> None:
    """Wait a little, where the clock of the server cannot be moved."""
    if service.http.world.control_url is None:
        time.sleep(_PAUSE)
    else:
        service.http.world.advance(0.1)
