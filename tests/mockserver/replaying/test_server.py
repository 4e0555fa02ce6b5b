"""A recording answers as the server did that was recorded."""

from __future__ import annotations

import asyncio
import base64
import json
import os

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from codex_fixtures import End
from codex_mockserver.recording.codings import decoder, encoder
from codex_mockserver.replaying import Replay, SyncReplay
from codex_mockserver.replaying._pace import Pace
from codex_schemas import Problem

from .conftest import answer, call, socket

JSON = [("content-type", "application/json")]


async def say(replay, *requests: bytes) -> bytes:
    """Send requests on one connection, and return all that comes until it closes."""
    host, port = replay.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(b"".join(requests))
        async with asyncio.timeout(30):
            return await reader.read()
    finally:
        writer.close()


def get(path: str = "/a", *, closes: bool = True, method: str = "GET") -> bytes:
    connection = "Connection: close\r\n" if closes else ""
    return f"{method} {path} HTTP/1.1\r\nHost: h\r\n{connection}\r\n".encode()


def post(body: str, path: str = "/a") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


#: Answers, and the bytes that a client gets.
PLAYED = {
    "chunks as they came": (
        answer(1, "one", "two "),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\ntwo \r\n0\r\n\r\n",
    ),
    "a length that fits what was kept": (
        answer(1, "redacted", headers=[("content-Length", "300")]),
        b"HTTP/1.1 200 OK\r\ncontent-Length: 8\r\n\r\nredacted",
    ),
    "until the end of the connection": (answer(1, "hi", headers=[]), b"HTTP/1.1 200 OK\r\n\r\nhi"),
    "no content": (answer(1, status=204, headers=[]), b"HTTP/1.1 204 No Content\r\n\r\n"),
    "a status that nobody knows": (
        answer(1, status=599, headers=[("content-length", "0")]),
        b"HTTP/1.1 599 \r\ncontent-length: 0\r\n\r\n",
    ),
    "a length that is not reached": (
        answer(1, "hi", headers=[("content-length", "9")], how="cut"),
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi",
    ),
    "a length that is not reached though more was kept": (
        answer(1, "redacted", headers=[("content-length", "8")], how="cut"),
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nredacted",
    ),
    "chunks without the last": (
        answer(1, "hi", how="cut"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
    ),
}


@pytest.mark.parametrize(("entries", "played"), PLAYED.values(), ids=PLAYED)
async def test_the_client_gets_the_same_bytes(recording, entries, played) -> None:
    async with Replay(recording(*call(), *entries)) as replay:
        assert await say(replay, get()) == played
        assert replay.played == 1
        assert replay.misses == []


async def test_a_reset_is_a_reset(recording) -> None:
    async with Replay(recording(*call(), *answer(1, "hi", how="reset"))) as replay:
        with pytest.raises(ConnectionResetError):
            await say(replay, get(closes=False))


async def test_an_answer_that_the_client_did_not_wait_for_stays_open(recording) -> None:
    said = answer(1, "hi")[:-1]
    async with Replay(recording(*call(), *said, End(at=3, x=1, side="client", how="cut"))) as replay:
        host, port = replay.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(get(closes=False))
        await reader.readuntil(b"hi\r\n")
        writer.write(b"x")
        await writer.drain()

        assert not reader.at_eof()
        writer.close()


async def test_an_answer_that_came_though_the_client_had_left_is_played(recording) -> None:
    left = End(at=1, x=1, side="client", how="cut")
    async with Replay(recording(*call(), left, *answer(1, "hi"))) as replay:
        assert (await say(replay, get())).endswith(b"2\r\nhi\r\n0\r\n\r\n")


async def test_a_head_has_no_body(recording) -> None:
    entries = [*call(method="HEAD"), *answer(1, headers=[("content-length", "7")])]
    async with Replay(recording(*entries)) as replay:
        assert await say(replay, get(method="HEAD")) == b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n"


@pytest.mark.parametrize("coding", ["zstd", "gzip", "deflate"])
async def test_a_body_that_was_decoded_is_encoded_again(recording, coding) -> None:
    headers = [("content-encoding", coding), ("content-length", "5")]
    async with Replay(recording(*call(), *answer(1, "hello", headers=headers, decoded=coding))) as replay:
        head, _, chunks = (await say(replay, get())).partition(b"\r\n\r\n")

    assert head.split(b"\r\n")[1:] == [f"content-encoding: {coding}".encode(), b"transfer-encoding: chunked"]
    wire, rest = b"", chunks
    while rest != b"0\r\n\r\n":
        size, _, rest = rest.partition(b"\r\n")
        wire, rest = wire + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    assert decoder(coding).feed(wire) == b"hello"


async def test_each_path_answers_in_its_order(recording) -> None:
    entries = [
        *call(1), *answer(1, "first", headers=[]), *call(2, path="/b"), *answer(2, "other", headers=[]),
        *call(3), *answer(3, "second", headers=[]),
    ]  # fmt: skip
    async with Replay(recording(*entries)) as replay:
        said = [(await say(replay, get(path))).rpartition(b"\r\n")[2] for path in ("/b", "/a?x=1", "/a")]

    assert said == [b"other", b"first", b"second"]


async def test_the_connection_is_kept_for_the_next_request(recording) -> None:
    entries = [*call(1), *answer(1, "1"), *call(2), *answer(2, "2")]
    async with Replay(recording(*entries)) as replay:
        both = await say(replay, get(closes=False), get())

    assert both.count(b"HTTP/1.1 200 OK") == 2


async def test_a_request_too_many_is_a_miss_in_four_parts(recording) -> None:
    async with Replay(recording(*call(method="POST"), *answer())) as replay:
        await say(replay, post("{}"))
        head, _, body = (await say(replay, post("{}"))).partition(b"\r\n\r\n")

    error = json.loads(body)["error"]
    assert head.startswith(b"HTTP/1.1 400 ")
    assert error["type"] == "replay_miss"
    assert error["doing"] == "answering POST /a from the recording"
    assert (error["expected"], error["found"]) == ("at most 1 of them", "one more")
    assert error["advice"]
    assert [miss.closest for miss in replay.misses] == [1]


async def test_what_only_reads_is_answered_again(recording) -> None:
    """codex 0.169.0 asks for the models once or twice, as its tasks happen to run."""
    async with Replay(recording(*call(1), *answer(1, "first"), *call(2), *answer(2, "second"))) as replay:
        said = [await say(replay, get()) for _ in range(3)]

    assert [b"first" in said[0], b"second" in said[1], b"second" in said[2]] == [True, True, True]
    assert replay.misses == []


async def test_an_unknown_path_names_the_closest(recording) -> None:
    async with Replay(recording(*call(path="/backend-api/models"), *answer())) as replay:
        await say(replay, get("/backend-api/model"))

    (miss,) = replay.misses
    assert (miss.closest, miss.pointer) == (1, "/path")
    assert "GET /backend-api/models" in miss.problem.expected


async def test_by_content_each_request_gets_its_own_answer(recording) -> None:
    """The keys of JSON have no order, and a secret of today is as good as the one that was recorded."""
    entries = [
        *call(1, method="POST", body='{"a":1,"token":"redactedredact0001"}', headers=JSON),
        *answer(1, "first", headers=[]),
        *call(2, method="POST", body='{"a":2}', headers=JSON),
        *answer(2, "second", headers=[]),
    ]  # fmt: skip
    async with Replay(recording(*entries), matching="content") as replay:
        bodies = ('{"a":2}', '{"token":"Zq3xV8nLk2Wm7TyRb5","a":1}', '{"a":2}')
        said = [(await say(replay, post(body))).rpartition(b"\r\n")[2] for body in bodies]

    assert said == [b"second", b"first", b"second"]


async def test_by_content_a_miss_names_the_first_place_that_differs(recording) -> None:
    head = {"method": "POST", "headers": JSON}
    entries = [
        *call(1, body='{"model":"a","b":[1,2]}', **head),
        *answer(1),
        *call(2, body='{"c":1}', **head),
        *answer(2),
    ]
    async with Replay(recording(*entries), matching="content") as replay:
        said = await say(replay, post('{"model":"a","b":[1,3]}'))

    (miss,) = replay.misses
    assert (miss.closest, miss.pointer) == (1, "/body/b/1")
    assert b"/body/b/1: expected 2, found 3" in said


async def test_what_is_ignored_may_differ(recording) -> None:
    head = {"method": "POST", "headers": JSON}
    entries = [*call(1, body='{"a":{"b":1},"list":[{"id":1}]}', **head), *answer(1, "hi", headers=[])]
    ignore = ["/body/a", "/body/list/*/id"]
    async with Replay(recording(*entries), matching="content", ignore=ignore) as replay:
        assert (await say(replay, post('{"list":[{"id":2}],"a":7}'))).endswith(b"hi")


async def test_an_encoded_request_is_compared_decoded(recording) -> None:
    head = {"method": "POST", "headers": JSON, "decoded": "zstd"}
    code = encoder("zstd")
    body = code.feed(b'{"a":1}') + code.finish()
    lines = f"POST /a HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    async with Replay(recording(*call(1, body='{"a":1}', **head), *answer(1, "hi")), matching="content") as replay:
        assert b"hi" in await say(
            replay, lines.encode() + b"content-encoding: zstd\r\nconnection: close\r\n\r\n" + body
        )


@pytest.mark.parametrize(
    "data", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000], ids=["no HTTP", "a head without end"]
)
async def test_what_is_no_request_is_told(recording, data) -> None:
    async with Replay(recording(*call(), *answer())) as replay:
        assert b"reading a request" in await say(replay, data)


