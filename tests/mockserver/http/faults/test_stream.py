"""Faults in a stream of server-sent events, seen byte for byte."""

from __future__ import annotations

import json

import pytest

DONE = {"event": "response.completed"}
BOM = b"\xef\xbb\xbf"
UNKNOWN = {"type": "response.brand_new", "depth": 3}
UNKNOWN_EVENT = b'event: response.brand_new\ndata: {"type":"response.brand_new","depth":3}\n\n'


def fault(**kind) -> dict:
    return {"on": "createResponse", "times": None, **kind}


def crlf(event: bytes) -> bytes:
    return event.replace(b"\n", b"\r\n")


#: Each fault, with the bytes that it leaves of the eleven events, and how the body ends.
STREAMS = {
    "cut": (fault(at=3, cut=True), lambda e: e[:3], "closed"),
    "cut at the first event": (fault(at=0, cut=True), lambda e: [], "closed"),
    "reset": (fault(at=3, reset=True), lambda e: e[:3], "reset"),
    "half close": (fault(at=3, half_close=True), lambda e: e[:3], "closed"),
    "end": (fault(at=DONE, end=True), lambda e: e[:-1], "ended"),
    "end after the last": (fault(at="end", end=True), lambda e: e, "ended"),
    "cut after the last": (fault(at="end", cut=True), lambda e: e, "closed"),
    "idle for a moment": (fault(at=3, idle=0), lambda e: e, "ended"),
    "drop": (fault(at=3, drop=True), lambda e: e[:3] + e[4:], "ended"),
    "drop the terminal event": (fault(at="last", drop=True), lambda e: e[:-1], "ended"),
    "drop the second delta": (
        fault(at={"event": "response.output_text.delta", "occurrence": 2}, drop=True),
        lambda e: e[:5] + e[6:],
        "ended",
    ),
    "duplicate": (fault(at=3, duplicate=True), lambda e: [*e[:4], *e[3:]], "ended"),
    "swap": (fault(at=3, swap=True), lambda e: [*e[:3], e[4], e[3], *e[5:]], "ended"),
    "replace": (fault(at=3, replace=UNKNOWN), lambda e: [*e[:3], UNKNOWN_EVENT, *e[4:]], "ended"),
    "bad JSON": (
        fault(at=DONE, replace='{"type": "response.compl'),
        lambda e: [*e[:-1], b'event: response.completed\ndata: {"type": "response.compl\n\n'],
        "ended",
    ),
    "insert": (fault(at=3, insert=UNKNOWN), lambda e: [*e[:3], UNKNOWN_EVENT, *e[3:]], "ended"),
    "insert text": (fault(at="end", insert="[DONE]"), lambda e: [*e, b"data: [DONE]\n\n"], "ended"),
    "comment": (fault(at=0, comment="keep-alive"), lambda e: [b": keep-alive\n\n", *e], "ended"),
    "heartbeats": (
        fault(at=2, heartbeat={"every": 0, "times": 2}),
        lambda e: [*e[:2], b": heartbeat\n\n" * 2, *e[2:]],
        "ended",
    ),
    "heartbeat events": (
        fault(at=2, heartbeat={"every": 0, "times": 2, "event": {"type": "keepalive"}}),
        lambda e: [*e[:2], b'event: keepalive\ndata: {"type":"keepalive"}\n\n' * 2, *e[2:]],
        "ended",
    ),
    "no blank line": (fault(at=3, no_blank_line=True), lambda e: [*e[:3], e[3][:-1], *e[4:]], "ended"),
    "CRLF in one event": (fault(at=3, line_ends="crlf"), lambda e: [*e[:3], crlf(e[3]), *e[4:]], "ended"),
    "CRLF everywhere": (fault(line_ends="crlf"), lambda e: map(crlf, e), "ended"),
    "CR everywhere": (fault(line_ends="cr"), lambda e: [x.replace(b"\n", b"\r") for x in e], "ended"),
    "byte order mark": (fault(bom=True), lambda e: [BOM, *e], "ended"),
    "cut inside an event": (
        fault(at={"number": 3, "byte": 10}, cut=True),
        lambda e: [*e[:3], e[3][:10]],
        "closed",
    ),
    "reset inside a character": (
        fault(at={"number": 5, "byte": "character"}, reset=True),
        lambda e: [*e[:5], e[5][: e[5].index("é".encode()) + 1]],
        "reset",
    ),
    "silence inside a character": (
        fault(at={"number": 5, "byte": "character"}, idle=0),
        lambda e: e,
        "ended",
    ),
}


@pytest.mark.parametrize(("fault", "expected", "ending"), STREAMS.values(), ids=STREAMS)
async def test_a_fault_changes_exactly_this(served, whole_stream, events, fault, expected, ending) -> None:
    async with served(fault) as backend:
        stream = await whole_stream(backend)
        (exchange,) = backend.journal

    assert stream == (b"".join(expected(events)), ending)
    assert exchange.response_body == stream[0]
    (kind,) = set(fault) - {"on", "times", "at"}
    assert exchange.faults[0].startswith(f"faults[0]: {kind} at ")


