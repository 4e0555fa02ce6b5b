"""Streams: every event fits its contract and stands in its legal place."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from codex_mockserver.model import Prompt, Scenario, Script, Step, Turn, read_input, take_turn
from codex_mockserver.world import Clock, World
from codex_schemas import load, load_events

TOOLS = [
    {"type": "function", "name": "exec_command", "parameters": {"type": "object", "properties": {"cmd": {}}}},
    {"type": "custom", "name": "apply_patch", "format": {"type": "text"}},
]
BODY = {"model": "gpt-5.5", "tools": TOOLS, "include": ["reasoning.encrypted_content"]}

OPENAI_EVENT = TypeAdapter(ResponseStreamEvent)

texts = st.text(st.characters(codec="utf-8"), max_size=40)
names = st.text("abcdefgh_", min_size=1, max_size=12)
entries = st.one_of(
    texts.map(lambda text: {"message": text}),
    st.lists(texts, max_size=5).map(lambda deltas: {"message": {"deltas": deltas, "phase": "commentary"}}),
    st.lists(texts, max_size=3).map(lambda summary: {"reasoning": {"summary": summary}}),
    texts.map(lambda text: {"reasoning": {"text": text}}),
    texts.map(lambda text: {"reasoning": {"summary": ["short"], "text": text}}),
    texts.map(lambda cmd: {"exec_command": {"cmd": cmd}}),
    texts.map(lambda patch: {"apply_patch": patch}),
    st.builds(
        lambda name, arguments: {"function_call": {"name": name, "arguments": arguments}},
        names,
        st.dictionaries(names, texts, max_size=3) | texts,
    ),
    st.builds(lambda name, text: {"custom_tool_call": {"name": name, "input": text}}, names, texts),
    texts.map(lambda query: {"web_search": query}),
    texts.map(lambda text: {"refusal": text}),
    texts.map(lambda text: {"compaction": text}),
    st.just({"item": {"type": "image_generation_call", "status": "completed", "result": "aGk="}}),
    st.just({"item": {"type": "file_search_call", "status": "completed", "queries": ["a"], "results": []}}),
    st.just({"item": {"type": "mcp_call", "name": "f", "arguments": "{}", "server_label": "s", "status": "completed"}}),
    st.just({"item": {"type": "mcp_list_tools", "server_label": "s", "tools": []}}),
    st.just(
        {
            "item": {
                "type": "code_interpreter_call",
                "status": "completed",
                "code": "1 + 1",
                "container_id": "cntr_1",
                "outputs": [],
            }
        }
    ),
)
ends = st.sampled_from(
    ["completed", {"failed": {"code": "server_error", "message": "Broken"}}, {"incomplete": "max_output_tokens"}]
)


def turn(*say, end="completed", body=BODY) -> Turn:
    script = Script(Scenario(model=[Step(say=list(say), end=end)]))
    return take_turn(World(seed=1, clock=Clock(frozen_at=1_800_000_000)), script, Prompt(body, read_input("Hello")))


def joined(events, kind: str) -> str:
    return "".join(event["delta"] for event in events if event["type"] == kind)


@given(say=st.lists(entries, max_size=5), end=ends)
def test_any_scenario_gives_a_stream_that_keeps_its_contract(say, end) -> None:
    events = turn(*say, end=end).events

    assert load_events().stream_violations(events) == []
    assert load("responses").validator("Response").violations(events[-1]["response"]) == []


@given(say=st.lists(entries, max_size=5), end=ends)
def test_the_stream_says_what_the_response_holds(say, end) -> None:
    whole = turn(*say, end=end)

    done = [event["item"] for event in whole.events if event["type"] == "response.output_item.done"]

    assert done == whole.response["output"]
    assert whole.events[-1]["type"] == f"response.{whole.response['status']}"


def test_a_message_of_fifty_words_is_58_events_that_the_openai_package_reads() -> None:
    events = turn({"message": " ".join(f"word{number}" for number in range(50))}).events

    read = [OPENAI_EVENT.validate_json(msgspec.json.encode(event), strict=True) for event in events]

    assert len(read) == 58
    assert [event.sequence_number for event in read] == list(range(58))
    assert [event.type for event in read[:4]] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert [event.type for event in read[-4:]] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]


@pytest.mark.parametrize(
    "entry",
    [
        {"message": "Hi there"},
        {"reasoning": {"summary": ["One", "Two"]}},
        {"reasoning": {"text": "Deep"}},
        {"refusal": "No"},
        {"exec_command": {"cmd": "ls"}},
        {"apply_patch": "*** Begin Patch\n*** End Patch"},
        {"web_search": "codex"},
        {"compaction": "sealed"},
    ],
    ids=lambda entry: next(iter(entry)),
)
def test_the_openai_package_reads_every_kind_of_entry(entry) -> None:
    for event in turn(entry).events:
        OPENAI_EVENT.validate_json(msgspec.json.encode(event), strict=True)


def test_given_deltas_leave_as_they_are() -> None:
    events = turn({"message": {"deltas": ["a", "bc ", "", "d"]}}).events

    assert [event["delta"] for event in events if event["type"] == "response.output_text.delta"] == [
        "a",
        "bc ",
        "",
        "d",
    ]
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == "abc d"


@pytest.mark.parametrize("text", ["", " ", "one", " two  words ", "a\n\nb\tc", "日本語 テスト"], ids=repr)
def test_deltas_add_up_to_the_text(text: str) -> None:
    assert joined(turn({"message": text}).events, "response.output_text.delta") == text


def test_arguments_stream_as_deltas_too() -> None:
    events = turn({"function_call": {"name": "f", "arguments": {"city": "New York"}}}).events

    assert joined(events, "response.function_call_arguments.delta") == '{"city":"New York"}'


def test_an_item_begins_empty_and_in_progress() -> None:
    added = [
        event["item"] for event in turn({"message": "Hi"}, {"exec_command": {"cmd": "ls"}}).events if "item" in event
    ]

    assert (added[0]["content"], added[0]["status"]) == ([], "in_progress")
    assert (added[2]["arguments"], added[2]["status"]) == ("", "in_progress")
    assert added[0]["id"] == added[1]["id"]


def test_a_failure_ends_the_stream_with_its_error() -> None:
    error = {"code": "server_error", "message": "Broken"}

    final = turn({"message": "So far"}, end={"failed": error}).events[-1]

    assert final["type"] == "response.failed"
    assert final["response"]["error"] == error


def test_an_incomplete_response_says_why_and_marks_its_last_item() -> None:
    response = turn({"message": "a"}, {"message": "b"}, end={"incomplete": "max_output_tokens"}).response

    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert [item["status"] for item in response["output"]] == ["completed", "incomplete"]


def test_the_first_events_know_nothing_of_the_end() -> None:
    created = turn({"message": "Hi"}).events[0]["response"]

    assert (created["status"], created["output"], created["usage"]) == ("in_progress", [], None)


def test_a_response_repeats_its_request() -> None:
    body = {"model": "gpt-5.4", "metadata": {"a": "b"}, "temperature": 0.2, "text": {"verbosity": "low"}}

    response = turn({"message": "Hi"}, body=body).response

    assert (response["model"], response["metadata"], response["temperature"]) == ("gpt-5.4", {"a": "b"}, 0.2)
    assert response["text"] == {"format": {"type": "text"}, "verbosity": "low"}


def test_an_item_of_a_type_that_nobody_knows_has_no_body() -> None:
    types = [event["type"] for event in turn({"item": {"type": "hologram", "shape": "cube"}}).events]

    assert types[2:-1] == ["response.output_item.added", "response.output_item.done"]


def test_equal_worlds_give_equal_streams() -> None:
    assert turn({"message": "Hi"}).events == turn({"message": "Hi"}).events


def test_events_are_numbered_over_the_whole_stream() -> None:
    whole = turn({"message": "a"}, {"message": "b"})

    assert [event["sequence_number"] for event in whole.events] == list(range(len(whole.events)))
