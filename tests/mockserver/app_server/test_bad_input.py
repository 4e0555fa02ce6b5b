"""Whatever a client sends: no crash, at most one answer for a line, and no memory that grows."""

from __future__ import annotations

import json
import random
import tracemalloc
from typing import Any

import pytest

from codex_mockserver.app_server import AppServer
from codex_schemas.app_server import AppServerContract, example_params, load, param_names

LINES = 10_000
#: What the second half of the lines may add to the memory, in bytes.
GROWTH = 4_000_000

HELLO = {"method": "initialize", "id": 0, "params": {"clientInfo": {"name": "a", "version": "1"}}}
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "\x00",
    "é" * 100,
    [],
    [[]],
    {},
    {"type": "x"},
    {"a": {}},
)

Json = dict[str, Any]


class Lines:
    """Lines of every kind: requests of all methods, with wrong values, and with broken text."""

    def __init__(self, contract: AppServerContract) -> None:
        self._contract = contract
        self._chance = random.Random(7)
        self._methods = [method.name for method in contract.methods.values() if method.sender == "client"]

    def next(self, number: int, threads: list[str]) -> bytes:
        """Return a line; its id is the number, unless that is what is wrong with it."""
        text = json.dumps(self._message(number, threads)).encode()
        return text if self._chance.random() < 0.7 else self._broken(text)

    def _message(self, number: int, threads: list[str]) -> Any:
        chance = self._chance
        if chance.random() < 0.05:
            return chance.choice(VALUES)
        method = chance.choice(self._methods)
        params = example_params(self._contract, method)
        if isinstance(params, dict):
            if "threadId" in params and threads:
                params["threadId"] = chance.choice(threads)
            for name in param_names(self._contract, method):
                if chance.random() < 0.1:
                    params[name] = chance.choice(VALUES)
        message = {"method": method, "id": number, "params": params}
        if chance.random() < 0.05:
            message[chance.choice(("method", "id", "params", "result", "error"))] = chance.choice(VALUES)
        return message

    def _broken(self, text: bytes) -> bytes:
        start = self._chance.randrange(len(text))
        length = self._chance.choice((0, 1, 5, len(text)))
        return text[:start] + self._chance.randbytes(self._chance.choice((0, 1, 3))) + text[start + length :]


def initialized(server: AppServer) -> Any:
    connection = server.connect()
    hello = json.loads(json.dumps(HELLO))
    hello["params"]["capabilities"] = {"experimentalApi": True}
    server.receive(connection, json.dumps(hello))
    connection.take()
    return connection


@pytest.mark.parametrize("version", ["0.141.0", "0.169.0"])
def test_ten_thousand_lines(app_server, version):
    server = app_server(version=version)
    connection = initialized(server)
    lines = Lines(load(version, experimental=True))
    threads: list[str] = []

    tracemalloc.start()
    for number in range(LINES):
        if number == LINES // 2:
            before = tracemalloc.get_traced_memory()[0]
        server.receive(connection, lines.next(number, threads))
        answers = [message for text in connection.take() if "method" not in (message := json.loads(text))]
        assert len(answers) <= 1
        for answer in answers:
            threads = [*threads, *started(answer)][-20:]
        server.log.clear()
    growth = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()

    assert threads
    assert growth < GROWTH


def started(answer: Json) -> list[str]:
    """Return the id of the thread that an answer brings."""
    thread = answer.get("result", {}).get("thread") if isinstance(answer.get("result"), dict) else None
    return [thread["id"]] if thread else []
