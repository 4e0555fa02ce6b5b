"""An answer without pacing leaves in one write: a stream with its header, a turn on a WebSocket with all its frames."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from codex_mockserver import create_app
from codex_mockserver.serving import Listener
from codex_mockserver.serving._protocol import HttpProtocol
from codex_mockserver.serving.connection import _plain_frame

TURN = {"model": "gpt-5.5", "input": [{"role": "user", "content": "one two three"}], "stream": True, "store": False}


class Recorder(asyncio.Transport):
    """Keeps each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: asyncio.Queue[bytes] = asyncio.Queue()
        self.protocol: asyncio.BaseProtocol | None = None

    def write(self, data: bytes) -> None:
        self.writes.put_nowait(data)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


@pytest.fixture
def app():
    return create_app()


@pytest.fixture
async def recorder(app) -> Recorder:
    listener, transport = Listener(app), Recorder()
    listener._config.load()
    transport.protocol = HttpProtocol(listener._config, listener._state, header_seconds=60)
    transport.protocol.connection_made(transport)
    yield transport
    transport.protocol.connection_lost(None)


@pytest.fixture
def authorization(app) -> str:
    return f"Bearer {app.world.state.accounts['plus'].api_key}"


async def say(recorder: Recorder, data: bytes) -> bytes:
    """Let the client send something, and return the one write that answers."""
    recorder.protocol.data_received(data)
    answer = await recorder.writes.get()
    for _ in range(10):
        await asyncio.sleep(0)
    assert recorder.writes.empty()
    return answer


async def test_a_stream_leaves_with_its_header(recorder, authorization) -> None:
    body = json.dumps(TURN)
    head = f"POST /v1/responses HTTP/1.1\r\nhost: localhost\r\nauthorization: {authorization}\r\n"
    request = f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}"

    answer = await say(recorder, request.encode())

    header, _, chunk = answer.partition(b"\r\n\r\n")
    size, _, rest = chunk.partition(b"\r\n")
    events = rest[: int(size, 16)]
    assert header.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"transfer-encoding: chunked" in header
    assert events.count(b"event: response.output_text.delta\n") == 3
    assert rest == events + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize("extensions", [None, [ClientPerMessageDeflateFactory()]], ids=["plain", "deflated"])
async def test_all_frames_of_a_turn_leave_together(recorder, authorization, extensions) -> None:
    client = ClientProtocol(parse_uri("ws://localhost/v1/responses"), extensions=extensions)
    request = client.connect()
    request.headers["authorization"] = authorization
    client.send_request(request)
    client.receive_data(await say(recorder, b"".join(client.data_to_send())))
    client.send_text(json.dumps({"type": "response.create", **TURN}).encode())

    client.receive_data(await say(recorder, b"".join(client.data_to_send())))

    _, *frames = client.events_received()
    kinds = [json.loads(frame.data)["type"] for frame in frames]
    assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")
    assert kinds.count("response.output_text.delta") == 3


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_plain_frame_is_what_the_library_makes(size: int) -> None:
    text = b"x" * size

    assert _plain_frame(text) == Frame(Opcode.TEXT, text).serialize(mask=False)
