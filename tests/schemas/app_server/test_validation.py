"""Checking messages: each against the branch that its method names, with errors that a person understands."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from codex_schemas import ContractError, Problem
from codex_schemas.app_server import AppServerContract, latest, load, versions
from codex_schemas.app_server.references import document_of
from codex_schemas.document import read_data

RELEASE = load("0.169.0", experimental=True)
TEXT = {"type": "text", "text": "hello", "text_elements": []}
MESSAGE = {"type": "agentMessage", "id": "one", "text": "hello"}


def turn_start(**params: Any) -> dict[str, Any]:
    return {"id": 1, "method": "turn/start", "params": {"threadId": "t", "input": [TEXT], **params}}


def item_completed(item: dict[str, Any], **beside: Any) -> dict[str, Any]:
    params = {"threadId": "t", "turnId": "u", "completedAtMs": 1, "item": item}
    return {"method": "item/completed", "params": params, **beside}


@pytest.mark.parametrize(
    ("message", "sender"),
    [
        pytest.param(turn_start(), "client", id="request"),
        pytest.param({**turn_start(), "jsonrpc": "2.0", "brandNew": 1}, "client", id="unknown members of the envelope"),
        pytest.param(turn_start(brandNew=1), "client", id="unknown params"),
        pytest.param({"id": "", "method": "account/logout"}, "client", id="request without params"),
        pytest.param({"id": -1, "method": "account/logout", "params": None}, "client", id="null for no params"),
        pytest.param({"method": "initialized"}, "client", id="notification of the client"),
        pytest.param(item_completed(MESSAGE, emittedAtMs=5), "server", id="notification of the server"),
        pytest.param({"id": 1, "result": {}}, "server", id="answer to an unknown request"),
        pytest.param({"error": {"code": -32600, "message": "no", "data": [1]}, "id": 1}, "server", id="refusal"),
        pytest.param({"id": 3, "method": "getAuthStatus", "params": {}}, "client", id="only in the TypeScript output"),
    ],
)
def test_a_right_message_has_no_violation(message: Any, sender: Any) -> None:
    assert RELEASE.validate(message, sender) == []
    RELEASE.check(message, sender)


@pytest.mark.parametrize(
    ("message", "sender", "expected"),
    [
        pytest.param(
            turn_start(threadId=5),
            "client",
            ["turn/start at /params/threadId: expected string, found 5"],
            id="a param of another type",
        ),
        pytest.param(
            turn_start(sandboxPolicy={"type": "workspaceWrite", "networkAccess": "yes"}, threadId=5),
            "client",
            [
                "turn/start at /params/threadId: expected string, found 5",
                'SandboxPolicy[workspaceWrite] at /params/sandboxPolicy/networkAccess: expected boolean, found "yes"',
            ],
            id="two, the outer first",
        ),
        pytest.param(
            {**turn_start(), "params": None},
            "client",
            ["turn/start at /params: expected object, found null"],
            id="null for params",
        ),
        pytest.param(
            {"id": 1, "method": "turn/start"},
            "client",
            ['turn/start at /: expected the field \'params\', found only ["id", "method"]'],
            id="no params",
        ),
        pytest.param(
            {**turn_start(), "id": 1.5},
            "client",
            ["turn/start at /id: expected string or integer, found 1.5"],
            id="an id that is no id",
        ),
        pytest.param(
            item_completed(MESSAGE, id=1),
            "server",
            ["item/completed at /id: expected nothing here, found 1"],
            id="an id beside a notification",
        ),
        pytest.param(
            item_completed(MESSAGE, emittedAtMs="now"),
            "server",
            ['item/completed at /emittedAtMs: expected integer, found "now"'],
            id="a shared member of another type",
        ),
        pytest.param(
            item_completed({**MESSAGE, "text": 5}),
            "server",
            ["ThreadItem[agentMessage] at /params/item/text: expected string, found 5"],
            id="a field of a variant",
        ),
        pytest.param(
            {"id": 1, "method": "review/start", "params": {"threadId": "t", "target": {"type": "all", "sha": 5}}},
            "client",
            [
                (
                    "ReviewTarget at /params/target/type: "
                    'expected one of ["baseBranch", "commit", "custom", "uncommittedChanges"], found "all"'
                )
            ],
            id="a variant that is not known",
        ),
        pytest.param(
            {"id": 1, "method": "thread/list", "params": {"sortDirection": "up"}},
            "client",
            ['thread/list at /params/sortDirection: expected one of ["asc", "desc"], found "up"'],
            id="a value that is not known",
        ),
        pytest.param(
            {"id": 1, "error": {"code": "x", "message": "no"}},
            "server",
            ['error at /error/code: expected integer, found "x"'],
            id="a refusal",
        ),
        pytest.param(
            {"id": 1},
            "server",
            ["message at /: expected the field 'method', 'result' or 'error', found only [\"id\"]"],
            id="neither call nor answer",
        ),
        pytest.param([], "server", ["message at /: expected an object, found []"], id="no object"),
    ],
)
def test_a_wrong_message_is_told_by_its_branch(message: Any, sender: Any, expected: list[str]) -> None:
    assert [str(violation) for violation in RELEASE.validate(message, sender)] == expected


def test_two_wrong_fields_give_two_violations_where_a_plain_validator_gives_hundreds() -> None:
    message = item_completed({"type": "agentMessage", "id": 5, "text": 6})
    plain = jsonschema.Draft7Validator({**document_of(RELEASE.emitted), "$ref": "#/definitions/ServerNotification"})

    def leaves(error: Any) -> Iterator[Any]:
        yield from (leaf for inner in error.context for leaf in leaves(inner)) if error.context else (error,)

    assert len([leaf for error in plain.iter_errors(message) for leaf in leaves(error)]) > 300
    assert [str(violation) for violation in RELEASE.validate(message, "server")] == [
        "ThreadItem[agentMessage] at /params/item/id: expected string, found 5",
        "ThreadItem[agentMessage] at /params/item/text: expected string, found 6",
    ]


@pytest.mark.parametrize(
    ("contract", "method", "sender", "told"),
    [
        pytest.param(RELEASE, "turn/strat", "client", r'such as turn/start, .*found "turn/strat"$', id="misspelt"),
        pytest.param(RELEASE, "turn/start", "server", "which the client sends$", id="of the other side"),
        pytest.param(
            load("0.169.0"), "project/list", "client", "which needs the experimental API$", id="experimental only"
        ),
        pytest.param(RELEASE, "thread/rollback", "client", r"from 0\.79\.0 to 0\.155\.\d$", id="of other releases"),
        pytest.param(RELEASE, None, "client", "found null$", id="no text"),
    ],
)
def test_an_unknown_method_is_told_with_where_it_is_known(
    contract: AppServerContract, method: Any, sender: Any, told: str
) -> None:
    (violation,) = contract.validate({"id": 1, "method": method, "params": {}}, sender)

    assert violation.path == "/method"
    assert re.search(told, str(violation))


@pytest.mark.parametrize(
    ("answer", "sender", "answers", "expected"),
    [
        pytest.param(
            {"id": 1, "result": {"turn": None}},
            "server",
            "turn/start",
            "turn/start result at /result/turn",
            id="result",
        ),
        pytest.param({"id": 1, "error": None}, "server", "turn/start", "turn/start error at /error", id="error"),
        pytest.param(
            {"id": 1, "result": {}},
            "client",
            "turn/start",
            "turn/start at /: expected an answer of the server",
            id="of the asker",
        ),
        pytest.param(
            {"id": 1, "result": {"decision": "perhaps"}},
            "client",
            "item/fileChange/requestApproval",
            "item/fileChange/requestApproval result at /result/decision",
            id="of the client",
        ),
    ],
)
def test_an_answer_is_checked_against_its_request(answer: Any, sender: Any, answers: str, expected: str) -> None:
    assert str(RELEASE.validate(answer, sender, answers=answers)[0]).startswith(expected)


def test_check_raises_with_every_violation() -> None:
    with pytest.raises(ContractError, match="checking turn/start at /params/input") as caught:
        RELEASE.check(turn_start(threadId=5, input=5), "client")

    assert [violation.path for violation in caught.value.violations] == ["/params/input", "/params/threadId"]


@pytest.mark.parametrize(
    ("sender", "answers", "told"),
    [("nobody", None, "client or server as its sender"), ("server", "turn/strat", "Closest: turn/start")],
    ids=["no side", "no method"],
)
def test_wrong_use_is_told(sender: Any, answers: str | None, told: str) -> None:
    with pytest.raises(Problem, match=told):
        RELEASE.validate({"id": 1, "result": {}}, sender, answers=answers)


@pytest.mark.parametrize(
    "message",
    [
        None,
        True,
        "{}",
        {"method": {}},
        {"method": "turn/start", "id": {}, "params": []},
        {"id": [], "result": {}},
        {"error": "no"},
        {"id": float("nan"), "method": "turn/start", "params": {"threadId": float("inf"), "input": 2**80}},
        turn_start(threadId=json.loads("[" * 900 + "]" * 900)),
    ],
    ids=["null", "boolean", "text", "method", "params", "id", "error", "odd numbers", "deep"],
)
def test_whatever_comes_is_told_and_never_raises(message: Any) -> None:
    for sender in ("client", "server"):
        assert RELEASE.validate(message, sender)


def mutations(value: Any) -> Iterator[Any]:
    """Yield a message with each part in turn left out, nulled and retyped, at any depth."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        for other in (None, 12.5, "odd", [], {}, True, *mutations(part)):
            changed = copy.copy(value)
            changed[key] = other
            yield changed
        if isinstance(value, dict):
            yield {name: each for name, each in value.items() if name != key}


