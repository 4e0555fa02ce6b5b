"""An MCP server on standard streams that knows when the water is high: ``python -m`` starts it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["ANSWER", "NAME", "TOOL"]

Json = dict[str, Any]

#: What the server is called, and its only tool.
NAME = "tides"
TOOL: Json = {
    "name": "high_water",
    "description": "Says when the water is high",
    "inputSchema": {"type": "object", "properties": {"place": {"type": "string"}}},
}
#: What the tool answers.
ANSWER: Json = {"content": [{"type": "text", "text": "at six"}], "structuredContent": {"hour": 6}}

_RESULTS: Mapping[str, Callable[[Json], Json]] = {
    "initialize": lambda params: {
        "protocolVersion": params["protocolVersion"],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": NAME, "version": "1.0.0"},
    },
    "tools/list": lambda _: {"tools": [TOOL]},
    "tools/call": lambda _: ANSWER,
}


def _serve() -> None:
    """Answer the requests of the standard input."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message:
            answer = _RESULTS.get(message["method"])
            result = answer(message.get("params") or {}) if answer else {}
            print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)  # noqa: T201


if __name__ == "__main__":
    _serve()
