"""A client of ``codex app-server``: take a turn, print the first error that it tells, and leave."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

server = subprocess.Popen(["codex", "app-server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def send(message: dict[str, Any]) -> None:
    server.stdin.write(json.dumps(message) + "\n")
    server.stdin.flush()


def find(key: str, value: object) -> dict[str, Any]:
    """Return the first message with this value."""
    return next(message for message in map(json.loads, server.stdout) if message.get(key) == value)


send({"id": 0, "method": "initialize", "params": {"clientInfo": {"name": "testkit", "version": "1"}}})
send({"method": "initialized"})
send({"id": 1, "method": "thread/start", "params": {}})
thread = find("id", 1)["result"]["thread"]["id"]
turn = {"threadId": thread, "input": [{"type": "text", "text": "hello"}]}
send({"id": 2, "method": "turn/start", "params": turn})
print(json.dumps(find("method", "error")["params"]["error"]))
server.kill()
server.communicate()
sys.exit(1)
