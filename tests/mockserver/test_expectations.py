"""Comparing the journal with expectations: what holds, what does not, and what came closest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codex_mockserver.expectations import Difference, Expectation, verify
from codex_mockserver.journal import Journal
from codex_schemas import Problem


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    for operation, path, body in (
        ("requestUserCode", "/api/accounts/deviceauth/usercode", {"client_id": "app"}),
        ("createResponse", "/v1/responses", {"model": "gpt-5.5", "input": [{"role": "user"}]}),
        ("createResponse", "/v1/responses", {"model": "gpt-5.5", "input": []}),
    ):
        exchange = journal.open("POST", path, "a=1&b=", {"authorization": "Bearer sk-secret-secret-secret"})
        exchange.operation = operation
        exchange.received(json.dumps(body).encode())
        exchange.answered(200, {})
    return journal


@pytest.mark.parametrize(
    "wanted",
    [
        {"operation": "createResponse"},
        {"operation": "createResponse", "times": 2},
        {"path": "/v1/", "method": "POST", "status": 200, "times": 2},
        {"query": {"a": "^1$", "c": None}},
        {"header": {"Authorization": "Bearer"}},
        {"body": {"/input/0/role": "user"}, "times": 1},
        {"operation": "readUsage", "times": 0},
        {"operation": "createResponse", "at_least": 2},
        {"operation": "createResponse", "at_most": 2},
        {"operation": "createResponse", "at_least": 1, "at_most": 3},
        {"operation": "readUsage", "at_most": 1},
        {"operation": "readUsage", "at_least": 0},
    ],
    ids=json.dumps,
)
def test_it_holds(journal: Journal, wanted: dict[str, Any]) -> None:
    assert verify(journal, [Expectation(**wanted)]) == []


@pytest.mark.parametrize(
    ("wanted", "closest", "difference"),
    [
        ({"operation": "createResponse", "status": 429}, 2, Difference("status", 429, 200)),
        ({"operation": "createResponse", "body": {"/model": "o3"}}, 2, Difference("body /model", "o3", "gpt-5.5")),
        ({"operation": "requestUserCode", "body": {"/scope": "x"}}, 1, Difference("body /scope", "x", None)),
        ({"operation": "createResponse", "query": {"a": "2"}}, 2, Difference("query a", "2", "1")),
        ({"operation": "createResponse", "query": {"a": None}}, 2, Difference("query a", None, "1")),
        ({"operation": "createResponse", "header": {"x-id": "."}}, 2, Difference("header x-id", ".", None)),
        ({"path": "/v2/", "method": "POST"}, 1, Difference("path", "/v2/", "/api/accounts/deviceauth/usercode")),
        ({"operation": "readUsage"}, 1, Difference("operation", "readUsage", "requestUserCode")),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_a_miss_names_what_came_closest(
    journal: Journal, wanted: dict[str, Any], closest: int, difference: Any
) -> None:
    (miss,) = verify(journal, [Expectation(**wanted)])

    assert (miss.closest, miss.differences) == (closest, [difference])
    assert str(miss).startswith("expected at least one such request, found 0 (closest is exchange")


def test_too_many_names_the_first_too_many(journal: Journal) -> None:
    (miss,) = verify(journal, [Expectation(operation="createResponse", times=1)])

    assert (miss.expected, miss.found, miss.closest) == ("1 such request", "2", 3)


@pytest.mark.parametrize(
    ("counts", "expected", "closest"),
    [
        ({"at_least": 3}, "at least 3 such requests", 1),
        ({"at_least": 3, "at_most": 5}, "3 to 5 such requests", 1),
        ({"at_most": 1}, "at most 1 such request", 3),
        ({"at_least": 1, "at_most": 1}, "1 such request", 3),
        ({"at_most": 0}, "no such request", 2),
        ({"times": 3}, "3 such requests", 1),
    ],
    ids=json.dumps,
)
def test_a_miss_names_the_bounds(journal: Journal, counts: dict[str, int], expected: str, closest: int) -> None:
    """Of too few it names the closest other exchange, of too many the first too many."""
    (miss,) = verify(journal, [Expectation(operation="createResponse", **counts)])

    assert (miss.expected, miss.found, miss.closest) == (expected, "2", closest)


@pytest.mark.parametrize(
    ("impossible", "told"),
    [
        ({"times": 1, "at_least": 1}, "expected times alone, or bounds, found times: 1 and at_least: 1"),
        ({"at_least": 3, "at_most": 2}, "found at_least: 3 and at_most: 2"),
        ({"at_most": -1}, "found at_most: -1"),
        ({"path": "("}, "/expect/1/path: expected a regular expression"),
        ({"header": {"x": "*"}}, "/expect/1/header/x"),
    ],
    ids=json.dumps,
)
def test_what_can_never_hold_is_refused(journal: Journal, impossible: dict[str, Any], told: str) -> None:
    with pytest.raises(Problem) as refused:
        verify(journal, [Expectation(operation="createResponse"), Expectation(**impossible)])

    assert told in str(refused.value)


def test_what_must_never_come_is_a_miss_when_it_came(journal: Journal) -> None:
    assert verify(journal, never=[Expectation(operation="readUsage")]) == []

    (miss,) = verify(journal, never=[Expectation(operation="createResponse")])

    assert (miss.expected, miss.found, miss.closest) == ("no such request", "2", 2)


def test_an_order_is_kept_or_not(journal: Journal) -> None:
    login, turn = Expectation(operation="requestUserCode"), Expectation(operation="createResponse")

    assert verify(journal, [login, turn, turn], in_order=True) == []
    assert verify(journal, [turn, login]) == []
    (miss,) = verify(journal, [turn, login], in_order=True)
    assert (miss.expected, miss.closest) == ("such a request after exchange 2", 1)


def test_what_need_not_come_has_no_place_in_an_order(journal: Journal) -> None:
    turn, usage = Expectation(operation="createResponse"), Expectation(operation="readUsage", at_most=1)

    assert verify(journal, [usage, turn, usage], in_order=True) == []


def test_a_secret_is_not_repeated(journal: Journal) -> None:
    (miss,) = verify(journal, [Expectation(header={"authorization": "^Basic"})])

    assert "secret" not in str(miss)


def test_an_empty_journal_has_nothing_close() -> None:
    (miss,) = verify(Journal(), [Expectation(operation="createResponse")])

    assert str(miss) == "expected at least one such request, found 0"