async def test_a_socket_says_what_it_said_after_what_it_heard(recording) -> None:
    entries = socket(1, ("client", "a"), ("server", "1"), ("server", "2"), ("client", "b"), ("server", "3"))
    async with (
        Replay(recording(*entries)) as replay,
        connect(replay.url.replace("http", "ws") + "/s", proxy=None) as client,
    ):
        await client.send("a")
        assert [await client.recv(), await client.recv()] == ["1", "2"]
        await (await client.ping())
        await client.send("b")
        assert await client.recv() == "3"
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()

    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1001, "bye")


async def test_by_content_another_frame_is_a_miss(recording) -> None:
    entries = socket(1, ("client", '{"type":"a","x":1}'), ("server", "1"))
    async with (
        Replay(recording(*entries), matching="content", ignore=["/body/x"]) as replay,
        connect(replay.url.replace("http", "ws") + "/s", proxy=None) as client,
    ):
        await client.send('{"type":"b","x":2}')
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()

    assert closed.value.rcvd.code == 1008
    assert [miss.pointer for miss in replay.misses] == ["/body/type"]


async def test_a_socket_without_handshake_is_a_miss(recording) -> None:
    async with Replay(recording(*socket())) as replay:
        assert b"the handshake of a WebSocket" in await say(replay, get("/s"))


