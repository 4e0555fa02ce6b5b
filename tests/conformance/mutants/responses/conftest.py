"""Broken WebSockets: mocks whose frames are changed on their way in or out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import pytest

from codex_mockserver import Journal, Script, World
from codex_mockserver.http import App

#: Returns the frames that stand for one; the memory is the connection's own.
Change = Callable[[dict[str, Any], dict[str, Any]], Iterable[Any]]


def unchanged(frame: dict[str, Any], _memory: dict[str, Any]) -> Iterable[Any]:
    """Let a frame pass."""
    yield frame


class SocketMutant(App):
    """A mock that does one thing wrong on WebSockets, in all of its worlds."""

    #: What becomes of each frame from the client, and of each to it: a number closes the connection, bytes are binary.
    on_the_way_in: ClassVar[Change]
    on_the_way_out: ClassVar[Change]
    #: What becomes of the scope of a handshake.
    at_the_door: ClassVar[Callable[[dict[str, Any], World], dict[str, Any]]]

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection, changed where it is a WebSocket."""
        if scope["type"] != "websocket" or scope["path"].startswith("/_testkit"):
            await super().__call__(scope, receive, send)
            return
        memory: dict[str, Any] = {}
        waiting: list[dict[str, Any]] = []

        async def receive_changed() -> dict[str, Any]:
            while not waiting:
                message = await receive()
                waiting.extend(_changed(message, "websocket.receive", self.on_the_way_in, memory))
            return waiting.pop(0)

        async def send_changed(message: dict[str, Any]) -> None:
            for each in _changed(message, "websocket.send", self.on_the_way_out, memory):
                await send(each)

        # Without its extensions, as the mock would write frames past us to the connection that one of them gives.
        plain = {**self.at_the_door(scope, self.world), "extensions": {}}
        await super().__call__(plain, receive_changed, send_changed)


def _changed(message: dict[str, Any], kind: str, change: Change, memory: dict[str, Any]) -> list[dict[str, Any]]:
    if message["type"] != kind or message.get("text") is None:
        return [message]
    try:
        frame = json.loads(message["text"])
    except ValueError:
        return [message]
    if not isinstance(frame, dict):
        return [message]
    return [_message(each, kind) for each in change(frame, memory)]


def _message(frame: Any, kind: str) -> dict[str, Any]:
    if isinstance(frame, int):
        return {"type": "websocket.close", "code": frame, "reason": ""}
    if isinstance(frame, bytes):
        return {"type": kind, "bytes": frame}
    return {"type": kind, "text": frame if isinstance(frame, str) else json.dumps(frame)}


@pytest.fixture
def mutated_socket() -> Callable[..., App]:
    """Make a mock whose frames and handshakes go through changes."""

    def make(
        *, inwards: Change = unchanged, outwards: Change = unchanged, door: Any = lambda scope, _world: scope
    ) -> App:
        members = {"on_the_way_in": inwards, "on_the_way_out": outwards, "at_the_door": door}
        kind = type("MutatedSocket", (SocketMutant,), {name: staticmethod(each) for name, each in members.items()})
        world = World()
        return kind(world, Script(), Journal(world.now))

    return make
