"""Faults on a WebSocket: of its handshake, of its frames, and of its pings."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidMessage, InvalidStatus

DONE = {"event": "response.completed"}
UNKNOWN = {"type": "response.brand_new", "depth": 3}
WITH_STATUS = {"type": "error", "status": 429, "error": {"code": "slow_down", "message": "Later"}}
WITHOUT_STATUS = {"type": "error", "error": {"code": "slow_down", "message": "Later"}}


def fault(**kind) -> dict:
    return {"on": "createResponse", "times": None, **kind}


def frame(value: dict) -> str:
    return json.dumps(value, separators=(",", ":"))


#: Each fault, and what it leaves of the eleven frames of a response that the next one follows.
STREAMS = {
    "end": (fault(at=DONE, end=True), lambda f: f[:-1]),
    "idle for a moment": (fault(at=3, idle=0), lambda f: f),
    "drop": (fault(at=3, drop=True), lambda f: f[:3] + f[4:]),
    "drop the terminal event": (fault(at="last", drop=True), lambda f: f[:-1]),
    "duplicate": (fault(at=3, duplicate=True), lambda f: [*f[:4], *f[3:]]),
    "swap": (fault(at=3, swap=True), lambda f: [*f[:3], f[4], f[3], *f[5:]]),
    "replace": (fault(at=3, replace=UNKNOWN), lambda f: [*f[:3], frame(UNKNOWN), *f[4:]]),
    "bad JSON": (fault(at="last", replace="{no"), lambda f: [*f[:-1], "{no"]),
    "insert": (fault(at=3, insert=UNKNOWN), lambda f: [*f[:3], frame(UNKNOWN), *f[3:]]),
    "error frame": (fault(at=3, insert=WITH_STATUS), lambda f: [*f[:3], frame(WITH_STATUS), *f[3:]]),
    "error frame without status": (fault(at=0, insert=WITHOUT_STATUS), lambda f: [frame(WITHOUT_STATUS), *f]),
    "heartbeats that are no events": (fault(at=2, heartbeat={"every": 0, "times": 2}), lambda f: f),
    "heartbeats": (
        fault(at=2, heartbeat={"every": 0, "times": 2, "event": {"type": "keepalive"}}),
        lambda f: [*f[:2], *[frame({"type": "keepalive"})] * 2, *f[2:]],
    ),
}


@pytest.mark.parametrize(("fault", "expected"), STREAMS.values(), ids=STREAMS)
async def test_a_fault_changes_exactly_this(served, socket_to, create, frames, fault, expected) -> None:
    wanted = list(expected(frames))
    async with served(fault) as backend, socket_to(backend) as socket:
        await socket.send(create)
        received = [await socket.recv() for _ in wanted]
        await socket.send(create)
        after = json.loads(await socket.recv())
        (exchange,) = backend.journal

    assert received == wanted
    assert after["type"] == ("response.created" if fault["at"] else "error")
    (kind,) = set(fault) - {"on", "times", "at"}
    assert exchange.faults[0].startswith(f"faults[0]: {kind} at ")


#: Faults that end the connection after three frames, with the close code that the client sees.
ENDINGS = {
    "close": ({"close": {"code": 1013, "reason": "try later"}}, 1013),
    "close of a private kind": ({"close": {"code": 4000}}, 4000),
    "cut": ({"cut": True}, 1006),
    "reset": ({"reset": True}, 1006),
    "half close": ({"half_close": True}, 1006),
}


@pytest.mark.parametrize(("kind", "code"), ENDINGS.values(), ids=ENDINGS)
async def test_a_connection_ends_in_the_middle_of_a_response(served, socket_to, create, frames, kind, code) -> None:
    async with served(fault(at=3, **kind)) as backend, socket_to(backend) as socket:
        await socket.send(create)
        received = [await socket.recv() for _ in range(3)]
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()

    assert received == frames[:3]
    assert (closed.value.rcvd.code if closed.value.rcvd else 1006) == code
    if "reason" in kind.get("close", {}):
        assert closed.value.rcvd.reason == "try later"


async def test_a_reset_is_a_reset(served, socket_to, create) -> None:
    async with served(fault(at=3, reset=True)) as backend, socket_to(backend) as socket:
        await socket.send(create)
        with pytest.raises(ConnectionClosedError) as closed:
            [await socket.recv() for _ in range(4)]

    assert isinstance(closed.value.__cause__, ConnectionResetError)


async def test_an_answer_before_the_response_is_an_error_frame(served, socket_to, create) -> None:
    answer = {"status": 503, "body": {"error": {"message": "Busy"}}, "headers": {"retry-after": "1"}}
    async with served(fault(answer=answer)) as backend, socket_to(backend) as socket:
        await socket.send(create)
        error = json.loads(await socket.recv())

    assert error == {"type": "error", "status": 503, "error": {"message": "Busy"}, "headers": {"retry-after": "1"}}


@pytest.mark.parametrize("status", [401, 404, 405, 426, 429, 500])
async def test_the_upgrade_is_refused(served, socket_to, status: int) -> None:
    answer = {"status": status, "body": {"error": {"code": "no"}}, "headers": {"retry-after": "1"}}
    async with served({"on": "connectResponses", "answer": answer}) as backend:
        with pytest.raises(InvalidStatus) as refused:
            async with socket_to(backend):
                pass
        async with socket_to(backend):
            first, _ = backend.journal

    response = refused.value.response
    assert (response.status_code, json.loads(response.body)) == (status, {"error": {"code": "no"}})
    assert response.headers["retry-after"] == "1"
    assert (first.status, first.faults) == (status, ["faults[0]: answer at request"])


@pytest.mark.parametrize("kind", ["cut", "reset"])
async def test_the_handshake_gets_no_answer(served, socket_to, kind: str) -> None:
    async with served({"on": "connectResponses", kind: True}) as backend:
        with pytest.raises((InvalidMessage, ConnectionResetError)):
            async with socket_to(backend):
                pass


async def test_a_gate_holds_the_handshake(served, socket_to) -> None:
    async with served({"on": "connectResponses", "hold": "door"}) as backend:

        async def connect() -> None:
            async with socket_to(backend):
                pass

        connecting = asyncio.create_task(connect())
        await backend.wait_at("door")
        backend.gates.open("door")
        await connecting


async def test_a_gate_holds_a_frame(served, socket_to, create, frames) -> None:
    async with served(fault(at=3, hold="half-way")) as backend, socket_to(backend) as socket:
        await socket.send(create)
        first = [await socket.recv() for _ in range(3)]
        await backend.wait_at("half-way")
        (exchange,) = backend.journal
        sent = [frame.data for frame in exchange.frames if frame.sender == "server"]
        backend.gates.open("half-way")
        rest = [await socket.recv() for _ in range(len(frames) - 3)]

    assert sent == first == frames[:3]
    assert rest == frames[3:]


async def test_what_a_client_says_meanwhile_is_answered_afterwards(served, socket_to, create) -> None:
    fault = {"on": "createResponse", "at": 3, "hold": "half-way"}
    async with served(fault) as backend, socket_to(backend) as socket:
        for _ in range(3):
            await socket.send(create)
        await backend.wait_at("half-way")
        backend.gates.open("half-way")
        done = [json.loads(await socket.recv())["type"] for _ in range(33)].count("response.completed")

    assert done == 3


@pytest.mark.parametrize(
    "kind",
    [
        {"at": 3, "hold": "never"},
        {"at": 3, "idle": True},
        {"at": "end", "idle": 1000},
        {"delay": 1000},
        {"at": 3, "half_close": True},
    ],
    ids=lambda kind: next(name for name in kind if name != "at"),
)
async def test_a_client_that_leaves_a_slow_response_frees_everything(
    served, socket_to, create, has_struck, all_is_freed, kind
) -> None:
    async with served(fault(**kind)) as backend:
        async with socket_to(backend) as socket:
            await socket.send(create)
            await has_struck(backend)
            socket.transport.abort()
        await all_is_freed(backend)

        assert not backend.gates.waiting


async def test_pings_are_answered_or_not(served, socket_to, create) -> None:
    fault = {"on": "connectResponses", "ignore_pings": True}
    async with served(fault) as backend:
        async with socket_to(backend, ping_interval=None) as socket:
            pong = await socket.ping()
            await socket.send(create)
            for _ in range(11):
                await socket.recv()
            assert not pong.done()
        async with socket_to(backend, ping_interval=None) as socket:
            async with asyncio.timeout(30):
                await (await socket.ping())


async def test_a_fault_can_leave_the_socket_alone(served, socket_to, whole_stream, create) -> None:
    fault = {"on": "createResponse", "at": 3, "cut": True, "when": {"method": "POST"}}
    async with served(fault) as backend:
        async with socket_to(backend) as socket:
            await socket.send(create)
            events = [json.loads(await socket.recv())["type"] for _ in range(11)]
        _, ending = await whole_stream(backend)

    assert events[-1] == "response.completed"
    assert ending == "closed"


@pytest.mark.parametrize(
    "kind",
    [{"bom": True}, {"at": 0, "comment": "hi"}, {"at": {"number": 0, "byte": 5}, "idle": 0}],
    ids=["byte order mark", "comment", "place inside an event"],
)
async def test_a_fault_of_server_sent_events_passes_by_the_socket(
    served, socket_to, whole_stream, create, frames, kind
) -> None:
    async with served({"on": "createResponse", **kind}) as backend:
        async with socket_to(backend) as socket:
            await socket.send(create)
            received = [await socket.recv() for _ in frames]
        await whole_stream(backend)
        over_socket, over_http = backend.journal

    assert received == frames
    assert over_socket.faults == []
    assert len(over_http.faults) == 1


async def test_the_openness_probe_widens_frames(served, socket_to, create) -> None:
    async with served(settings={"openness_probe": True}) as backend, socket_to(backend) as socket:
        await socket.send(create)
        frames = [json.loads(await socket.recv()) for _ in range(11)]

    assert all("testkit_unknown" in frame for frame in frames)
    assert frames[-1]["type"] == "response.completed"


async def test_a_prewarm_is_struck_only_by_a_fault_that_names_it(served, socket_to, create) -> None:
    """Any other fault waits for the response, as over HTTP, where nothing is warmed."""
    busy = {"status": 503, "body": {"error": {"code": "server_is_overloaded", "message": "Later"}}}
    cold = {"on": "createResponse", "when": {"body": {"/generate": False}}, "answer": busy}
    prewarm = json.dumps({**json.loads(create), "generate": False})
    async with served({"on": "createResponse", "answer": busy}) as backend, socket_to(backend) as socket:
        await socket.send(prewarm)
        assert json.loads(await socket.recv())["type"] == "response.created"
    async with served(cold) as backend, socket_to(backend) as socket:
        await socket.send(prewarm)
        assert json.loads(await socket.recv())["type"] == "error"
        await socket.send(create)
        assert json.loads(await socket.recv())["type"] == "response.created"


async def test_a_scenario_offers_no_websocket(served, socket_to) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with served(settings={"websocket": False}) as backend, socket_to(backend):
            pass

    assert caught.value.response.status_code == 426
