"""Whole streams are judged: each event by its schema, and their order by the tables."""

from __future__ import annotations

import copy

import pytest

from codex_schemas import load_events

CODE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
ITEM = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": []}
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1,
    "model": "m",
    "output": [],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "status": "in_progress",
}
PART = {"type": "output_text", "text": "hi", "annotations": []}

STREAM = [
    {"type": "response.created", "response": RESPONSE},
    {"type": "response.in_progress", "response": RESPONSE},
    {"type": "response.output_item.added", "output_index": 0, "item": {**ITEM, "status": "in_progress"}},
    {"type": "response.content_part.added", **CODE, "part": {**PART, "text": ""}},
    {"type": "response.output_text.delta", **CODE, "delta": "hi", "logprobs": []},
    {"type": "response.output_text.done", **CODE, "text": "hi", "logprobs": []},
    {"type": "response.content_part.done", **CODE, "part": PART},
    {"type": "response.output_item.done", "output_index": 0, "item": {**ITEM, "content": [PART]}},
    {"type": "response.completed", "response": {**RESPONSE, "status": "completed"}},
]
for number, event in enumerate(STREAM):
    event["sequence_number"] = number


def complaints(events: list[dict]) -> list[str]:
    return [str(violation) for violation in load_events().stream_violations(events)]


def test_a_right_stream_passes() -> None:
    assert complaints(STREAM) == []


@pytest.mark.parametrize("kind", ["keepalive", "response.metadata", "response.of_a_later_release"])
def test_extras_and_unknown_events_may_come_anywhere(kind: str) -> None:
    extra = {"type": kind, "sequence_number": 0, "headers": {}, "metadata": {}}

    assert complaints([extra, *STREAM[:4], extra, *STREAM[4:]]) == []


@pytest.mark.parametrize("missing", range(len(STREAM)), ids=lambda number: STREAM[number]["type"])
def test_a_stream_that_lacks_an_event_is_refused(missing: int) -> None:
    assert complaints(STREAM[:missing] + STREAM[missing + 1 :])


def test_a_second_terminal_event_is_refused() -> None:
    again = {**STREAM[-1], "sequence_number": len(STREAM)}

    assert complaints([*STREAM, again]) == [
        f"stream order at /{len(STREAM)}: expected nothing more, found response.completed"
    ]


def test_a_wrong_field_is_named_with_its_event() -> None:
    events = copy.deepcopy(STREAM)
    events[4]["delta"] = 5

    assert complaints(events) == ["response.output_text.delta at /delta: expected string, found 5"]


@pytest.mark.parametrize(
    ("frame", "base", "known"),
    [
        ("response.create", "codex", True),
        ("response.create", "public", True),
        ("response.steer", "codex", False),
        ("response.dance", "public", False),
    ],
)
def test_the_frames_of_a_client_have_schemas_by_base(frame: str, base: str, known: object) -> None:
    assert (load_events().frame_validator(frame, base) is not None) == known


def test_the_error_event_has_another_form_on_a_socket() -> None:
    flat = {"type": "error", "code": None, "message": "m", "param": None, "sequence_number": 0}

    assert load_events().validator("error", "sse").is_valid(flat)
    assert not load_events().validator("error", "websocket").is_valid(flat)
