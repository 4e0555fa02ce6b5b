"""The comparison finds what differs, and lets pass what the protocol leaves open."""

from __future__ import annotations

import pytest
from parity import Case, Difference, Listed, compare, unlisted

THREAD = {"threadId": "<thread-1>"}
IDLE = {"method": "thread/status/changed", "params": {**THREAD, "status": {"type": "idle"}}}
UNLOADED = {"method": "thread/status/changed", "params": {**THREAD, "status": {"type": "notLoaded"}}}
WAITING = {"method": "thread/status/changed", "params": {**THREAD, "status": {"type": "active", "activeFlags": ["x"]}}}
STARTED = {"method": "turn/started", "params": {**THREAD, "turn": {"id": "<turn-1>"}}}
COMPLETED = {"method": "turn/completed", "params": {**THREAD, "turn": {"id": "<turn-1>"}}}
ITEM = {"method": "item/completed", "params": {**THREAD, "item": {"type": "plan", "id": "<item-1>"}}}
OTHER_ITEM = {"method": "item/completed", "params": {**THREAD, "item": {"type": "plan", "id": "<item-2>"}}}
OUTPUT = {"method": "item/commandExecution/outputDelta", "params": {**THREAD, "itemId": "<item-1>", "delta": "ok"}}
NAMED = {"method": "thread/name/updated", "params": {**THREAD, "threadName": "x"}}
START = {"id": 1, "method": "turn/start", "params": THREAD}
START_ANSWER = {"id": 1, "result": {"turn": {"id": "<turn-1>"}}}
INTERRUPT = {"id": 3, "method": "turn/interrupt", "params": THREAD}
INTERRUPT_ANSWER = {"id": 3, "result": {}}
SET_NAME = {"id": 2, "method": "thread/name/set", "params": THREAD}
SET_NAME_ANSWER = {"id": 2, "result": {}}
QUESTION = {"id": 0, "method": "item/fileChange/requestApproval", "params": {**THREAD, "itemId": "<item-1>"}}
DECISION = {"id": 0, "result": {"decision": "accept"}}
RESOLVED = {"method": "serverRequest/resolved", "params": {**THREAD, "requestId": 0}}

CASE = Case(name="a case", about="", steps=[])
PARALLEL = Case(name="a case", about="", steps=[], parallel=True)


def said(*messages, by_client=(START, INTERRUPT, SET_NAME, DECISION)):
    return {"a": [{"->" if message in by_client else "<-": message} for message in messages]}


def changed(message, **params):
    return {**message, "params": {**message["params"], **params}}


FOUND = {
    "a message that is missing": (said(STARTED, COMPLETED), said(STARTED), "turn/completed does not come here"),
    "a message too many": (said(STARTED), said(STARTED, COMPLETED), "turn/completed comes here"),
    "another value": (said(STARTED), said(changed(STARTED, turn={"id": "<turn-2>"})), "turn/started.params.turn.id"),
    "a missing key": (said(STARTED), said({**STARTED, "params": THREAD}), "turn/started.params.turn"),
    "another length of a list": (
        said(changed(IDLE, l=[1])),
        said(changed(IDLE, l=[])),
        "thread/status/changed.params.l",
    ),
    "the order in a thread": (said(ITEM, COMPLETED), said(COMPLETED, ITEM), "turn/completed comes here"),
    "an answer after what it brings about": (
        said(INTERRUPT, INTERRUPT_ANSWER, COMPLETED),
        said(INTERRUPT, COMPLETED, INTERRUPT_ANSWER),
        "turn/completed comes here",
    ),
    "flags outside of their turn": (
        said(STARTED, WAITING, COMPLETED),
        said(STARTED, COMPLETED, WAITING),
        "the place of turn/completed comes here",
    ),
    "an item before the decision about it": (
        said(QUESTION, DECISION, ITEM),
        said(QUESTION, ITEM, DECISION),
        "item/completed plan <item-1> comes here",
    ),
    "a status that is told twice": (said(IDLE), said(IDLE, IDLE), "thread/status/changed comes here"),
    "other output of a command": (
        said(OUTPUT),
        said(changed(OUTPUT, delta="x")),
        "item/commandExecution/outputDelta <item-1>.params.delta",
    ),
    "a connection that hears nothing": (said(STARTED), {}, "turn/started does not come here"),
}

PASSED = {
    "an answer before or after a notification that all get": (
        said(SET_NAME, SET_NAME_ANSWER, NAMED),
        said(SET_NAME, NAMED, SET_NAME_ANSWER),
    ),
    "a turn that starts before the answer says so": (
        said(START, START_ANSWER, STARTED),
        said(START, STARTED, START_ANSWER),
    ),
    "flags before or after the end of an item": (said(STARTED, WAITING, ITEM), said(STARTED, ITEM, WAITING)),
    "a thread that leaves memory twice": (said(UNLOADED), said(UNLOADED, UNLOADED)),
    "output of a command that is not told as it comes": (said(OUTPUT, ITEM), said(ITEM)),
    "a late decision": (said(QUESTION, RESOLVED, DECISION, ITEM), said(QUESTION, RESOLVED, ITEM, DECISION)),
    "another cursor": (
        said({"id": 2, "result": {"nextCursor": "<cursor-1>"}}),
        said({"id": 2, "result": {"nextCursor": "<cursor-2>"}}),
    ),
}


@pytest.mark.parametrize(("real", "mock", "at"), FOUND.values(), ids=FOUND)
def test_a_difference_is_found(real, mock, at) -> None:
    assert at in [difference.at for difference in compare(CASE, real, mock)]


@pytest.mark.parametrize(("real", "mock"), PASSED.values(), ids=PASSED)
def test_what_is_open_passes(real, mock) -> None:
    assert compare(CASE, real, mock) == []


def test_the_order_of_items_is_open_only_where_they_run_beside_each_other() -> None:
    real, mock = said(ITEM, OTHER_ITEM), said(OTHER_ITEM, ITEM)

    assert compare(PARALLEL, real, mock) == []
    assert compare(CASE, real, mock) != []


def test_chancy_notifications_are_not_compared() -> None:
    case = Case(name="a case", about="", steps=[], chancy=["thread/name/updated"])

    assert compare(case, said(STARTED, NAMED), said(STARTED)) == []


LISTED = Listed(cases=("a case",), at="turn/*.status", reason="because")
ELSEWHERE = Listed(cases=("another case",), at="*", reason="because")
OLDER = Listed(cases=("a case",), at="*", reason="because", releases=("0.141.0",))


def test_a_listed_difference_passes_where_it_is_listed() -> None:
    found = [Difference("turn/completed.status", 1, 2), Difference("turn/completed.items", 1, 2)]

    assert unlisted([LISTED, ELSEWHERE, OLDER], CASE, "0.169.0", found) == (found[1:], [])


def test_a_listed_difference_that_is_gone_is_stale() -> None:
    assert unlisted([LISTED, ELSEWHERE, OLDER], CASE, "0.169.0", []) == ([], [LISTED])
