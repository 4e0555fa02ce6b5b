"""Responses over a WebSocket: many on one connection, one after the other."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import WebSocketProbe, at, require
from codex_conformance.suites.server.responses.faces import codex_face, each_face
from codex_conformance.suites.server.responses.prompts import (
    HELLO,
    STORY,
    WEATHER_CALL,
    WEATHER_FORCED,
    WEATHER_PROMPT,
    WEATHER_TOOL,
    function_output,
    message,
    scripted,
)
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.sockets import frame_of, turn
from codex_conformance.suites.server.responses.streams import Stream, call_of, require_text

#: A stream that takes its time, so that there is a middle in which to interrupt it.
_SLOW = scripted([{"message": "Once upon a time there was a sea. " * 20}], pacing={"events_per_second": 100})


@pytest.mark.codex("responses.websocket.turn")
@each_face
def test_a_turn_runs_over_a_socket(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        items = turn(socket, service, HELLO).items
    require_text(items)


@pytest.mark.codex("responses.websocket.same-events")
@each_face
def test_the_events_are_those_of_a_stream(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        found = _course(turn(socket, service, HELLO))
    expected = _course(service.stream(HELLO))
    require(found == expected, expected=str(expected), found=found)


@pytest.mark.codex("responses.websocket.sequence-numbers")
@each_face
def test_each_turn_counts_from_zero(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        streams = [turn(socket, service, HELLO) for _ in range(2)]
    for stream in streams:
        numbers = [event.get("sequence_number") for event in stream.own]
        require(numbers == list(range(len(numbers))), expected="0, 1, 2 and so on", found=numbers)


@pytest.mark.codex("responses.websocket.several-turns")
@each_face
def test_a_socket_takes_several_turns(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        ids = {at(turn(socket, service, HELLO).response, "/id", str) for _ in range(3)}
    require(len(ids) == 3, expected="three responses", found=ids)


@pytest.mark.codex("responses.websocket.queue")
@each_face
def test_turns_asked_for_at_once_come_one_by_one(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        for _ in range(2):
            socket.send(frame_of(service, HELLO))
        ids = [
            {at(event, "/response/id", str) for event in Stream(socket.events()).own if "response" in event}
            for _ in range(2)
        ]
    require([len(each) for each in ids] == [1, 1], expected="one response after the other", found=ids)


@pytest.mark.codex("responses.websocket.incremental", scenario=WEATHER_CALL)
@each_face
def test_a_turn_may_bring_only_what_is_new(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        first = turn(socket, service, [message(WEATHER_PROMPT)], store=False, **WEATHER_FORCED)
        said = [function_output(call_of(first.items))]
        previous = at(first.response, "/id", str)
        second = turn(socket, service, said, previous_response_id=previous, tools=[WEATHER_TOOL], store=False).items
    require_text(second)


@pytest.mark.codex("responses.websocket.incremental-history")
@each_face
def test_what_was_said_on_the_socket_is_input(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        first = turn(socket, service, STORY, store=False).response
        alone = turn(socket, service, HELLO, store=False).response
        more = turn(socket, service, HELLO, store=False, previous_response_id=at(first, "/id", str)).response
    few, many = (at(each, "/usage/input_tokens", int) for each in (alone, more))
    require(many > few, expected=f"more than the {few} input tokens of the same question alone", found=many)


@pytest.mark.codex("responses.websocket.prewarm")
@codex_face
def test_a_connection_can_be_warmed_up(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        warm = turn(socket, service, [message("You help.", "developer")], generate=False)
        said = warm.of_kind("response.output_item.done")
        require(not said, expected="no items", found=said)
        previous = at(warm.response, "/id", str)
        items = turn(socket, service, [message(HELLO)], previous_response_id=previous).items
    require_text(items)


@pytest.mark.codex("responses.websocket.prewarm-costs-nothing")
@codex_face
def test_warming_up_costs_no_output(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        usage = turn(socket, service, [message(HELLO)], generate=False).response.get("usage")
    # Some servers tell no usage where nothing was said.
    require(usage is None or at(usage, "/output_tokens") == 0, expected="no output tokens", found=usage)


@pytest.mark.codex("responses.websocket.from-http")
def test_a_stored_response_can_be_continued_on_a_socket(service: Service) -> None:
    first = at(service.respond(HELLO, store=True), "/id", str)
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        items = turn(socket, service, "Go on.", previous_response_id=first).items
    require_text(items)


@pytest.mark.codex("responses.websocket.rate-limits")
@codex_face
def test_a_turn_tells_the_limits(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        told = turn(socket, service, HELLO).of_kind("codex.rate_limits")
    require(told, expected="codex.rate_limits", found="none")


@pytest.mark.codex("responses.websocket.sockets-apart")
@each_face
def test_two_sockets_do_not_mix(service: Service) -> None:
    opened = WebSocketProbe.open
    with opened(service.http, face=service.face) as one, opened(service.http, face=service.face) as other:
        for socket in (one, other):
            socket.send(frame_of(service, HELLO))
        ids = {at(Stream(socket.events()).response, "/id", str) for socket in (other, one)}
    require(len(ids) == 2, expected="two responses", found=ids)


@pytest.mark.codex("responses.websocket.interrupt", scenario=_SLOW)
@codex_face
def test_a_turn_can_be_interrupted(service: Service) -> None:
    with WebSocketProbe.open(service.http, face=service.face) as socket:
        socket.send(frame_of(service, STORY))
        events = [socket.receive()]
        while events[-1].get("type") != "response.output_text.delta":
            events.append(socket.receive())
        identifier = at(Stream(events).own[0], "/response/id", str)
        socket.send({"type": "response.interrupt", "response_id": identifier, "mode": "discard_partial_items"})
        while events[-1].get("type") not in ("response.incomplete", "response.completed", "error"):
            events.append(socket.receive())
    reason = at(events[-1], "/response/incomplete_details/reason")
    require(reason == "interrupted", expected="interrupted", found=events[-1])


def _course(stream: Stream) -> list[str]:
    """Return the types of a stream's events, with repeated ones once: pieces may be cut in another way.

    Reasoning is left out, as a model may think about one of two equal questions, and not about the other.
    """
    kinds = [str(event.get("type")) for event in stream.own if not _is_thought(event)]
    return [kind for index, kind in enumerate(kinds) if index == 0 or kind != kinds[index - 1]]


def _is_thought(event: dict[str, Any]) -> bool:
    """Tell whether an event is of reasoning."""
    item = event.get("item")
    return "reasoning" in str(event.get("type")) or (isinstance(item, dict) and item.get("type") == "reasoning")
