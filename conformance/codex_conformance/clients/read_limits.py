"""A client of ``codex app-server`` that reads the account and its limits, and prints both as JSON.

``python -m codex_conformance.clients.read_limits CODEX`` is what the preset ``codex`` does for the task ``usage``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["main"]

_INITIALIZE = {"clientInfo": {"name": "testkit", "title": "testkit", "version": "1"}}


def main(codex: str) -> int:
    """Print what the app-server tells; return 1 where it tells an error."""
    with subprocess.Popen([codex, "app-server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 (the codex that is under test)
        try:
            _ask(server, 0, "initialize", _INITIALIZE)
            _send(server, {"method": "initialized"})
            answers = [_ask(server, 1, "account/read", {}), _ask(server, 2, "account/rateLimits/read")]
        finally:
            server.kill()
    for answer in answers:
        print(json.dumps(answer.get("result", answer)))  # noqa: T201 (what it is for)
    return int(any("error" in answer for answer in answers))


def _ask(server: subprocess.Popen[str], number: int, method: str, params: Any = None) -> Mapping[str, Any]:
    """Return the whole answer to a request."""
    _send(server, {"id": number, "method": method} | ({} if params is None else {"params": params}))
    assert server.stdout is not None, "a pipe"
    for line in server.stdout:
        message = json.loads(line)
        if message.get("id") == number and "method" not in message:
            return dict(message)
    return {"error": "the app-server has ended"}


def _send(server: subprocess.Popen[str], message: Mapping[str, Any]) -> None:
    assert server.stdin is not None, "a pipe"
    server.stdin.write(json.dumps(message) + "\n")
    server.stdin.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
