"""The mock backend without a socket: httpx calls to the built-in hosts end in the application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import respx
from starlette.types import ASGIApp

from codex_mockserver.http import REAL_HOSTS
from codex_mockserver.serving._backend import Backend, SyncBackend
from codex_mockserver.serving.loop_thread import shared_loop

__all__ = ["BackendRouter", "mock_router"]

#: The request extension that marks a call of a synchronous client.
_SYNCHRONOUS = "codex_testkit.synchronous"


class BackendRouter(respx.MockRouter):
    """A respx router that sends the built-in hosts to a mock backend, and lets no other host pass."""

    def resolve(self, request: httpx.Request) -> Any:
        """Answer a synchronous client."""
        request.extensions[_SYNCHRONOUS] = True
        return super().resolve(request)


def mock_router(backend: Backend | SyncBackend | ASGIApp) -> BackendRouter:
    """Return a respx router that sends the built-in hosts of codex to a backend.

    Use it as ``with mock_router(backend): ...``. It serves ``httpx.Client`` and
    ``httpx.AsyncClient``; the backend need not run. A call to another host fails the test.
    What another HTTP library sends, as the ``openai`` SDK does, passes it by.
    """
    app = backend.app if isinstance(backend, Backend | SyncBackend) else backend
    router = BackendRouter(assert_all_called=False)

    def answer(request: httpx.Request) -> Any:
        work = _call(app, request)
        return shared_loop().run(work) if _SYNCHRONOUS in request.extensions else work

    router.route(host__in=REAL_HOSTS).mock(side_effect=answer)
    return router


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A response body; one that the application did not finish ends as a broken connection does."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.is_complete = False

    def __iter__(self) -> Iterator[bytes]:
        yield bytes(self.data)
        if not self.is_complete:
            raise httpx.RemoteProtocolError("the backend dropped the connection in the middle of the response body")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


async def _call(app: ASGIApp, request: httpx.Request) -> httpx.Response:
    """Run one request through an ASGI application."""
    requests = [{"type": "http.request", "body": request.content}]
    start: dict[str, Any] = {}
    body = _Body()

    async def receive() -> dict[str, Any]:
        if not requests:
            await asyncio.Event().wait()
        return requests.pop()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.data += message.get("body", b"")
            body.is_complete = not message.get("more_body", False)

    await app(_scope(request), receive, send)
    if not start:
        raise httpx.RemoteProtocolError("the backend dropped the connection without an answer", request=request)
    return httpx.Response(start["status"], headers=start["headers"], stream=body, request=request)


def _scope(request: httpx.Request) -> dict[str, Any]:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "server": (url.host, url.port),
        "path": url.path,
        "raw_path": url.raw_path.split(b"?")[0],
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }
