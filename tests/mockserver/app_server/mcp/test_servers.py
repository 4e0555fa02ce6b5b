"""MCP servers of the scenario: their tools, resources, failures and logins."""

from __future__ import annotations

import json

import pytest

ADD = {
    "description": "Adds",
    "inputSchema": {"type": "object"},
    "result": {"content": [], "structuredContent": {"s": 3}},
}
SERVERS = {
    "stub": {
        "tools": {"add": ADD, "echo": {}, "fail": {"error": {"code": -32000, "message": "broken"}}},
        "resources": {"mem://a": {"name": "a", "mimeType": "text/plain", "text": "hello"}},
        "resource_templates": [{"name": "t", "uriTemplate": "mem://{x}"}],
    },
    "dead": {"failure": "No such file or directory (os error 2)"},
    "off": {"enabled": False},
    "web": {"auth": "notLoggedIn"},
}
DEAD = "MCP startup failed: No such file or directory (os error 2)"
STATUS = "mcpServer/startupStatus/updated"


@pytest.fixture
def someone(user):
    return user(mcp_servers=SERVERS)


@pytest.fixture
def thread(someone):
    identifier = someone.ask("thread/start", {})["thread"]["id"]
    someone.take()
    return identifier


def call(user, thread, server, tool, **params):
    return user.ask("mcpServer/tool/call", {"threadId": thread, "server": server, "tool": tool, **params})


def test_the_list(someone):
    rows = {row["name"]: row for row in someone.ask("mcpServerStatus/list", {})["data"]}

    assert list(rows) == ["dead", "off", "stub", "web"]
    assert rows["stub"]["tools"]["add"] == {"name": "add", "description": "Adds", "inputSchema": {"type": "object"}}
    assert rows["stub"]["resources"] == [{"uri": "mem://a", "name": "a", "mimeType": "text/plain"}]
    assert (rows["dead"]["tools"], rows["dead"]["serverInfo"]) == ({}, None)
    assert rows["web"]["authStatus"] == "notLoggedIn"


def test_parts_of_the_list(someone, refusal):
    short = someone.ask("mcpServerStatus/list", {"detail": "toolsAndAuthOnly"})["data"]
    first = someone.ask("mcpServerStatus/list", {"limit": 1})

    assert [row["resources"] for row in short] == [[], [], [], []]
    assert ([row["name"] for row in first["data"]], first["nextCursor"]) == (["dead"], "1")
    message = "cursor 9 exceeds total MCP servers 4"
    assert refusal(someone, "mcpServerStatus/list", {"cursor": "9"}) == (-32600, message)


def test_tools(someone, thread):
    assert call(someone, thread, "stub", "add") == {"content": [], "structuredContent": {"s": 3}}
    (repeated,) = call(someone, thread, "stub", "echo", arguments={"a": 1})["content"]
    assert json.loads(repeated["text"]) == {"a": 1}


@pytest.mark.parametrize(
    ("server", "tool", "newer", "older"),
    [
        (
            "stub",
            "nope",
            (-32602, "Unknown tool"),
            (-32603, "tool call failed for `stub/nope`: Mcp error: -32602: Unknown tool"),
        ),
        (
            "stub",
            "fail",
            (-32000, "broken"),
            (-32603, "tool call failed for `stub/fail`: Mcp error: -32000: broken"),
        ),
        ("nope", "x", (-32603, "unknown MCP server 'nope'"), None),
        ("off", "x", (-32603, "unknown MCP server 'off'"), None),
        ("dead", "x", (-32603, f"failed to get client: {DEAD}"), None),
    ],
)
def test_tools_that_fail(someone, thread, refusal, release, server, tool, newer, older):
    error = refusal(someone, "mcpServer/tool/call", {"threadId": thread, "server": server, "tool": tool})

    assert error == (newer if release == "0.169.0" or older is None else older)


def test_a_tool_needs_a_thread(someone, refusal):
    missing = "00000000-0000-4000-8000-000000000000"
    params = {"threadId": missing, "server": "stub", "tool": "add"}

    assert refusal(someone, "mcpServer/tool/call", params) == (-32600, f"thread not found: {missing}")


def test_resources(someone, refusal, release):
    read = someone.ask("mcpServer/resource/read", {"server": "stub", "uri": "mem://a"})
    assert read["contents"] == [{"uri": "mem://a", "mimeType": "text/plain", "text": "hello"}]

    older = (-32603, "resources/read failed for `stub` (mem://b): Mcp error: -32002: Resource not found")
    expected = (-32002, "Resource not found") if release == "0.169.0" else older
    assert refusal(someone, "mcpServer/resource/read", {"server": "stub", "uri": "mem://b"}) == expected


def test_a_login(someone):
    started = someone.ask("mcpServer/oauth/login", {"name": "web"})

    assert started["authorizationUrl"].startswith("https://auth.openai.com/")
    (completed,) = someone.take("mcpServer/oauthLogin/completed")
    assert (completed["params"]["name"], completed["params"]["success"]) == ("web", True)
    rows = someone.ask("mcpServerStatus/list", {})["data"]
    assert rows[-1]["authStatus"] == "oAuth"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope", "No MCP server named 'nope' found."),
        ("stub", "OAuth login is only supported for streamable HTTP servers."),
    ],
)
def test_logins_that_are_refused(someone, refusal, name, message):
    assert refusal(someone, "mcpServer/oauth/login", {"name": name}) == (-32600, message)


def test_a_reload_starts_the_servers_of_every_thread_again(someone, thread):
    someone.ask("config/mcpServer/reload")

    told = [
        (each["params"]["name"], each["params"]["status"], each["params"]["error"]) for each in someone.take(STATUS)
    ]
    assert told[:3] == [("dead", "starting", None), ("stub", "starting", None), ("web", "starting", None)]
    assert told[3:] == [
        ("dead", "failed", f"MCP client for `dead` failed to start: {DEAD}"),
        ("stub", "ready", None),
        ("web", "ready", None),
    ]


def test_servers_of_the_configuration(user):
    someone = user(config={"mcp_servers": {"mine": {"command": "x"}, "off": {"command": "x", "enabled": False}}})

    assert [row["name"] for row in someone.ask("mcpServerStatus/list", {})["data"]] == ["mine", "off"]
