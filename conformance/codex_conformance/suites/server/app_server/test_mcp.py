"""MCP servers, and what the model and the client have of their tools."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server import tides
from codex_conformance.suites.server.app_server._reading import items_of
from codex_conformance.suites.server.app_server._scenes import begin, call, message
from codex_conformance.suites.server.app_servers import AppServers

Json = dict[str, Any]

_STARTUP = "mcpServer/startupStatus/updated"
_QUESTION = "mcpServer/elicitation/request"
_TOOL = tides.TOOL["name"]

#: The model calls the tool of the server.
_SERVED = Setup(
    settings={
        f"mcp_servers.{tides.NAME}.command": "{python}",
        f"mcp_servers.{tides.NAME}.args": ["-m", tides.__name__],
    },
    mock={"mcp_servers": {tides.NAME: {"tools": {_TOOL: {**tides.TOOL, "result": tides.ANSWER}}}}},
    model=[
        {"when": {"tool_output": ""}, **message(), "times": None},
        {"say": [{"function_call": {**call(_TOOL, place="here")["function_call"], "namespace": f"mcp__{tides.NAME}"}}]},
    ],
)
_BROKEN = Setup(
    settings={"mcp_servers.broken.command": "/no/such/program"},
    mock={"mcp_servers": {"broken": {"failure": "No such file or directory (os error 2)"}}},
)


def _ready(app_servers: AppServers, **params: Any) -> tuple[AppServerProbe, str]:
    """Return a connection, and a thread whose MCP server has started."""
    client = app_servers.client(_SERVED)
    thread_id = client.thread(**params)
    client.wait_for(_STARTUP, lambda each: (each.get("name"), each.get("status")) == (tides.NAME, "ready"))
    return client, thread_id


def _asked(app_servers: AppServers, action: str) -> tuple[Json, list[Json]]:
    """Let the model call the tool, and the user decide; return the turn, and the calls that it shows."""
    client, thread_id = _ready(app_servers, approvalPolicy="on-request")
    begin(client, thread_id)
    question = client.wait_for(_QUESTION)
    require(at(question, "/params/serverName") == tides.NAME, expected=f"the server {tides.NAME}", found=question)
    client.reply(question["id"], {"action": action, "content": {} if action == "accept" else None})
    turn: Json = client.wait_for("turn/completed")["params"]["turn"]
    return turn, items_of(client, "mcpToolCall")


@pytest.mark.codex("app-server.mcp.listed")
def test_a_server_is_listed_with_its_tools(app_servers: AppServers) -> None:
    client, _ = _ready(app_servers)
    rows = at(client.ask("mcpServerStatus/list", {}), "/data", list)
    found = [(row.get("name"), sorted(at(row, "/tools", dict))) for row in rows]
    require(found == [(tides.NAME, [_TOOL])], expected=f"{tides.NAME} with {_TOOL}", found=found)


@pytest.mark.codex("app-server.mcp.called-by-the-client")
def test_the_client_calls_a_tool(app_servers: AppServers) -> None:
    client, thread_id = _ready(app_servers)
    params = {"threadId": thread_id, "server": tides.NAME, "tool": _TOOL, "arguments": {"place": "here"}}
    found = at(client.ask("mcpServer/tool/call", params), "/structuredContent")
    require(found == tides.ANSWER["structuredContent"], expected="what the tool answers", found=found)


@pytest.mark.codex("app-server.mcp.called-by-the-model")
def test_a_call_of_the_model_is_an_item_with_its_result(app_servers: AppServers) -> None:
    client, thread_id = _ready(app_servers)
    client.turn(thread_id)
    found = [(item.get("server"), item.get("tool"), item.get("status")) for item in items_of(client, "mcpToolCall")]
    require(found == [(tides.NAME, _TOOL, "completed")], expected="one mcpToolCall, completed", found=found)
    content = at(items_of(client, "mcpToolCall"), "/0/result/content/0/text")
    require(content == "at six", expected="what the tool answers", found=content)


@pytest.mark.codex("app-server.mcp.asked")
def test_a_tool_that_is_allowed_runs(app_servers: AppServers) -> None:
    turn, calls = _asked(app_servers, "accept")
    found = (turn.get("status"), [each.get("status") for each in calls])
    require(found == ("completed", ["completed"]), expected="a call that completes", found=found)


@pytest.mark.codex("app-server.mcp.declined")
@pytest.mark.parametrize("action", ["decline", "cancel"])
def test_a_tool_that_is_not_allowed_does_not_run(app_servers: AppServers, action: str) -> None:
    turn, calls = _asked(app_servers, action)
    found = (turn.get("status"), [(each.get("status"), each.get("result")) for each in calls])
    require(
        found == ("completed", [("failed", None)]), expected="a call that fails in a turn that goes on", found=found
    )


@pytest.mark.codex("app-server.mcp.unknown-server")
def test_a_tool_of_an_unknown_server_is_refused(client: AppServerProbe) -> None:
    client.refusal("mcpServer/tool/call", {"threadId": client.thread(), "server": "none", "tool": "x"})


@pytest.mark.codex("app-server.mcp.failed-start")
def test_a_server_that_does_not_start_is_told(app_servers: AppServers) -> None:
    client = app_servers.client(_BROKEN)
    thread_id = client.thread()
    told = client.wait_for(_STARTUP, lambda each: each.get("status") == "failed")["params"]
    require(told.get("name") == "broken" and told.get("error"), expected="its name, and an error", found=told)
    status = client.turn(thread_id).get("status")
    require(status == "completed", expected="turns that run all the same", found=status)
