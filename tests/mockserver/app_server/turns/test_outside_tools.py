"""The client's own tools, and those of MCP servers."""

from __future__ import annotations

import pytest

DONE = [{"message": "Done."}]
TOOL = {"type": "function", "name": "lookup", "description": "d", "inputSchema": {"type": "object"}}
CALL = [{"function_call": {"name": "lookup", "arguments": {"q": 1}}}]


def mcp(**outcome):
    return [{"function_call": {"name": "add", "namespace": "mcp__tiny", "arguments": {"a": 1}, **outcome}}]


def test_the_client_carries_out_its_tool(conversation, items, told):
    talk = conversation(CALL, DONE, dynamicTools=[TOOL])
    asked = talk.turn()
    content = [{"type": "inputText", "text": "yes"}]
    messages = talk.reply(asked[-1], {"contentItems": content, "success": True})

    assert told(asked)[-2:] == ["item/started dynamicToolCall", "item/tool/call"]
    assert asked[-1]["params"]["arguments"] == {"q": 1}
    (item,) = items(messages, "dynamicToolCall")
    assert (item["status"], item["success"], item["contentItems"]) == ("completed", True, content)
    assert "serverRequest/resolved" not in told(messages)
    assert talk.outputs() == ["yes"]


def test_a_tool_may_have_no_type(conversation):
    bare = {name: value for name, value in TOOL.items() if name != "type"}

    assert conversation(CALL, dynamicTools=[bare]).turn()[-1]["method"] == "item/tool/call"


def test_a_tool_may_stand_in_a_namespace(conversation):
    tools = [{"type": "namespace", "name": "mine", "description": "d", "tools": [TOOL]}]
    request = conversation(CALL, dynamicTools=tools).turn()[-1]

    assert (request["params"]["namespace"], request["params"]["tool"]) == ("mine", "lookup")


@pytest.mark.parametrize(
    ("answer", "output"),
    [
        ({"contentItems": 5}, "dynamic tool response was invalid"),
        (None, "dynamic tool response was invalid"),
        ({"contentItems": [{"type": "inputText", "text": "no"}], "success": False}, "no"),
    ],
)
def test_a_tool_that_fails(conversation, items, answer, output):
    talk = conversation(CALL, DONE, dynamicTools=[TOOL])
    messages = talk.reply(talk.turn()[-1], answer)

    assert items(messages, "dynamicToolCall")[0]["status"] == "failed"
    assert talk.outputs() == [output]


def test_a_client_that_refuses_the_call(conversation, items):
    talk = conversation(CALL, DONE, dynamicTools=[TOOL])
    talk.client.refuse(talk.turn()[-1]["id"])

    assert items(talk.client.take(), "dynamicToolCall")[0]["success"] is False
    assert talk.outputs() == ["dynamic tool request failed"]


def test_several_content_items_reach_the_model_as_such(conversation):
    talk = conversation(CALL, DONE, dynamicTools=[TOOL])
    content = [{"type": "inputText", "text": "see"}, {"type": "inputImage", "imageUrl": "data:image/png;base64,AA"}]
    talk.reply(talk.turn()[-1], {"contentItems": content, "success": True})

    assert [part["type"] for part in talk.outputs()[0]] == ["input_text", "input_image"]


def test_calls_of_the_clients_tools_come_one_after_the_other(conversation):
    talk = conversation([*CALL, *CALL], DONE, dynamicTools=[TOOL])
    first = talk.turn()[-1]
    second = talk.reply(first, {"contentItems": [], "success": True})[-1]

    assert (first["method"], second["method"]) == ("item/tool/call", "item/tool/call")


@pytest.mark.parametrize(
    ("version", "ends"),
    [
        ("0.141.0", ["account/rateLimits/updated"]),
        ("0.169.0", ["item/completed dynamicToolCall", "thread/tokenUsage/updated", "account/rateLimits/updated"]),
    ],
)
@pytest.mark.parametrize("method", ["turn/interrupt", "thread/archive"])
def test_a_tool_whose_turn_is_interrupted(conversation, items, told, version, ends, method):
    talk = conversation(CALL, dynamicTools=[TOOL], version=version)
    asked = talk.turn()
    talk.ask(method, {"turnId": asked[-1]["params"]["turnId"]} if method == "turn/interrupt" else {})
    messages = talk.client.take()

    assert [name for name in told(messages) if name in ends] == ends
    assert "serverRequest/resolved" not in told(messages)
    assert [(item["status"], item["contentItems"]) for item in items(messages, "dynamicToolCall")] in (
        [],
        [("failed", [])],
    )
    assert talk.reply(asked[-1], {"contentItems": [], "success": True}) == []


