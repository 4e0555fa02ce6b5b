"""An app-server on two descriptors: pipes, sockets and files."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from codex_mockserver.app_server import AppServer
from codex_mockserver.app_server.transports import _stdio
from codex_mockserver.app_server.transports._stdio import serve_stdio
from codex_mockserver.model import load_scenario

INITIALIZE = b'{"method":"initialize","id":1,"params":{"clientInfo":{"name":"probe","version":"1"}}}\n'
THREAD_START = b'{"method":"thread/start","id":2,"params":{}}\n'
SECONDS = 60


class Served:
    """An app-server in a thread, and the client's ends of its descriptors."""

    def __init__(self, server: AppServer, stdin: int, stdout: int, end: int | None) -> None:
        self.told: list[str] = []
        self._codes: list[int] = []
        self._thread = threading.Thread(target=self._run, args=(server, stdin, stdout, end), daemon=True)
        self._thread.start()

    def _run(self, server: AppServer, stdin: int, stdout: int, end: int | None) -> None:
        self._codes.append(serve_stdio(server, self.told.append, stdin=stdin, stdout=stdout, end=end))
        os.close(stdout)

    def exit_code(self) -> int:
        self._thread.join(SECONDS)
        assert not self._thread.is_alive(), "it did not end"
        return self._codes[0]


@pytest.fixture
def serve() -> Callable[..., Served]:
    def start(stdin: int, stdout: int, end: int | None = None, scenario: Any = None) -> Served:
        return Served(AppServer(scenario=scenario and load_scenario(scenario)), stdin, stdout, end)

    return start


def messages(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def read_all(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def test_all_that_came_before_the_end_of_the_input_is_answered(serve):
    stdin, writer = os.pipe()
    reader, stdout = os.pipe()
    served = serve(stdin, stdout)

    os.write(writer, INITIALIZE + b"\r\n" + THREAD_START.rstrip())
    os.close(writer)

    answers = [message["id"] for message in messages(read_all(reader)) if "id" in message]
    assert answers == [1, 2]
    assert served.exit_code() == 0


def test_the_input_may_be_a_file(serve, tmp_path):
    path = tmp_path / "input.jsonl"
    path.write_bytes(INITIALIZE)
    reader, stdout = os.pipe()

    with path.open("rb") as file:
        assert serve(file.fileno(), stdout).exit_code() == 0

    assert messages(read_all(reader))[0]["id"] == 1


def test_an_empty_input_ends_it(serve):
    reader, stdout = os.pipe()

    with Path(os.devnull).open("rb") as nothing:
        assert serve(nothing.fileno(), stdout).exit_code() == 0

    assert read_all(reader) == b""


def test_the_descriptors_may_be_sockets(serve):
    stdin, writer = socket.socketpair()
    reader, stdout = socket.socketpair()
    with stdin, reader:
        served = serve(stdin.fileno(), stdout.detach())
        with writer:
            writer.sendall(INITIALIZE)
        data = b"".join(iter(lambda: reader.recv(65536), b""))

        assert messages(data)[0]["id"] == 1
        assert served.exit_code() == 0


def test_a_large_message_comes_through_in_pieces(serve):
    stdin, writer = os.pipe()
    reader, stdout = os.pipe()
    served = serve(stdin, stdout)
    name = "a" * 3_000_000
    request = {"method": "initialize", "id": 1, "params": {"clientInfo": {"name": name, "version": "1"}}}

    with os.fdopen(writer, "wb") as file:
        threading.Thread(target=lambda: (file.write(json.dumps(request).encode()), file.close()), daemon=True).start()
        said = read_all(reader)

    assert len(messages(said)[0]["result"]["userAgent"]) > 6_000_000
    assert served.exit_code() == 0


def test_what_is_no_message_is_told_and_nothing_else_happens(serve):
    stdin, writer = os.pipe()
    reader, stdout = os.pipe()
    served = serve(stdin, stdout)

    os.write(writer, b"nonsense\n" + INITIALIZE)
    os.close(writer)

    assert messages(read_all(reader))[0]["id"] == 1
    assert served.exit_code() == 0
    assert served.told[0].startswith("Failed to deserialize JSONRPCMessage: ")


def test_a_client_that_reads_nothing_is_not_read_from_for_ever(serve, monkeypatch):
    """It is read from again as soon as it reads, and nothing is lost."""
    monkeypatch.setattr(_stdio, "MOST_UNREAD", 100_000)
    stdin, writer = os.pipe()
    reader, stdout = os.pipe()
    served = serve(stdin, stdout)
    os.write(writer, INITIALIZE)
    os.set_blocking(writer, False)
    ping = b'{"method":"initialize","id":3,"params":{"clientInfo":{"name":"probe","version":"1"}}}\n'

    asked = 0
    with suppress(BlockingIOError):
        while asked < 1_000_000:
            assert os.write(writer, ping) == len(ping)
            asked += 1

    assert asked < 1_000_000
    os.close(writer)
    answers = [message for message in messages(read_all(reader)) if "id" in message]
    assert len(answers) == asked + 1
    assert served.exit_code() == 0


def test_a_client_that_closed_its_ears_may_still_speak(serve):
    stdin, writer = os.pipe()
    reader, stdout = os.pipe()
    os.close(reader)
    served = serve(stdin, stdout)

    os.write(writer, INITIALIZE)
    os.write(writer, THREAD_START)
    os.close(writer)

    assert served.exit_code() == 0


def test_it_ends_at_once_when_it_is_told_to(serve):
    stdin, writer = os.pipe()
    reader, stdout = os.pipe()
    end, told = os.pipe()
    served = serve(stdin, stdout, end)
    os.write(writer, INITIALIZE)
    os.read(reader, 10)

    os.write(told, b"\x0f")

    assert served.exit_code() == 0


def test_a_paced_answer_comes_by_itself(serve):
    stdin, writer = os.pipe()
    reader, stdout = os.pipe()
    served = serve(stdin, stdout, scenario={"model": [{"say": [{"message": "high"}], "pacing": {"first_token": 0.01}}]})
    lines = os.fdopen(reader, "rb")
    os.write(writer, INITIALIZE + THREAD_START)
    thread = next(message for message in map(json.loads, lines) if message.get("id") == 2)["result"]["thread"]
    turn = {"threadId": thread["id"], "input": [{"type": "text", "text": "tide?"}]}
    os.write(writer, json.dumps({"method": "turn/start", "id": 3, "params": turn}).encode() + b"\n")

    assert any(message.get("method") == "turn/completed" for message in map(json.loads, lines))
    os.close(writer)
    lines.close()
    assert served.exit_code() == 0


def test_a_scenario_may_let_it_end(serve):
    stdin, writer = os.pipe()
    reader, stdout = os.pipe()
    served = serve(stdin, stdout, scenario={"app_server": {"faults": [{"on": "thread/started", "exit": 101}]}})
    os.write(writer, INITIALIZE + THREAD_START)

    answers = [message["id"] for message in messages(read_all(reader)) if "id" in message]
    assert answers == [1, 2]
    assert served.exit_code() == 101
    os.close(writer)
