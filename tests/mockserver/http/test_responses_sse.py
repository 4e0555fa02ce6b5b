"""Server-sent events: the fast way to encode a stream gives the same bytes as the plain one."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_mockserver import Scenario, Script, World, load_scenario
from codex_mockserver.http._responses_sse import sse_bytes, turn_bytes
from codex_mockserver.model import Prompt, Step, Turn, read_input, scenarios, take_turn

SAYINGS = [
    {"message": "one two three"},
    {"message": {"deltas": ["a", "", "b"]}},
    {"reasoning": {"summary": ["think", "again"]}},
    {"function_call": {"name": "f", "arguments": {"x": "y z"}}},
    {"refusal": "no thanks"},
    {"message": "word " * 2000},
    {"compaction": "sealed"},
    {"web_search": "tides"},
]
TOOLS = [{"type": "function", "name": name, "parameters": {}} for name in ("exec_command", "apply_patch")]


def turn(*say: dict) -> Turn:
    body = {"model": "gpt-5.5", "stream": True, "tools": TOOLS}
    return take_turn(World(), Script(Scenario(model=[Step(say=list(say))])), Prompt(body, read_input("hi"), ()))


def plainly(events: list[dict]) -> bytes:
    return b"".join(b"event: %b\ndata: %b\n\n" % (e["type"].encode(), msgspec.json.encode(e)) for e in events)


@pytest.mark.parametrize("say", SAYINGS, ids=lambda say: next(iter(say)))
def test_a_run_of_deltas_is_encoded_like_its_events(say: dict) -> None:
    whole = turn(say)

    assert sse_bytes(whole.stream) == sse_bytes(whole.events) == plainly(whole.events)


@pytest.mark.parametrize("say", SAYINGS, ids=lambda say: next(iter(say)))
def test_what_is_prepared_is_the_same_each_time_but_for_the_ids(say: dict) -> None:
    for whole in (turn(say), turn({"message": "before"}, say), turn(say)):
        assert turn_bytes(whole) == plainly(whole.events)


@pytest.mark.parametrize("name", scenarios())
def test_every_step_of_the_library_is_prepared_as_it_is_said_plainly(name: str) -> None:
    for step in [Step(say=[{"message": "no step"}]), *load_scenario(name).model]:
        for whole in (turn(*step.say), turn(*step.say)):
            assert turn_bytes(whole) == plainly(whole.events)


def test_an_item_with_an_id_of_its_own_is_prepared_too() -> None:
    for item_id in ('odd "id"', "é", ""):
        whole = turn({"item": {"type": "message", "id": item_id, "role": "assistant", "content": []}})

        assert turn_bytes(whole) == plainly(whole.events)


@given(st.text(max_size=200))
def test_any_text_survives(text: str) -> None:
    whole = turn({"message": text})

    assert sse_bytes(whole.stream) == turn_bytes(whole) == plainly(whole.events)