def test_a_tool_that_nobody_has(conversation):
    talk = conversation(CALL, DONE)
    talk.turn()

    assert talk.outputs() == ["unsupported call: lookup"]


@pytest.mark.parametrize(("outcome", "output"), [({"output": {"a": 1}}, '{"a":1}'), ({"error": "broken"}, "broken")])
def test_a_tool_of_the_scenario_alone(conversation, outcome, output):
    call = {"function_call": {"name": "lookup", **outcome}}
    talk = conversation([call], DONE)
    talk.turn()

    assert talk.outputs() == [output]


@pytest.mark.parametrize(
    ("outcome", "status", "content", "error"),
    [
        ({"output": "1"}, "completed", [{"type": "text", "text": "1"}], None),
        (
            {"output": {"content": [{"type": "text", "text": "2"}], "isError": True}},
            "failed",
            [{"type": "text", "text": "2"}],
            None,
        ),
        ({"error": "no connection"}, "failed", None, {"message": "no connection"}),
    ],
    ids=["text", "error result", "error"],
)
def test_a_tool_of_an_mcp_server(conversation, items, outcome, status, content, error):
    (item,) = items(conversation(mcp(**outcome), DONE).turn(), "mcpToolCall")

    assert (item["server"], item["tool"], item["status"], item["error"]) == ("tiny", "add", status, error)
    assert (item["result"] and item["result"]["content"]) == content


def test_an_mcp_server_of_the_scenario_answers_itself(conversation, items):
    tool = {"description": "adds", "result": {"content": [{"type": "text", "text": "3"}]}}
    setup = {"app_server": {"account": None, "mcp_servers": {"tiny": {"tools": {"add": tool}}}}}
    gone = [{"function_call": {"name": "gone", "namespace": "mcp__tiny"}}]
    talk = conversation(mcp(), gone, DONE, scenario=setup)

    assert items(talk.turn(), "mcpToolCall")[0]["result"]["content"] == [{"type": "text", "text": "3"}]
    assert talk.outputs()[1] == "unsupported call: mcp__tinygone"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"action": "accept", "content": None, "_meta": None}, None),
        ({"action": "decline", "content": None, "_meta": None}, {"message": "user rejected MCP tool call"}),
        ({"action": "cancel", "content": None, "_meta": None}, {"message": "user cancelled MCP tool call"}),
        (None, {"message": "user rejected MCP tool call"}),
    ],
)
def test_an_mcp_tool_needs_approval(conversation, items, answer, error):
    talk = conversation(mcp(output="1"), DONE, approvalPolicy="on-request")
    request = talk.turn()[-1]
    messages = talk.reply(request, answer)

    assert request["params"]["message"] == 'Allow the tiny MCP server to run tool "add"?'
    assert items(messages, "mcpToolCall")[0]["error"] == error


def test_an_mcp_tool_is_allowed_for_the_session(conversation, items):
    talk = conversation(mcp(), mcp(), DONE, approvalPolicy="on-request")
    messages = talk.reply(talk.turn()[-1], {"action": "accept", "content": None, "_meta": {"persist": "session"}})

    assert len(items(messages, "mcpToolCall")) == 2


def test_an_image_is_shown(conversation, items):
    arguments = {"name": "view_image", "arguments": {"path": "a.png"}}
    seen = [{"function_call": {**arguments, "output": "data:image/png;base64,AA"}}]
    talk = conversation(seen, [{"function_call": arguments}], DONE)

    assert [item["path"] for item in items(talk.turn(), "imageView")] == ["/work/a.png"]
    assert talk.outputs()[1] == "unable to locate image at `/work/a.png`: No such file or directory (os error 2)"
