"""The recording proxy passes bytes on as they come, and keeps what they mean."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from codex_fixtures import Close, Data, End, Frame, Request, Response
from codex_mockserver.recording import RecordingProxy, upstream_at
from codex_mockserver.recording.codings import encoder
from codex_mockserver.serving.connection import reset
from codex_schemas import Problem

GET = b"GET /a?b=c HTTP/1.1\r\nHost: somewhere\r\n\r\n"
HANDSHAKE = b"GET /s HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#: Answers, and how they end in the recording: the method, the bytes, the body and the end.
ENDINGS = {
    "a length": ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"hi", "whole"),
    "chunks": ("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", b"hi", "whole"),
    "the end of the connection": ("GET", b"HTTP/1.1 200 OK\r\n\r\nhi", b"hi", "whole"),
    "a length that is not reached": ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", b"hi", "cut"),
    "chunks without the last": (
        "GET",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
        b"hi",
        "cut",
    ),
    "no body for HEAD": ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"", "whole"),
    "no body for 304": ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", b"", "whole"),
    "no body though it is encoded": (
        "GET",
        b"HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n",
        b"",
        "whole",
    ),
    "an announcement first": (
        "GET",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"hi",
        "whole",
    ),
}


def saying(answer: bytes):
    """Return a server that hears a head and says bytes."""

    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    return serve


def server_body(entries) -> bytes:
    return b"".join(entry.content for entry in entries if isinstance(entry, Data) and entry.side == "server")


def end_of(entries, side: str) -> list[str]:
    return [entry.how for entry in entries if isinstance(entry, End) and entry.side == side]


async def test_a_stream_passes_as_it_comes_with_its_boundaries(between, recorded) -> None:
    """The second event is sent only after the client has the first, so nothing waits for a whole answer."""
    has_first = asyncio.Event()

    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"6\r\nfirst\n\r\n")
        await has_first.wait()
        writer.write(b"4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n")

    async with between(serve) as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"first\n\r\n")
        has_first.set()
        rest = await reader.readuntil(b"0\r\n\r\n")

    assert rest == b"4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n"
    pieces = [entry.text for entry in recorded() if isinstance(entry, Data)]
    assert pieces == ["first\n", "one\n", "two\n"]


async def test_the_server_is_called_by_its_own_name(between, recorded) -> None:
    heard = asyncio.get_running_loop().create_future()

    async def serve(reader, writer) -> None:
        heard.set_result(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with between(serve, "/base") as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"\r\n\r\n")

    head = (await heard).decode()
    request = recorded()[0]
    assert head.startswith("GET /base/a?b=c HTTP/1.1\r\nHost: 127.0.0.1:")
    assert isinstance(request, Request)
    assert request.url == f"http://{dict(request.headers)['Host']}/base/a?b=c"


@pytest.mark.parametrize(("method", "answer", "body", "how"), ENDINGS.values(), ids=ENDINGS)
async def test_an_answer_ends_as_it_ended(between, recorded, method, answer, body, how) -> None:
    async with between(saying(answer)) as (reader, writer):
        writer.write(f"{method} / HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        passed = await reader.read()

    entries = recorded()
    assert passed == answer
    assert server_body(entries) == body
    assert end_of(entries, "server") == [how]


async def test_a_reset_reaches_the_client_and_the_recording(between, recorded) -> None:
    has_begun = asyncio.Event()

    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
        await writer.drain()
        await has_begun.wait()
        reset(writer.transport)

    async with between(serve) as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"hi")
        has_begun.set()
        with pytest.raises(ConnectionResetError):
            await reader.read()

    assert end_of(recorded(), "server") == ["reset"]


async def test_a_client_that_leaves_is_told(between, recorded) -> None:
    is_gone = asyncio.Event()

    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
        await reader.read()
        is_gone.set()

    async with between(serve) as (reader, writer):
        writer.write(GET)
        await reader.readuntil(b"hi")
        writer.close()
        await is_gone.wait()

    entries = recorded()
    assert end_of(entries, "client") == ["whole", "cut"]
    assert end_of(entries, "server") == ["cut"]


@pytest.mark.parametrize("coding", ["zstd", "gzip", "deflate"])
async def test_an_encoded_body_passes_encoded_and_is_kept_decoded(between, recorded, coding) -> None:
    code = encoder(coding)
    body = code.feed(b'{"a":1}') + code.finish()
    heard = asyncio.get_running_loop().create_future()

    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        heard.set_result(await reader.readexactly(len(body)))
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)

    async with between(serve) as (reader, writer):
        head = f"POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode())
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
        assert (await reader.read()).endswith(body)

    assert await heard == body
    entries = recorded()
    said = [entry for entry in entries if isinstance(entry, Data)]
    assert b"".join(each.content for each in said if each.side == "client") == b'{"a":1}'
    assert server_body(entries) == b'{"a":1}'
    assert [entry.decoded for entry in entries if isinstance(entry, Request | Response)] == [coding, coding]


async def test_a_body_that_cannot_be_decoded_passes_and_is_not_kept(between, recorded) -> None:
    """What nobody can read may hold a secret that nobody can find."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nno gzip !"

    async with between(saying(answer)) as (reader, writer):
        writer.write(GET)
        assert await reader.read() == answer

    entries = recorded()
    assert server_body(entries) == b""
    assert end_of(entries, "server") == ["cut"]


