"""What is kept of an app-server, and who hears of what changes."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import AppServer, Client
from codex_mockserver.model import load_scenario
from codex_mockserver.world import World

SHOP = "/home/user/.codex/marketplaces/shop/.agents/plugins/marketplace.json"
SCENARIO = {
    "app_server": {"marketplaces": {"shop": {"plugins": {"demo": {}}}}, "mcp_servers": {"web": {"auth": "oAuth"}}}
}


def start(world):
    return Client(AppServer(world=world, scenario=load_scenario(SCENARIO)))


def test_a_state_file_keeps_it(tmp_path):
    world = World(seed=1, state_file=tmp_path / "world.db")
    first = start(world)
    first.ask("account/login/start", {"type": "apiKey", "apiKey": "sk-secret"})
    first.ask("config/value/write", {"keyPath": "model", "value": "mine", "mergeStrategy": "replace"})
    first.ask("plugin/install", {"pluginName": "demo", "marketplacePath": SHOP})
    world.close()

    again = World(state_file=tmp_path / "world.db")
    second = start(again)

    assert second.ask("account/read", {})["account"] == {"type": "apiKey"}
    assert second.ask("config/read", {})["config"]["model"] == "mine"
    assert second.ask("plugin/installed", {})["marketplaces"][0]["plugins"][0]["installed"] is True
    again.close()
    assert b"sk-secret" not in (tmp_path / "world.db").read_bytes()


def test_a_world_that_is_reset_gives_new_tokens():
    client = start(World(seed=1))
    before = client.ask("getAuthStatus", {"includeToken": True})["authToken"]

    client.server.world.reset()

    after = client.ask("getAuthStatus", {"includeToken": True})["authToken"]
    assert after in client.server.world.state.access_tokens
    assert client.ask("account/read", {"refreshToken": True})["account"]["planType"] == "plus"
    assert before is not None


@pytest.mark.parametrize(
    ("method", "params", "notification", "is_for_all"),
    [
        ("account/logout", None, "account/updated", True),
        ("skills/extraRoots/set", {"extraRoots": []}, "skills/changed", True),
        ("mcpServer/oauth/login", {"name": "web"}, "mcpServer/oauthLogin/completed", True),
        ("fuzzyFileSearch/sessionStart", {"sessionId": "s", "roots": ["/"]}, "fuzzyFileSearch/sessionUpdated", True),
        ("windowsSandbox/setupStart", {"mode": "elevated"}, "windowsSandbox/setupCompleted", True),
        (
            "process/spawn",
            {"command": ["true"], "cwd": "/", "processHandle": "h"},
            "process/exited",
            False,
        ),
        (
            "command/exec",
            {"command": ["echo"], "processId": "p", "streamStdoutStderr": True},
            "command/exec/outputDelta",
            False,
        ),
    ],
)
def test_who_hears_of_it(method, params, notification, is_for_all):
    asking = start(World(seed=1))
    other = Client(asking.server)
    new = Client(asking.server, initialize=False)
    for each in (asking, other):
        each.take()

    asking.ask(method, params)

    assert len(asking.take(notification)) == 1
    assert len(other.take(notification)) == (1 if is_for_all else 0)
    assert new.take() == []


def test_a_change_of_the_configuration_is_told_to_nobody():
    asking = start(World(seed=1))
    other = Client(asking.server)
    for each in (asking, other):
        each.take()

    asking.ask("config/value/write", {"keyPath": "model", "value": "x", "mergeStrategy": "replace"})

    assert (asking.take(), other.take()) == ([], [])
