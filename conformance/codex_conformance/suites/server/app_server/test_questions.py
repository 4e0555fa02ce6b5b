"""What the model asks of the user, and of the client's own tools."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import items_of
from codex_conformance.suites.server.app_server._scenes import IN_PLAN_MODE, begin, call, message
from codex_conformance.suites.server.app_servers import AppServers

Json = dict[str, Any]

_PERMISSIONS: Json = {"network": {"enabled": True}}
_WISHES = Setup(
    settings={
        "approval_policy": "on-request",
        "sandbox_mode": "workspace-write",
        "features.request_permissions_tool": True,
    },
    model=[
        {"say": [call("request_permissions", reason="For the net", permissions=_PERMISSIONS)]},
        message("Thanks."),
    ],
)
_SCHEMA: Json = {"type": "object", "properties": {"place": {"type": "string"}}}

#: What is no good as a tool of the client.
_NO_TOOLS: dict[str, list[Json]] = {
    "no-name": [{"name": ""}],
    "name-with-blank": [{"name": "a b"}],
    "twice": [{"name": "l"}, {"name": "l"}],
    "reserved": [{"name": "mcp__x"}],
}


def _tool(client: AppServerProbe, **fields: Any) -> Json:
    """Return a tool of the client, as the release spells it."""
    kind = {"type": "function"} if "oneOf" in client.contract.definition("DynamicToolSpec") else {}
    return {**kind, "name": "lookup", "description": "Looks a tide up", "inputSchema": _SCHEMA, **fields}


@pytest.fixture
def called(client: AppServerProbe) -> Json:
    """Return the call of a tool of the client, in a turn that waits for it."""
    begin(client, client.thread(dynamicTools=[_tool(client)]), "look up")
    return client.wait_for("item/tool/call")


@pytest.mark.codex("app-server.question.user-input")
def test_the_user_is_asked(client: AppServerProbe) -> None:
    begin(client, client.thread(), "ask", **IN_PLAN_MODE)
    question = client.wait_for("item/tool/requestUserInput")
    asked = [(each.get("id"), each.get("question")) for each in at(question, "/params/questions", list)]
    require(asked == [("where", "Where?")], expected="the question of the model", found=asked)
    client.reply(question["id"], {"answers": {"where": {"answers": ["Here"]}}})
    turn = client.wait_for("turn/completed")["params"]["turn"]
    require(turn.get("status") == "completed", expected="completed", found=turn)


@pytest.mark.codex("app-server.question.refused")
def test_a_question_that_is_not_answered_does_not_end_the_turn(client: AppServerProbe) -> None:
    begin(client, client.thread(), "ask", **IN_PLAN_MODE)
    client.refuse(client.wait_for("item/tool/requestUserInput")["id"])
    turn = client.wait_for("turn/completed")["params"]["turn"]
    require(turn.get("status") == "completed", expected="completed", found=turn)


@pytest.mark.codex("app-server.question.waiting-flag")
def test_the_thread_waits_for_the_user(client: AppServerProbe) -> None:
    thread_id = client.thread()
    begin(client, thread_id, "ask", **IN_PLAN_MODE)
    client.wait_for("item/tool/requestUserInput")
    flags = at(client.ask("thread/read", {"threadId": thread_id}), "/thread/status/activeFlags")
    require(flags == ["waitingOnUserInput"], expected="the flag waitingOnUserInput", found=flags)


@pytest.mark.codex("app-server.question.plan-mode-only")
def test_nobody_is_asked_outside_of_plan_mode(client: AppServerProbe) -> None:
    turn = client.turn(client.thread(), "ask")
    found = (turn.get("status"), client.notifications("item/tool/requestUserInput"))
    require(found == ("completed", []), expected="a turn without a question", found=found)


@pytest.mark.codex("app-server.question.permissions")
def test_permissions_are_asked_for(app_servers: AppServers) -> None:
    client = app_servers.client(_WISHES)
    begin(client, client.thread())
    question = client.wait_for("item/permissions/requestApproval")
    wanted = at(question, "/params/permissions/network")
    require(wanted == {"enabled": True}, expected="the network", found=question)
    client.reply(question["id"], {"permissions": _PERMISSIONS, "scope": "turn"})
    turn = client.wait_for("turn/completed")["params"]["turn"]
    require(turn.get("status") == "completed", expected="completed", found=turn)


@pytest.mark.codex("app-server.tool.called")
def test_a_tool_of_the_client_is_called_with_its_arguments(called: Json) -> None:
    found = (at(called, "/params/tool"), at(called, "/params/arguments"))
    require(found == ("lookup", {"place": "here"}), expected="lookup with the arguments of the model", found=found)


@pytest.mark.codex("app-server.tool.answered")
def test_the_answer_of_a_tool_reaches_its_item(client: AppServerProbe, called: Json) -> None:
    said = [{"type": "inputText", "text": "at six"}]
    client.reply(called["id"], {"contentItems": said, "success": True})
    client.wait_for("turn/completed")
    found = [(item.get("status"), item.get("contentItems")) for item in items_of(client, "dynamicToolCall")]
    require(found == [("completed", said)], expected="one dynamicToolCall with the answer", found=found)


@pytest.mark.codex("app-server.tool.failed")
@pytest.mark.parametrize("answer", ["no-success", "error", "malformed"])
def test_a_tool_that_fails_does_not_end_the_turn(client: AppServerProbe, called: Json, answer: str) -> None:
    answers: dict[str, Json] = {
        "no-success": {"result": {"contentItems": [{"type": "inputText", "text": "no tide"}], "success": False}},
        "error": {"error": {"code": -32000, "message": "no"}},
        "malformed": {"result": {"nonsense": True}},
    }
    client.send({"id": called["id"], **answers[answer]}, misuse=True)
    turn = client.wait_for("turn/completed")["params"]["turn"]
    found = (turn.get("status"), [item.get("status") for item in items_of(client, "dynamicToolCall")])
    require(found == ("completed", ["failed"]), expected="a completed turn with a failed call", found=found)


@pytest.mark.codex("app-server.tool.no-good")
@pytest.mark.parametrize("tools", _NO_TOOLS)
def test_tools_that_are_no_good_are_refused(client: AppServerProbe, tools: str) -> None:
    client.refusal("thread/start", {"dynamicTools": [_tool(client, **each) for each in _NO_TOOLS[tools]]})
