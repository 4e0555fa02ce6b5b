"""WebSockets on which one thing is wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import json

import pytest
from http_mutants import Broken


def hides_the_status(frame, _memory):
    yield {name: value for name, value in frame.items() if name != "status"}


def closes_after_a_turn(frame, _memory):
    yield frame
    if frame["type"] == "response.completed":
        yield 1000


def forgets_the_conversation(frame, _memory):
    yield {name: value for name, value in frame.items() if name != "previous_response_id"}


def answers_with_a_pong(frame, _memory):
    yield {"type": "pong"} if frame["type"] == "error" else frame


def warms_up_with_words(frame, _memory):
    yield {name: value for name, value in frame.items() if name != "generate"}


def counts_on_from_turn_to_turn(frame, memory):
    if "sequence_number" in frame:
        memory["count"] = memory.get("count", -1) + 1
        frame = frame | {"sequence_number": memory["count"]}
    yield frame


def calls_a_limit_a_bad_request(frame, _memory):
    yield frame | {"status": 400} if frame["type"] == "error" else frame


def opens_to_anybody(scope, world):
    others = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
    key = f"Bearer {world.account('plus').api_key}".encode()
    return {**scope, "headers": [*others, (b"authorization", key)]}


def speaks_in_binary(frame, _memory):
    yield json.dumps(frame).encode()


def opens_with_compression_only(scope, _world):
    headers = scope["headers"]
    offers = any(name == b"sec-websocket-extensions" for name, _ in headers)
    return scope if offers else {**scope, "headers": [pair for pair in headers if pair[0] != b"authorization"]}


MUTANTS = (
    Broken("outwards", speaks_in_binary, "responses.websocket.turn"),
    Broken("door", opens_with_compression_only, "responses.websocket.uncompressed"),
    Broken("outwards", hides_the_status, "responses.websocket.error-status"),
    Broken("outwards", closes_after_a_turn, "responses.websocket.several-turns"),
    Broken("inwards", forgets_the_conversation, "responses.websocket.incremental-history"),
    Broken("outwards", answers_with_a_pong, "responses.websocket.odd-frame"),
    Broken("inwards", warms_up_with_words, "responses.websocket.prewarm"),
    Broken("outwards", counts_on_from_turn_to_turn, "responses.websocket.sequence-numbers"),
    Broken("outwards", calls_a_limit_a_bad_request, "responses.websocket.usage-limit"),
    Broken("door", opens_to_anybody, "responses.websocket.auth"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_socket_is_found_out_by_name(mutated_socket, find_out, broken):
    find_out(mutated_socket(**{broken.where: broken.mutation}), broken)


def test_the_socket_that_was_not_broken_passes(mutated_socket, acquit):
    acquit(mutated_socket(), MUTANTS)
