"""Sub-agents."""

from __future__ import annotations

import json

import pytest


def agent(name, **arguments):
    return {"function_call": {"name": name, "namespace": "multi_agent_v1", "arguments": arguments}}


CHILD = {"when": {"user": "child work"}, "say": [{"message": "child done"}]}
SPAWN = {"when": {"user": "^go"}, "say": [agent("spawn_agent", message="child work")]}
DONE = {"say": [{"message": "Done."}], "times": None}


def child_of(messages):
    item = next(each["params"]["item"] for each in messages if each["method"] == "item/completed" and _is_spawn(each))
    return item["receiverThreadIds"][0]


def _is_spawn(message):
    return message["params"]["item"].get("tool") == "spawnAgent"


def test_a_sub_agent_works_in_a_thread_of_its_own(conversation, items, told):
    talk = conversation(SPAWN, CHILD, DONE)
    messages = talk.turn()
    child = child_of(messages)

    begun, ended = items(messages, "collabAgentToolCall", "started") + items(messages, "collabAgentToolCall")
    assert (begun["status"], begun["prompt"], begun["receiverThreadIds"]) == ("inProgress", "child work", [])
    assert ended["agentsStates"] == {child: {"status": "pendingInit", "message": None}}
    own = [each for each in messages if each["params"].get("threadId") == child]
    assert own[0]["params"]["status"] == {"type": "idle"}
    assert "thread/started" not in told(own)
    assert own[-1]["params"]["turn"]["rootTurnId"] == begun_turn(messages)
    assert json.loads(talk.outputs()[0])["agent_id"] == child


def begun_turn(messages):
    return next(each["params"]["turn"]["id"] for each in messages if each["method"] == "turn/started")


def test_a_turn_waits_for_its_sub_agents(conversation, items, real_time):
    slow = {**CHILD, "pacing": {"first_token": 5}}
    wait = {"when": {"tool_output": "agent_id"}, "say": [agent("wait_agent", timeout_ms=60_000)]}
    talk = conversation(SPAWN, slow, wait, DONE)
    messages = talk.turn()
    waiting = [item for item in items(messages, "collabAgentToolCall", "started") if item["tool"] == "wait"]
    real_time.seconds = 5.0
    talk.client.wake()

    child = child_of(messages)
    assert waiting[0]["receiverThreadIds"] == [child]
    assert json.loads(talk.outputs()[1]) == {"status": {child: {"completed": "child done"}}, "timed_out": False}


def test_waiting_ends_after_a_while(conversation, real_time):
    slow = {**CHILD, "pacing": {"first_token": 50}}
    wait = {"when": {"tool_output": "agent_id"}, "say": [agent("wait_agent", timeout_ms=1_000)]}
    talk = conversation(SPAWN, slow, wait, DONE)
    talk.turn()
    real_time.seconds = 1.0
    talk.client.wake()

    assert json.loads(talk.outputs()[1]) == {"status": {}, "timed_out": True}


def test_a_sub_agent_gets_further_input(conversation):
    send = {"when": {"tool_output": "agent_id"}, "say": [agent("send_input", message="and this")]}
    more = {"when": {"user": "and this"}, "say": [{"message": "this too"}]}
    talk = conversation(SPAWN, CHILD, send, more, DONE)
    child = child_of(talk.turn())

    texts = [item["text"] for turn in talk.server.threads.find(child).turns for item in turn.items if "text" in item]
    assert texts == ["child done", "this too"]


def test_a_sub_agent_is_closed(conversation, items):
    slow = {**CHILD, "pacing": {"first_token": 50}}
    close = {"when": {"tool_output": "agent_id"}, "say": [agent("close_agent")]}
    talk = conversation(SPAWN, slow, close, DONE)
    messages = talk.turn()

    assert json.loads(talk.outputs()[1]) == {"previous_status": "running"}
    assert talk.server.threads.find(child_of(messages)).turn is None


@pytest.mark.parametrize(
    ("version", "activities", "preview"),
    [
        ("0.141.0", ["completed started"], "go"),
        ("0.169.0", ["started started", "completed started", "started completed", "completed completed"], ""),
    ],
)
def test_a_named_sub_agent_tells_of_itself(conversation, version, activities, preview):
    config = {"app_server": {"account": None, "config": {"features": {"multi_agent_v2": True}}}}
    arguments = {"task_name": "measure", "message": "child work"}
    spawn = {"when": {"user": "^go"}, "say": [{"function_call": {"name": "spawn_agent", "arguments": arguments}}]}
    talk = conversation(spawn, CHILD, DONE, version=version, scenario=config)
    messages = talk.turn()

    told = [
        f"{each['method'].removeprefix('item/')} {each['params']['item']['kind']}"
        for each in messages
        if each["params"].get("item", {}).get("type") == "subAgentActivity"
    ]
    assert told == activities
    item = next(each["params"]["item"] for each in messages if "agentPath" in str(each))
    assert item["agentPath"] == "/root/measure"
    assert talk.server.threads.find(item["agentThreadId"]).record.preview == preview
    own = [each for each in messages if each["params"].get("threadId") == item["agentThreadId"]]
    assert [each["params"]["item"]["type"] for each in own if each["method"] == "item/completed"] == ["agentMessage"]


@pytest.mark.parametrize(
    ("call", "output"),
    [
        (agent("wait_agent"), "agent ids must be non-empty"),
        (agent("close_agent", target="x"), "agent with id x not found"),
        (agent("spawn_agent"), "failed to parse function arguments: missing field `message` at line 1 column 2"),
        (agent("list_agents"), "unsupported call: multi_agent_v1list_agents"),
    ],
)
def test_calls_that_fail(conversation, call, output):
    talk = conversation([call], DONE)
    talk.turn()

    assert talk.outputs() == [output]
