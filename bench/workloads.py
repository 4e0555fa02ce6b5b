"""What is asked of the mock and of its peers: streams, whole responses, turns on a WebSocket, tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from kills import CLIENT, Worker
from load import Client, HttpClient, SocketClient, frame, handshake
from servers import Address
from websockets.sync.client import connect

__all__ = [
    "ENDING",
    "FRAME",
    "PATH",
    "TURN",
    "WORKLOADS",
    "Workload",
    "post",
    "token_client",
    "turn_answer",
    "turn_request",
]

PATH = "/v1/responses"
TURN = {"model": "gpt-5.5", "input": "go", "store": False}
FRAME = {"type": "response.create", "model": "gpt-5.5", "input": [{"role": "user", "content": "go"}], "store": False}
#: What the text of the last frame of a turn begins with.
ENDING = b'{"type":"response.completed"'
#: Stands before the new refresh token in the answer to a refresh.
TOKEN = b'"refresh_token":"'
#: Seconds for a login on a machine that is busy with the load itself.
PATIENCE = 60


@dataclass(frozen=True)
class Workload:
    """One thing that clients ask for again and again."""

    name: str
    what: str
    wanted: str
    #: The peers that do such a thing.
    peers: tuple[str, ...]
    #: Makes one client of a server.
    client: Callable[[Address], Client]
    #: Returns what the mock answers, for the peers that only repeat it.
    answer: Callable[[Address], dict[str, Any]]


def post(address: Address, path: str, media_type: str, body: bytes) -> bytes:
    """Return a whole request."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {address.key}\r\n"
        f"content-type: {media_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def turn_request(address: Address, *, stream: bool) -> bytes:
    """Return the request for a response, as a stream or as one object."""
    return post(address, PATH, "application/json", json.dumps({**TURN, "stream": stream}).encode())


def turn_answer(address: Address, *, stream: bool) -> dict[str, Any]:
    """Return what the mock answers to it."""
    headers = {"authorization": f"Bearer {address.key}"}
    answer = httpx.post(f"{address.url}{PATH}", json={**TURN, "stream": stream}, headers=headers)
    assert answer.text.count("output_text.delta") == (2 * 50 if stream else 0), answer.text
    return {"media_type": answer.headers["content-type"], "body": answer.text}


def socket_client(address: Address) -> Client:
    """Return a client that asks for turns on a WebSocket."""
    opening = handshake(PATH, f"authorization: Bearer {address.key}\r\n")
    return SocketClient(opening, frame(json.dumps(FRAME).encode()), ENDING)


def socket_answer(address: Address) -> dict[str, Any]:
    """Return the frames of a turn."""
    frames: list[str] = []
    url = f"ws://127.0.0.1:{address.port}{PATH}"
    with connect(url, additional_headers={"authorization": f"Bearer {address.key}"}) as socket:
        socket.send(json.dumps(FRAME))
        while not frames or not frames[-1].startswith(ENDING.decode()):
            frames.append(str(socket.recv(timeout=10)))
    return {"frames": frames}


def token_client(address: Address) -> Client:
    """Return a client that refreshes the token that it got last: each can be used once."""

    def refresh(token: str) -> bytes:
        form = urlencode({"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": token})
        return post(address, "/oauth/token", "application/x-www-form-urlencoded", form.encode())

    def following(answer: bytes) -> bytes:
        return refresh(answer.partition(TOKEN)[2].partition(b'"')[0].decode())

    return HttpClient(refresh(log_in(address) if address.is_mock else "any"), following)


def token_answer(address: Address) -> dict[str, Any]:
    """Return what the mock answers to a refresh."""
    form = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": log_in(address)}
    answer = httpx.post(f"{address.url}/oauth/token", data=form)
    assert TOKEN in answer.content, answer.text
    return {"media_type": answer.headers["content-type"], "body": answer.text}


def log_in(address: Address) -> str:
    """Return the refresh token of a new session."""
    worker = Worker()
    with httpx.Client(base_url=address.url, timeout=PATIENCE) as client:
        worker.log_in(client)
    assert worker.latest is not None
    return worker.latest


WORKLOADS = (
    Workload(
        "streams",
        "streams of 50 deltas",
        "3 times aimock",
        ("aimock", "Starlette", "socket"),
        lambda address: HttpClient(turn_request(address, stream=True)),
        lambda address: turn_answer(address, stream=True),
    ),
    Workload(
        "responses",
        "responses as one object",
        "",
        ("aimock", "Starlette", "socket"),
        lambda address: HttpClient(turn_request(address, stream=False)),
        lambda address: turn_answer(address, stream=False),
    ),
    Workload(
        "turns",
        "WebSocket turns",
        "1.5 times aimock",
        ("aimock", "Starlette", "socket"),
        socket_client,
        socket_answer,
    ),
    Workload("tokens", "refreshed tokens", "", ("Starlette", "socket"), token_client, token_answer),
)
