"""The form of a stream: its media type, the names and numbers of its events, its beginning and its end."""

from __future__ import annotations

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service


@pytest.mark.codex("responses.stream.media-type")
@each_face
def test_a_stream_is_one(service: Service) -> None:
    answer = service.ask(HELLO, stream=True).require_status(200)
    require(answer.media_type == "text/event-stream", expected="text/event-stream", found=answer.media_type)


@pytest.mark.codex("responses.stream.event-names")
@each_face
def test_events_are_named_by_their_type(service: Service) -> None:
    stream = service.stream(HELLO)
    names = [frame.name for frame in stream.frames if frame.data != "[DONE]"]
    wrong = [f"{name or 'no name'} for {kind}" for name, kind in zip(names, stream.kinds, strict=False) if name != kind]
    fine = not wrong and len(names) == len(stream.kinds)
    require(fine, expected="each event named by its type", found=", ".join(dict.fromkeys(wrong)))


@pytest.mark.codex("responses.stream.sequence-numbers")
@each_face
def test_numbers_have_no_gaps(service: Service) -> None:
    stream = service.stream(HELLO)
    numbers = [event.get("sequence_number") for event in stream.own]
    require(numbers == list(range(len(numbers))), expected="0, 1, 2 and so on", found=numbers)


@pytest.mark.codex("responses.stream.created-first")
@each_face
def test_the_first_event_creates_the_response(service: Service) -> None:
    first = service.stream(HELLO).own[0]
    require(first.get("type") == "response.created", expected="response.created", found=first)


@pytest.mark.codex("responses.stream.response-id")
@each_face
def test_all_events_are_of_one_response(service: Service) -> None:
    stream = service.stream(HELLO)
    identifiers = {at(event, "/response/id", str) for event in stream.own if "response" in event}
    require(len(identifiers) == 1, expected="one response id", found=identifiers)


@pytest.mark.codex("responses.stream.terminal-once")
@each_face
def test_a_stream_ends_once(service: Service) -> None:
    stream = service.stream(HELLO)
    ends = [stream.own[index].get("type") for index in stream.ends]
    require(ends == ["response.completed"], expected="exactly one response.completed", found=ends or stream.in_short)


@pytest.mark.codex("responses.stream.terminal-last")
@each_face
def test_nothing_follows_the_end(service: Service) -> None:
    stream = service.stream(HELLO)
    require(stream.ends, expected="an event that ends the stream", found=stream.in_short)
    after = stream.own[stream.ends[0] + 1 :]
    require(not after, expected="nothing after the end", found=after)


@pytest.mark.codex("responses.stream.no-done-marker")
@each_face
def test_there_is_no_done_marker(service: Service) -> None:
    data = [frame.data for frame in service.stream(HELLO).frames]
    require("[DONE]" not in data, expected="no [DONE]", found=data[-2:])


@pytest.mark.codex("responses.stream.whole")
@each_face
def test_the_body_comes_to_its_end(service: Service) -> None:
    answer = service.ask(HELLO, stream=True).require_status(200)
    require(answer.is_whole, expected="a body that ends in good order", found="a connection that breaks")
    require(answer.text.endswith(("\n\n", "\r\n\r\n")), expected="a blank line at the end", found=answer.text[-60:])


@pytest.mark.codex("responses.stream.opening")
@each_face
def test_a_response_begins_empty(service: Service) -> None:
    opening = at(service.stream(HELLO).own[0], "/response", dict)
    begun = (opening.get("status"), opening.get("output"), opening.get("usage"))
    require(begun == ("in_progress", [], None), expected="in_progress, no output, no usage", found=begun)


@pytest.mark.codex("responses.stream.completed")
@each_face
def test_a_response_ends_completed(service: Service) -> None:
    status = at(service.stream(HELLO).response, "/status")
    require(status == "completed", expected="completed", found=status)
