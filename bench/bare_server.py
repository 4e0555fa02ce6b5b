"""The yardstick: a bare Starlette application under uvicorn that gives one answer to everybody, in one write.

Usage: bare_server.py PORT FILE - FILE is the JSON of {"media_type": ..., "body": ...}, or of {"frames": [...]}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


def application(given: dict[str, Any]) -> Starlette:
    body = given.get("body", "").encode()

    async def answer(request: Request) -> Response:
        await request.body()
        return Response(body, media_type=given["media_type"])

    async def speak(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.receive_text()
                for text in given["frames"]:
                    await socket.send_text(text)
        except WebSocketDisconnect:
            return

    return Starlette(
        routes=[Route("/{path:path}", answer, methods=["GET", "POST"]), WebSocketRoute("/{path:path}", speak)]
    )


if __name__ == "__main__":
    app = application(json.loads(Path(sys.argv[2]).read_text()))
    uvicorn.run(app, port=int(sys.argv[1]), loop="asyncio", log_level="warning", access_log=False)