@pytest.mark.parametrize(
    ("message", "union"),
    [
        (turn_start(sandboxPolicy={"type": "workspaceWrite", "writableRoots": ["/"]}), "ClientRequest"),
        ({"id": 1, "method": "account/login/start", "params": {"type": "apiKey", "apiKey": "k"}}, "ClientRequest"),
        (item_completed(MESSAGE), "ServerNotification"),
        (item_completed({"type": "userMessage", "id": "x", "content": [TEXT]}), "ServerNotification"),
    ],
    ids=["turn/start", "account/login/start", "agentMessage", "userMessage"],
)
def test_the_verdict_is_that_of_the_whole_union(message: Any, union: str) -> None:
    plain = jsonschema.Draft7Validator({**document_of(RELEASE.emitted), "$ref": f"#/definitions/{union}"})
    sender: Any = "client" if union.startswith("Client") else "server"

    differing = [each for each in mutations(message) if plain.is_valid(each) == bool(RELEASE.validate(each, sender))]

    assert plain.is_valid(message)
    assert differing == []


@pytest.mark.parametrize("version", [versions()[0], "0.106.0", latest()])
def test_every_branch_of_a_release_can_be_checked(version: str) -> None:
    contract = load(version, experimental=True)

    for method in contract.methods.values():
        message = {"method": method.name} | ({"id": 1} if method.kind == "request" else {})
        wrong = contract.validate(message, method.sender)
        assert bool(wrong) == method.params_required, method.name
        answerer: Any = "server" if method.sender == "client" else "client"
        if method.kind == "request":
            assert contract.validate({"id": 1, "result": 5}, answerer, answers=method.name), method.name


DEVIATIONS = read_data("app_server", "deviations.json")["deviations"]


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation["type"])
def test_a_deviation_names_what_its_releases_emit(deviation: dict[str, Any]) -> None:
    order = versions()
    first, last = order.index(deviation["since"]), order.index(deviation["until"] or latest())

    for version in (order[first], order[last]):
        part = load(version, experimental=True).emitted[deviation["type"]]
        for step in deviation["path"]:
            part = part[step]
        assert part == deviation["emitted"]


@pytest.mark.parametrize("version", ["0.140.0", "0.141.0", "0.169.0"])
def test_a_tool_may_be_plain_as_the_binaries_take_it(version: str) -> None:
    contract = load(version, experimental=True)
    tool = {"name": "lookup", "description": "Looks up", "inputSchema": {}}
    start = {"id": 1, "method": "thread/start", "params": {"dynamicTools": [tool]}}

    assert contract.validate(start, "client") == []
    start["params"]["dynamicTools"] = [{**tool, "name": 5}]
    assert [violation.path for violation in contract.validate(start, "client")] == ["/params/dynamicTools/0/name"]
