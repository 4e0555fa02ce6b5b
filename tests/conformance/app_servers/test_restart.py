"""Servers that are started again in the same home."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from codex_conformance.app_servers import Setup, SocketServer, StdioServer, connect_to
from codex_conformance.probes import AppServerProbe, Evidence
from codex_conformance.targets import open_target, read_target
from codex_schemas import Problem
from codex_schemas.app_server import load

#: The mock as a command that keeps its threads in its working folder.
COMMAND = (sys.executable, "-m", "codex_conformance.cli", "app-server", "--state", "world.db")
NOBODY = "ws://127.0.0.1:1"


@pytest.fixture
def target():
    with open_target(read_target("mock")) as opened:
        yield opened


def client_of(server):
    probe = AppServerProbe(server.connect(), load("0.169.0", experimental=True), Evidence())
    probe.handshake()
    return probe


def listed(client):
    return [row["id"] for row in client.ask("thread/list", {})["data"]]


@pytest.mark.parametrize("abruptly", [False, True], ids=["gently", "abruptly"])
@pytest.mark.parametrize("transport", [StdioServer, SocketServer, None], ids=["stdio", "socket", "in-process"])
def test_another_server_finds_what_was_there(target, transport, abruptly):
    command = COMMAND if transport else None
    with replace(target, command=command).app_server(Setup(), websocket=transport is SocketServer) as server:
        assert transport is None or isinstance(server, transport)
        client = client_of(server)
        thread_id = client.thread()
        client.turn(thread_id)

        server.restart(abruptly=abruptly)

        assert listed(client_of(server)) == [thread_id]


def test_a_server_of_somebody_else_is_not_restarted():
    with pytest.raises(Problem, match="restarting an app-server"):
        connect_to(NOBODY).restart()
