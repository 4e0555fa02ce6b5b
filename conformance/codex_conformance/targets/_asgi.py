"""An ASGI application under test: found by its name, and served from its startup to its shutdown."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codex_mockserver.serving import serve_app
from codex_mockserver.serving.loop_thread import shared_loop
from codex_schemas import Problem

__all__ = ["load_app", "serve_whole"]

#: Seconds that a startup or a shutdown may take.
_PATIENCE = 30.0


def load_app(address: str) -> ASGIApp:
    """Return the ASGI application that ``MODULE:ATTRIBUTE`` names; the current folder may hold the module.

    Raises:
        Problem: There is none.
    """
    module, _, attribute = address.partition(":")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        app: ASGIApp = getattr(import_module(module), attribute)
    except Exception as error:  # noqa: BLE001 (a module of others may raise anything)
        found = f"{type(error).__name__}: {error}"
    else:
        if callable(app):
            return app
        found = f"{type(app).__name__}, which cannot be called"
    raise Problem(
        "loading an ASGI application",
        expected="asgi:MODULE:ATTRIBUTE",
        found=f"{address}: {found}",
        advice="Correct the name, or go to the folder of the module.",
    )


@contextmanager
def serve_whole(app: ASGIApp) -> Iterator[str]:
    """Serve an application between its startup and its shutdown, and give its base URL.

    Raises:
        Problem: Its startup fails, or does not end.
    """
    life = _Life(app)
    shared_loop().run(life.begin())
    try:
        with serve_app(life.serve) as url:
            yield url
    finally:
        shared_loop().run(life.end())


class _Life:
    """The lifespan of an application, on the loop that serves it; one that knows no lifespan is served without."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        #: What the startup leaves for the requests; each gets a copy of its own.
        self._state: dict[str, Any] = {}
        self._orders: asyncio.Queue[Message] = asyncio.Queue()
        self._reports: asyncio.Queue[Message] = asyncio.Queue()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await self._app({**scope, "state": self._state.copy()}, receive, send)

    async def begin(self) -> None:
        """Let the application start.

        Raises:
            Problem: It says that it failed, or says nothing in good time.
        """
        self._task = asyncio.create_task(self._run())
        report = await self._after("startup")
        if report is None or report["type"] == "lifespan.startup.failed":
            self._task.cancel()
            raise Problem(
                "starting the ASGI application",
                expected="a startup that completes",
                found=f"nothing for {_PATIENCE:g} s" if report is None else _reason(report),
                advice="Run it with a server of its own to see more, and give the URL of that one.",
            )

    async def end(self) -> None:
        """Let the application shut down; how it does so is no part of the protocol, and is not judged."""
        await self._after("shutdown")
        self._task.cancel()

    async def _after(self, phase: str) -> Message | None:
        """Return what the application reports after an order; None where it says nothing in good time."""
        if self._task.done():
            return {"type": f"lifespan.{phase}.complete"}
        self._orders.put_nowait({"type": f"lifespan.{phase}"})
        try:
            return await asyncio.wait_for(self._reports.get(), _PATIENCE)
        except TimeoutError:
            return None

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self._state}
        try:
            await self._app(scope, self._orders.get, self._report)
        except (Exception, SystemExit):  # noqa: BLE001, S110 (what knows no lifespan raises, as ASGI permits)
            pass
        finally:
            self._reports.put_nowait({"type": "lifespan.over"})

    async def _report(self, message: Message) -> None:
        if not message["type"].startswith("lifespan."):
            raise RuntimeError(message["type"])
        self._reports.put_nowait(message)


def _reason(report: Message) -> str:
    """Return why a startup failed; many applications tell the whole traceback, whose last line is the error."""
    lines = str(report.get("message", "")).strip().splitlines()
    return lines[-1] if lines else "a startup that failed without a word"