async def test_deflate_is_read_without_its_wrapper_too(between, recorded) -> None:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    body = stream.compress(b"plain") + stream.flush()
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: {len(body)}\r\n\r\n"

    async with between(saying(head.encode() + body)) as (reader, writer):
        writer.write(GET)
        await reader.read()

    assert server_body(recorded()) == b"plain"


async def test_a_body_in_an_unknown_coding_is_kept_as_it_came(between, recorded) -> None:
    body = gzip.compress(b"x")
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, br\r\nContent-Length: {len(body)}\r\n\r\n"

    async with between(saying(head.encode() + body)) as (reader, writer):
        writer.write(GET)
        await reader.read()

    entries = recorded()
    assert server_body(entries) == body
    assert [entry.decoded for entry in entries if isinstance(entry, Response)] == [None]


async def test_a_refused_handshake_is_followed_by_a_request(between, recorded) -> None:
    """So codex goes on where a server wants POST; the second request is rewritten like the first."""

    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Host: 127.0.0.1" in head
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    async with between(serve) as (reader, writer):
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(GET)
        await reader.readuntil(b"hi")

    entries = recorded()
    assert [entry.status for entry in entries if isinstance(entry, Response)] == [426, 200]
    assert [entry.x for entry in entries if isinstance(entry, Request)] == [1, 2]


@pytest.mark.parametrize("is_compressed", [False, True], ids=["plain", "compressed"])
async def test_a_websocket_is_kept_message_by_message(between, recorded, is_compressed) -> None:
    extension = (
        b"Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n" if is_compressed else b""
    )

    def wire(opcode: Opcode, content: bytes, *, mask: bool, fin: bool = True) -> bytes:
        coder = [PerMessageDeflate(*[True, True], 15, 15)] if is_compressed else []
        return WireFrame(opcode, content, fin=fin).serialize(mask=mask, extensions=coder)

    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(SWITCHING + extension + b"\r\n" + wire(Opcode.TEXT, "grüße".encode(), mask=False))
        await reader.read(1000)
        close = WireFrame(Opcode.CLOSE, b"\x03\xe8bye").serialize(mask=False)
        writer.write(
            wire(Opcode.BINARY, b"\xff\x00", mask=False) + WireFrame(Opcode.PING, b"").serialize(mask=False) + close
        )
        await reader.read(1000)

    async with between(serve) as (reader, writer):
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(wire(Opcode.TEXT, b"hello", mask=True))
        await reader.readuntil(b"bye")
        writer.write(WireFrame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
        await reader.read()

    said = [entry for entry in recorded() if isinstance(entry, Frame | Close)]
    assert said == [
        Frame(at=0, x=1, side="server", text="grüße"),
        Frame(at=0, x=1, side="client", text="hello"),
        Frame(at=0, x=1, side="server", base64="/wA="),
        Close(at=0, x=1, side="server", code=1000, reason="bye"),
        Close(at=0, x=1, side="client", code=1000),
    ]


async def test_a_message_in_fragments_is_one(between, recorded) -> None:
    async def serve(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        first = WireFrame(Opcode.TEXT, b"one ", fin=False).serialize(mask=False)
        writer.write(SWITCHING + b"\r\n" + first + WireFrame(Opcode.CONT, b"two").serialize(mask=False))

    async with between(serve) as (reader, writer):
        writer.write(HANDSHAKE)
        await reader.read()

    entries = recorded()
    assert [entry.text for entry in entries if isinstance(entry, Frame)] == ["one two"]
    assert end_of(entries, "server") == ["cut"]


async def test_a_head_that_is_too_large_passes_and_is_not_held(between, recorded, recorder, monkeypatch) -> None:
    monkeypatch.setattr("codex_mockserver.recording._readers._LARGEST_HEAD", 20)
    answer = b"HTTP/1.1 200 OK\r\nX: " + b"x" * 30 + b"\r\nContent-Length: 0\r\n\r\n"
    async with between(saying(answer)) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert await reader.read() == answer

    assert recorder.unread == 1


async def test_what_is_no_http_passes_and_is_counted(between, recorded, recorder) -> None:
    async with between(saying(b"\x00\x01 nonsense")) as (reader, writer):
        writer.write(GET)
        assert await reader.read() == b"\x00\x01 nonsense"

    assert recorder.unread == 1
    assert recorder.is_idle
    assert end_of(recorded(), "server") == ["cut"]


async def test_a_server_that_is_not_there_is_told_in_four_parts(recorder) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()

    async with RecordingProxy(recorder, upstream_at(f"http://127.0.0.1:{port}"), tunnels=False) as proxy:
        host, own_port = proxy.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(own_port))
        writer.write(GET)
        answer = await reader.read()
        writer.close()

    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"Start it, or name another one with --upstream." in answer
    assert recorder.exchanges == 0


@pytest.mark.parametrize("url", ["https://chatgpt.com", "http://192.0.2.1", "http://localhost.example"])
def test_another_machine_has_to_be_allowed(url) -> None:
    with pytest.raises(Problem, match="--allow-live"):
        upstream_at(url)

    assert upstream_at(url, allow_live=True).authority


@pytest.mark.parametrize("url", ["", "127.0.0.1:1", "ftp://127.0.0.1", "http://127.0.0.1:x", "http://127.0.0.1/?a"])
def test_what_is_no_url_is_a_problem(url) -> None:
    with pytest.raises(Problem, match="choosing the upstream"):
        upstream_at(url)
