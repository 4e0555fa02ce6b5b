"""The yardstick: the same bytes from a bare Starlette application under uvicorn, in one write.

Usage: bare_server.py PORT FILE - PORT 0 is not possible; FILE holds the body of the response.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAYLOAD = Path(sys.argv[2]).read_bytes()


async def answer(request: Request) -> Response:
    await request.body()
    return Response(PAYLOAD, media_type="text/event-stream")


app = Starlette(routes=[Route("/v1/responses", answer, methods=["GET", "POST"])])

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), loop="asyncio", log_level="warning", access_log=False)
