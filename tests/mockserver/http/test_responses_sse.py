"""Server-sent events: the fast way to encode a stream gives the same bytes as the plain one."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_mockserver import Scenario, Script, World
from codex_mockserver.http._responses_sse import sse_bytes
from codex_mockserver.model import Prompt, Step, Turn, read_input, take_turn

SAYINGS = [
    {"message": "one two three"},
    {"message": {"deltas": ["a", "", "b"]}},
    {"reasoning": {"summary": ["think", "again"]}},
    {"function_call": {"name": "f", "arguments": {"x": "y z"}}},
    {"refusal": "no thanks"},
]


def turn(*say: dict) -> Turn:
    body = {"model": "gpt-5.5", "stream": True}
    return take_turn(World(seed=1), Script(Scenario(model=[Step(say=list(say))])), Prompt(body, read_input("hi"), ()))


def plainly(events: list[dict]) -> bytes:
    return b"".join(b"event: %b\ndata: %b\n\n" % (e["type"].encode(), msgspec.json.encode(e)) for e in events)


@pytest.mark.parametrize("say", SAYINGS, ids=lambda say: next(iter(say)))
def test_a_run_of_deltas_is_encoded_like_its_events(say: dict) -> None:
    whole = turn(say)

    assert sse_bytes(whole.stream) == sse_bytes(whole.events) == plainly(whole.events)


@given(st.text(max_size=200))
def test_any_text_survives(text: str) -> None:
    whole = turn({"message": text})

    assert sse_bytes(whole.stream) == plainly(whole.events)