async def test_several_faults_strike_one_stream_in_their_order(served, whole_stream, events) -> None:
    faults = (
        fault(at=2, comment="one"),
        fault(at=2, comment="two"),
        fault(bom=True),
        fault(at=5, drop=True),
        fault(at=8, cut=True),
    )
    async with served(*faults) as backend:
        body, ending = await whole_stream(backend)

    assert body == b"".join([BOM, *events[:2], b": one\n\n: two\n\n", *events[2:5], *events[6:8]])
    assert ending == "closed"


@pytest.mark.parametrize("size", [1, 7, 4096, 1_000_000])
async def test_a_body_leaves_in_pieces(served, asking, unchunk, events, size: int) -> None:
    async with served(fault(chunk=size)) as backend, asking(backend) as client:
        await client.read_head()
        data, _ = await client.read_rest()

    whole = b"".join(events)
    chunks, is_whole = unchunk(data)
    assert is_whole
    assert chunks == [whole[start : start + size] for start in range(0, len(whole), size)]


async def test_a_json_body_leaves_in_pieces_too(served, asking) -> None:
    async with served(fault(chunk={"bytes": 100, "pause": 0})) as backend, asking(backend, stream=False) as client:
        head = await client.read_head()
        body, _ = await client.read_rest()

    assert f"content-length: {len(body)}".encode() in head
    assert json.loads(body)["output"][0]["content"][0]["text"] == "café olé"


async def test_a_stream_without_faults_leaves_in_one_write(served, asking, unchunk, events) -> None:
    async with served() as backend, asking(backend) as client:
        await client.read_head()
        data, _ = await client.read_rest()

    assert unchunk(data) == ([b"".join(events)], True)


async def test_a_stream_that_is_only_rearranged_leaves_in_one_write_too(served, asking, unchunk) -> None:
    async with served(fault(at=3, swap=True)) as backend, asking(backend) as client:
        await client.read_head()
        data, _ = await client.read_rest()

    assert len(unchunk(data)[0]) == 1


async def test_a_gate_holds_an_event_until_the_test_lets_it_go(served, asking, unchunk, events) -> None:
    async with served(fault(at=3, hold="half-way")) as backend, asking(backend) as client:
        await client.read_head()
        first = await client.read_until(events[2])
        await backend.wait_at("half-way")
        assert dict(backend.gates.waiting) == {"half-way": 1}
        assert first.endswith(b"".join(events[:3]))
        backend.gates.open("half-way")
        rest, _ = await client.read_rest()

    assert rest.count(b"event: ") == len(events) - 3
    assert b"response.completed" in rest
    assert not backend.gates.waiting


async def test_a_client_that_leaves_at_a_gate_frees_everything(served, asking, all_is_freed) -> None:
    async with served(fault(at=3, hold="never")) as backend:
        async with asking(backend) as client:
            await client.read_head()
            await backend.wait_at("never")
        await all_is_freed(backend)

        assert not backend.gates.waiting
        (exchange,) = backend.journal
        assert exchange.response_body.count(b"event: ") == 3


@pytest.mark.parametrize(
    "kind",
    [
        {"at": 3, "idle": True},
        {"at": "end", "idle": True},
        {"at": 3, "idle": 1000},
        {"at": 3, "heartbeat": {"every": 1000, "times": 3}},
        {"chunk": {"bytes": 2, "pause": 1000}},
        {"at": 3, "half_close": True},
    ],
    ids=lambda kind: next(name for name in kind if name != "at"),
)
async def test_a_client_that_leaves_a_slow_stream_frees_everything(served, asking, all_is_freed, kind) -> None:
    async with served(fault(**kind)) as backend:
        async with asking(backend) as client:
            await client.read_head()
            await client.read_until(b"event: "[:2])
        await all_is_freed(backend)


async def test_a_place_that_the_stream_does_not_have_is_told(served, whole_stream, events) -> None:
    """A model that echoes says more or less; the loader cannot know, so the journal tells."""
    async with served(fault(at=100, cut=True), model=[]) as backend:
        _, ending = await whole_stream(backend)
        (exchange,) = backend.journal

    assert ending == "ended"
    assert exchange.faults == []
    assert exchange.near_miss == "there was no such place for faults[0]: cut at event 100"


async def test_a_lost_response_leaves_its_step_for_the_next_request(served, whole_stream) -> None:
    model = [{"say": [{"message": "first"}]}, {"say": [{"message": "second"}]}]
    async with served({"on": "createResponse", "at": "last", "cut": True}, model=model) as backend:
        await whole_stream(backend)
        body, ending = await whole_stream(backend)

    assert ending == "ended"
    assert b"first" in body


async def test_a_fault_that_loses_nothing_uses_its_step(served, whole_stream) -> None:
    model = [{"say": [{"message": "first"}]}, {"say": [{"message": "second"}]}]
    async with served({"on": "createResponse", "at": "end", "cut": True}, model=model) as backend:
        await whole_stream(backend)
        body, _ = await whole_stream(backend)

    assert b"second" in body
