"""The app-servers of a trial end, log and listen as processes do, and what is said to them is kept."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from codex_conformance.clients import Client, Examiner, Outcome, Surroundings, Trial

HELLO = {"id": 0, "method": "initialize", "params": {"clientInfo": {"name": "me", "version": "1"}}}
ENDS = {"on": "initialize", "exit": 101}


def examine(*words: str, **trial: Any) -> Outcome:
    return Examiner(Client(name="shell", tasks={"app-server": words}, deadline=30)).run(Trial.of("app-server", **trial))


def shell(script: str, *messages: Any, **trial: Any) -> Outcome:
    """Run a script, whose ``$1`` are messages as lines."""
    lines = "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in messages)
    return examine("sh", "-c", script, "sh", lines, **trial)


def with_faults(*faults: dict[str, Any]) -> dict[str, Any]:
    return {"app_server": {"faults": list(faults)}}


TALK = 'printf %s "$1" | "$CODEX_BIN" app-server; echo "code $?"'


def test_it_ends_with_its_input() -> None:
    outcome = shell(TALK, HELLO, "no JSON", {"method": "initialized"})

    assert (outcome.app_servers_started, outcome.app_server_exit) == (1, 0)
    assert "code 0\n" in outcome.stdout
    assert [said.text for said in outcome.transcript if said.side == "client"][1] == "no JSON"
    answer, *_ = outcome.messages("server")
    assert json.dumps(answer, separators=(",", ":")) in outcome.stdout


def test_its_exit_code_reaches_the_client() -> None:
    outcome = shell(TALK, HELLO, scenario=with_faults(ENDS))

    assert "code 101\n" in outcome.stdout
    assert outcome.app_server_exit == 101
    assert outcome.messages("server") == []


def test_its_log_goes_to_standard_error() -> None:
    outcome = shell(TALK, HELLO, scenario=with_faults({"on": "initialize", "drop": True, "name": "lost answer"}))

    assert outcome.processes[0].stderr == "fault lost answer: drop at initialize\n"


def test_its_command_line_has_settings() -> None:
    script = """printf %s "$1" | "$CODEX_BIN" app-server -c 'model="gpt-tides"'"""

    outcome = shell(script, HELLO, {"id": 1, "method": "config/read", "params": {}})

    (answer,) = (message for message in outcome.messages("server") if message.get("id") == 1)
    assert answer["result"]["config"]["model"] == "gpt-tides"


def test_what_is_no_app_server_on_the_standard_streams_is_left_to_the_shim() -> None:
    outcome = shell('"$CODEX_BIN" app-server --listen off; echo "code $?"')

    assert ("no transport configured" in outcome.output, "code 1\n" in outcome.stdout) == (True, True)
    assert (outcome.app_servers_started, outcome.app_server_exit) == (0, None)


def test_one_that_is_left_behind_has_no_exit_code() -> None:
    outcome = shell('tail -f /dev/null | "$CODEX_BIN" app-server & echo gone')

    assert (outcome.stdout, outcome.app_server_exit) == ("gone\n", None)


TERMINATE = """
import os, subprocess, sys
with subprocess.Popen([os.environ["CODEX_BIN"], "app-server"], stdin=-1, stdout=-1, text=True) as server:
    server.stdin.write(sys.argv[1] + "\\n")
    server.stdin.flush()
    server.stdout.readline()
    server.terminate()
    print(f"code {server.wait()}")
"""


@pytest.mark.parametrize(("release", "code"), [("0.169.0", 0), ("0.160.0", -15)])
def test_sigterm_ends_it_as_it_ends_the_release(release: str, code: int) -> None:
    words = (sys.executable, "-P", "-c", TERMINATE, json.dumps(HELLO))
    client = Client(name="terminating", tasks={"app-server": words}, release=release, deadline=30)

    outcome = Examiner(client).run(Trial.of("app-server"))

    assert outcome.stdout == f"code {code}\n"


def test_what_is_said_over_websocket_is_kept() -> None:
    def converse(known: Surroundings) -> str:
        with connect(known.app_server_url, proxy=None) as first, connect(known.app_server_url, proxy=None) as second:
            first.send("no JSON")
            for socket in (first, second):
                socket.send(json.dumps(HELLO))
                socket.recv(timeout=20)
        return known.environment["CODEX_APP_SERVER_URL"]

    outcome = examine_function(converse)

    assert outcome.stdout == outcome.surroundings.app_server_url
    assert (outcome.app_servers_started, outcome.app_server_exit) == (0, None)
    assert [said.text for said in outcome.transcript if said.side == "client"] == ["no JSON", *[json.dumps(HELLO)] * 2]
    assert [message["id"] for message in outcome.messages("server") if "id" in message] == [0, 0]


def test_one_that_ends_is_no_longer_there_over_websocket() -> None:
    def converse(known: Surroundings) -> str:
        with connect(known.app_server_url, proxy=None) as socket:
            socket.send(json.dumps(HELLO))
            with pytest.raises(ConnectionClosedError):
                socket.recv(timeout=20)
        with pytest.raises(ConnectionRefusedError):
            connect(known.app_server_url, proxy=None)
        return "gone"

    assert examine_function(converse, scenario=with_faults(ENDS)).stdout == "gone"


def examine_function(function: Any, **trial: Any) -> Outcome:
    client = Client(name="function", tasks={"app-server": function}, deadline=30)
    return Examiner(client).run(Trial.of("app-server", **trial))


def test_the_address_is_a_placeholder() -> None:
    outcome = examine("echo", "{app_server_url}")

    assert outcome.stdout == f"{outcome.surroundings.app_server_url}\n"
    assert outcome.stdout.startswith("ws://127.0.0.1:")
