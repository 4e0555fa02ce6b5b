"""How a server that speaks on its standard streams ends, and what it says there."""

from __future__ import annotations

import pytest

from codex_conformance.app_servers import Setup, StdioServer
from codex_conformance.probes import require
from codex_conformance.suites.server.app_server._scenes import SCENE, run_half
from codex_conformance.suites.server.app_servers import AppServers


@pytest.mark.codex("app-server.stdio.end-of-input")
def test_the_end_of_its_input_ends_a_server(processes: AppServers) -> None:
    server = processes.start()
    client = processes.connect(server)
    client.handshake()
    client.turn(client.thread())
    server.stop()
    code = server.exit_code if isinstance(server, StdioServer) else None
    require(code == 0, expected="the exit code 0", found=code)


@pytest.mark.codex("app-server.stdio.end-in-a-turn")
def test_the_end_of_its_input_ends_a_server_in_a_turn(processes: AppServers) -> None:
    server = processes.start(SCENE)
    client = processes.connect(server)
    client.handshake()
    run_half(client, client.thread())
    server.stop()
    code = server.exit_code if isinstance(server, StdioServer) else None
    require(code == 0, expected="the exit code 0", found=code)


@pytest.mark.codex("app-server.stdio.only-messages")
def test_only_messages_come_on_the_standard_output(processes: AppServers) -> None:
    client = processes.client(Setup(settings={"model": "unheard-of"}))
    client.send("{not json")
    client.turn(client.thread())
    require(not client.noise, expected="messages only", found=client.noise)
