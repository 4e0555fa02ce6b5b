"""Servers that stumble over frames on the WebSocket: fuzzing finds each."""

import json

import pytest

from codex_conformance.fuzzing import SocketTrial
from codex_conformance.probes import Unmet
from codex_mockserver import create_app
from codex_mockserver.world import World

GOOD = {"type": "response.create", "model": "gpt-5.5", "input": "Hi"}


def read(text):
    """Return the fields of a frame; None where it is none."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


class Stumbling:
    """A mock that closes the connection at a frame which is hard to it; one that is mortal takes no other."""

    def __init__(self, is_hard, *, is_mortal=False):
        self.app = create_app(World())
        self.is_hard = is_hard
        self.is_mortal = is_mortal
        self.is_dead = False

    async def __call__(self, scope, receive, send):
        async def receive_frame():
            message = await receive()
            if message["type"] == "websocket.receive" and (self.is_dead or self.is_hard(read(message["text"]))):
                self.is_dead = self.is_mortal
                return {"type": "websocket.disconnect", "code": 1006}
            return message

        await self.app(scope, receive_frame if scope["type"] == "websocket" else receive, send)


@pytest.mark.parametrize(
    ("server", "kind"),
    [
        (lambda: Stumbling(lambda frame: frame is not None and "instructions" in frame), "valid"),
        (lambda: Stumbling(lambda frame: frame is not None and not frame.get("model")), "nearly_valid"),
        (lambda: Stumbling(lambda frame: frame is None, is_mortal=True), "hostile"),
    ],
    ids=["instructions", "no model", "no JSON"],
)
def test_a_frame_is_found(server, kind, probe, plenty):
    trial = SocketTrial(probe(server()), "api", GOOD, {"model": ["gpt-5.5"]})
    with pytest.raises(Unmet):
        getattr(trial, f"try_{kind}")(plenty)
