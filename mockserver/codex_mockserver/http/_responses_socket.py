"""The WebSocket transport of the Responses surface: many responses on one connection, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from codex_mockserver.faults import FaultAnswer, Strike, read_events
from codex_mockserver.http._call import Call
from codex_mockserver.http._openness import widened_events
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._responses_request import base_of, check_body, read_prompt, unknown_response
from codex_mockserver.http._responses_sse import turn_bytes
from codex_mockserver.http._responses_turn import find_stored, request_id, run_turn, shared_headers
from codex_mockserver.http._socket import Socket, SocketStage
from codex_mockserver.http._strikes import strikes_of
from codex_mockserver.model import Turn, closing_event
from codex_mockserver.world import responses
from codex_mockserver.world.limits import limit_event
from codex_schemas import load

__all__ = ["Connection"]

Json = dict[str, Any]

#: The schema of a ``response.create`` frame by service.
_FRAMES = {"codex": "CodexResponseCreateFrame", "public": "PublicResponseCreateFrame"}

_CREATE = "response.create"

_INTERRUPT = "response.interrupt"
_ITEM_DONE = "response.output_item.done"

#: Conversations that a connection can continue; clients continue the last one.
CONVERSATIONS_KEPT = 64

#: The operation whose faults strike a response on a socket too.
_OPERATION = "createResponse"


class Connection:
    """One client's WebSocket, with the conversations that it can continue until it closes."""

    def __init__(self, call: Call, socket: Socket) -> None:
        self._call = call
        self._socket = socket
        self._base = base_of(call)
        #: The whole conversation after each response made here, by response id.
        self._conversations: dict[str, list[Json]] = {}

    async def serve(self) -> None:
        """Answer frames until the client has gone or a fault drops the connection."""
        headers = shared_headers(self._call) if self._base == "codex" else request_id(self._call)
        await self._socket.accept(headers)
        self._call.journal.settle()
        is_open = True
        while is_open and (data := await self._socket.receive()) is not None:
            call = self._call
            stage = SocketStage(
                self._socket, call.exchange, call.connection, call.gates, call.pacer, refuse=self._send_injected
            )
            await self._answer(data, stage)
            is_open = stage.is_open
            self._call.journal.settle()

    async def _answer(self, data: str | bytes, stage: SocketStage) -> None:
        """Answer one frame."""
        try:
            frame = _read_frame(data)
            if frame["type"] == _INTERRUPT:
                await self._send(_not_running(frame))
                return
            self._call.strikes = self._strikes(frame)
            await stage.strike(self._call.strikes, "request")
            if stage.is_over:
                return
            turn = self._respond(self._check(frame))
        except Refusal as refusal:
            self._call.exchange.near_miss = self._call.exchange.near_miss or refusal.message
            await self._send(_error(refusal))
            return
        await stage.strike(self._call.strikes, "answer")
        if not stage.is_over:
            await self._perform(turn, stage)

    async def _perform(self, turn: Turn, stage: SocketStage) -> None:
        """Send the events of a response as pacing and faults let them be."""
        self._call.world.commit()
        if self._base == "codex":
            await self._send(limit_event(self._call.world, self._call.signed_in.workspace))
        events = read_events(turn_bytes(turn))
        if self._call.script.settings.openness_probe:
            events = widened_events(events, "websocket")
        stage.stops = partial(_is_interrupt, turn.response["id"])
        await stage.perform(events, turn.pacing, self._call.strikes)
        if stage.is_broken_off and stage.is_open:
            whole = [event for event in events[: stage.count] if event.name == _ITEM_DONE]
            await self._interrupt(turn.interrupted(len(whole)), stage.count)

    async def _interrupt(self, turn: Turn, number: int) -> None:
        """End a response whose client wants to say something else; it goes on from what is whole."""
        response_id = turn.response["id"]
        self._conversations[response_id] = turn.items
        if (stored := find_stored(self._call, response_id)) is not None:
            stored.response, stored.deltas = turn.response, stored.deltas[: len(turn.said)]
            self._call.world.commit()
        await self._send({"type": f"{_INTERRUPT}.accepted", "response_id": response_id})
        await self._send(closing_event(turn.response, number))

    def _check(self, frame: Json) -> Json:
        """Return what a frame asks for, as the body of a request: a stream, since a socket gives nothing else."""
        body = check_body(self._call, _FRAMES[self._base], frame)
        return {**{name: value for name, value in body.items() if name != "type"}, "stream": True}

    def _strikes(self, frame: Json) -> Sequence[Strike]:
        """Return the faults that strike this response."""
        call = self._call
        return strikes_of(call, load("responses").operation(_OPERATION), "websocket", lambda: frame)

    def _respond(self, body: Json) -> Turn:
        earlier = self._earlier(body.get("previous_response_id"))
        turn = run_turn(self._call, read_prompt(self._call, body, earlier))
        self._call.world.remember(self._conversations, turn.response["id"], turn.items, CONVERSATIONS_KEPT)
        return turn

    def _earlier(self, response_id: str | None) -> list[Json]:
        if response_id is None:
            return []
        if (items := self._conversations.get(response_id)) is not None:
            return items
        if self._base == "public" and (stored := find_stored(self._call, response_id)) is not None:
            return responses.history(stored)
        raise unknown_response(response_id)

    async def _send_injected(self, answer: FaultAnswer) -> None:
        await self._send(_injected(answer))

    async def _send(self, event: Json) -> None:
        await self._socket.send(msgspec.json.encode(event).decode())


def _is_interrupt(response_id: str, data: str | bytes) -> bool:
    """Tell whether a frame interrupts this response."""
    try:
        frame = _read_frame(data)
    except Refusal:
        return False
    return frame["type"] == _INTERRUPT and frame.get("response_id") == response_id


def _not_running(frame: Json) -> Json:
    """Return the answer to an interruption of what is not said now."""
    error = {"code": "response_not_active", "message": "This response is not running."}
    return {"type": f"{_INTERRUPT}.failed", "response_id": frame.get("response_id"), "error": error}


def _read_frame(data: str | bytes) -> Json:
    """Return the object of a text frame.

    Raises:
        Refusal: 400 for a binary frame, and for anything but an object of a known type.
    """
    if isinstance(data, bytes):
        raise Refusal(400, "A binary frame came; send JSON in a text frame.", code="invalid_frame")
    try:
        frame = msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refusal(400, f"The frame is not valid JSON: {error}.", code="invalid_json") from None
    kind = frame.get("type") if isinstance(frame, dict) else None
    if kind not in (_CREATE, _INTERRUPT):
        raise Refusal(400, f"A frame needs a known type such as {_CREATE}.", code="invalid_frame", param="type")
    assert isinstance(frame, dict)
    return frame


def _error(refusal: Refusal) -> Json:
    """Return the error frame that says a refusal."""
    plain = {"type": refusal.kind, "code": refusal.code, "message": refusal.message, "param": refusal.param}
    return _frame(refusal.status, (refusal.body or {}).get("error", plain), refusal.headers)


def _injected(answer: FaultAnswer) -> Json:
    """Return the error frame that stands for the HTTP answer of a fault."""
    body = answer.body if isinstance(answer.body, dict) else {}
    text = str(body.get("detail") or answer.encoded().decode())
    plain = {"type": "invalid_request_error", "code": None, "message": text, "param": None}
    error = body.get("error")
    return _frame(answer.status, error if isinstance(error, dict) else plain, answer.headers)


def _frame(status: int, error: Json, headers: dict[str, str]) -> Json:
    return {"type": "error", "status": status, "error": error, "headers": headers}
