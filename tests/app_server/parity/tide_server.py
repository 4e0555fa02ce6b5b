"""An MCP server over standard streams, with two tools and a resource, for the cases of MCP."""

from __future__ import annotations

import json
import sys
from typing import Any

Json = dict[str, Any]

TOOLS = [
    {"name": name, "description": text, "inputSchema": {"type": "object", "properties": {"place": {"type": "string"}}}}
    for name, text in (("high_water", "Says when the water is high"), ("fail", "Fails"))
]
ANSWERS: dict[str, Json] = {
    "high_water": {"content": [{"type": "text", "text": "at six"}], "structuredContent": {"hour": 6}},
    "fail": {"content": [{"type": "text", "text": "no tide"}], "isError": True},
}
RESOURCE = {"uri": "tide://table", "name": "table", "mimeType": "text/plain"}


def _initialized(params: Json) -> Json:
    capabilities: Json = {"tools": {}, "resources": {}}
    info = {"name": "tides", "version": "1.0.0"}
    return {"protocolVersion": params["protocolVersion"], "capabilities": capabilities, "serverInfo": info}


METHODS = {
    "initialize": _initialized,
    "tools/list": lambda _params: {"tools": TOOLS},
    "tools/call": lambda params: ANSWERS[params["name"]],
    "resources/list": lambda _params: {"resources": [RESOURCE]},
    "resources/templates/list": lambda _params: {"resourceTemplates": []},
    "resources/read": lambda params: {"contents": [{**RESOURCE, "uri": params["uri"], "text": "six and six"}]},
}


def main() -> None:
    """Answer each request on standard input."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        answer = METHODS.get(message["method"], lambda _params: {})(message.get("params") or {})
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": answer}), flush=True)


if __name__ == "__main__":
    main()