async def test_a_socket_that_was_cut_is_cut(recording) -> None:
    entries = socket(1, ("server", "1"), end=End(at=1, x=1, side="server", how="cut"))
    async with (
        Replay(recording(*entries)) as replay,
        connect(replay.url.replace("http", "ws") + "/s", proxy=None) as client,
    ):
        assert await client.recv() == "1"
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()

    assert closed.value.rcvd is None


async def test_a_recording_that_ended_early_plays_what_is_there(recording) -> None:
    async with Replay(recording(*call(), *answer(1, "hi")[:-1], is_whole=False)) as replay:
        assert replay.index.ended_early
        assert (await say(replay, get(closes=False))).endswith(b"2\r\nhi\r\n")


def test_synchronous_code_replays_too(recording) -> None:
    with SyncReplay(recording(*call(), *answer())) as replay:
        assert replay.url.startswith("http://127.0.0.1:")


def test_the_time_between_is_kept_scaled_or_left_out() -> None:
    now = 10.0
    as_recorded, twice, at_once = (Pace(speed, lambda: now) for speed in (1.0, 2.0, None))
    for pace in (as_recorded, twice, at_once):
        pace.heard(3.0)
    now = 10.5

    assert [pace.seconds_until(5.0) for pace in (as_recorded, twice, at_once)] == [1.5, 0.5, 0.0]
    assert as_recorded.seconds_until(3.25) == 0.0


def test_a_recording_of_lines_has_no_port(recording) -> None:
    with pytest.raises(Problem, match="expected a recording of HTTP"):
        Replay(recording(surface="app-server"))


async def test_a_large_recording_is_not_held(recording, tmp_path) -> None:
    """What is known of an exchange does not grow with its bodies, and an answer is read as it is sent."""
    piece = base64.b64encode(os.urandom(30_000)).decode()
    path = recording(*call(), *answer(1, *[piece] * 200))
    async with Replay(path) as replay:
        (exchange,) = replay.index.exchanges
        assert exchange.size == 200 * len(piece)
        assert exchange.last <= path.stat().st_size
        entries = replay.index.entries(exchange)
        assert next(entries).x == 1
        assert len(await say(replay, get())) > exchange.size
