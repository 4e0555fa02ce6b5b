"""Following a conversation: each answer is checked against the request that it answers."""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas import Problem
from codex_schemas.app_server import Conversation, load

CONTRACT = load("0.169.0", experimental=True)
APPROVAL = {"threadId": "t", "turnId": "u", "itemId": "i", "startedAtMs": 1}


def request(number: Any, method: str, params: Any = None) -> dict[str, Any]:
    return {"id": number, "method": method} | ({} if params is None else {"params": params})


def violations(*said: tuple[str, Any]) -> list[str]:
    """Return what is wrong with the messages of a conversation, each with its position."""
    conversation = Conversation(CONTRACT)
    return [
        f"{position} {violation}"
        for position, (sender, message) in enumerate(said)
        for violation in conversation.violations(message, sender)  # type: ignore[arg-type]
    ]


def test_a_right_conversation_has_no_violation() -> None:
    initialize = {"clientInfo": {"name": "c", "version": "1"}}
    info = {"userAgent": "c", "codexHome": "/home", "platformFamily": "unix", "platformOs": "linux"}

    assert (
        violations(
            ("client", request(1, "initialize", initialize)),
            ("server", {"id": 1, "result": info}),
            ("client", {"method": "initialized"}),
            ("client", request("logout", "account/logout")),
            ("client", request(2, "thread/read", {"threadId": "none"})),
            ("server", {"error": {"code": -32600, "message": "no such thread"}, "id": 2}),
            ("server", request(1, "item/fileChange/requestApproval", APPROVAL)),
            ("client", {"id": 1, "result": {"decision": "accept"}}),
            ("server", {"id": "logout", "result": {}}),
        )
        == []
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            [("client", request(1, "account/read", {})), ("server", {"id": 1, "result": {}})],
            ["1 account/read result at /result: expected the field 'requiresOpenaiAuth', found only []"],
            id="a result that does not fit its request",
        ),
        pytest.param(
            [
                ("client", request(1, "account/read", {})),
                ("client", request("1", "account/logout")),
                ("server", {"id": "1", "result": {}}),
            ],
            [],
            id="a number and a text are two ids",
        ),
        pytest.param(
            [
                ("client", request(1, "account/logout")),
                ("server", request(1, "item/fileChange/requestApproval", APPROVAL)),
                ("client", {"id": 1, "result": {}}),
            ],
            ["2 item/fileChange/requestApproval result at /result: expected the field 'decision', found only []"],
            id="both sides count their own ids",
        ),
        pytest.param(
            [("client", request(1, "account/logout")), ("server", {"id": 2, "result": {}})],
            ["1 answer at /id: expected the id of a request of the client, found 2"],
            id="an answer that nobody asked for",
        ),
        pytest.param(
            [("client", request(1, "account/logout")), ("client", {"id": 1, "result": {}})],
            ["1 answer at /id: expected the id of a request of the server, found 1"],
            id="an answer to oneself",
        ),
        pytest.param(
            [
                ("server", request(0, "item/fileChange/requestApproval", APPROVAL)),
                ("client", {"id": 0, "result": {"decision": "accept"}}),
                ("client", {"id": 0, "result": {"decision": "decline"}}),
            ],
            [],
            id="two clients may answer",
        ),
        pytest.param(
            [("server", {"id": 7})],
            ["0 message at /: expected the field 'method', 'result' or 'error', found only [\"id\"]"],
            id="an id alone",
        ),
        pytest.param([("server", [1])], ["0 message at /: expected an object, found [1]"], id="no object"),
        pytest.param(
            [("server", {"id": {}, "result": 1})],
            ["0 result at /id: expected string or integer, found {}"],
            id="an id that is no id",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_happens(said: list[tuple[str, Any]], expected: list[str]) -> None:
    assert violations(*said) == expected


def test_an_answer_to_a_wrong_request_is_not_wrong_again() -> None:
    said = [("client", request(1, "turn/started", {})), ("server", {"id": 1, "result": 5})]

    (violation,) = violations(*said)

    assert violation.startswith("0 message at /method")


def test_nobody_else_speaks() -> None:
    with pytest.raises(Problem, match="client or server as its sender"):
        violations(("nobody", {"id": 1, "result": {}}))
