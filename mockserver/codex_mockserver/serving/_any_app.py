"""Serving any ASGI application, for synchronous code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import ASGIApp

from codex_mockserver.serving.listener import Listener
from codex_mockserver.serving.loop_thread import shared_loop

__all__ = ["serve_app"]


@contextmanager
def serve_app(app: ASGIApp) -> Iterator[str]:
    """Serve an ASGI application on a free port of loopback, and give its base URL; no lifespan events are sent."""
    listener = Listener(app)
    shared_loop().run(listener.start())
    try:
        yield f"http://{listener.authority}"
    finally:
        shared_loop().run(listener.stop())
