"""The tables of the legal order: closed, complete, and walked as the grammar of a stream says."""

from __future__ import annotations

import pytest

from codex_schemas import StreamOrder
from codex_schemas.document import read_data

EVENTS = read_data("responses", "events.json")
ORDER = read_data("responses", "order.json")


def moves(machine: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    """Return every move of a machine as state, event and next state."""
    return [(state, event, target) for state, row in machine.items() for event, target in row.items()]


MACHINES = {"stream": (ORDER["stream"], "start", "ended")} | {
    f"item {tag}": (machine, "added", "done") for tag, machine in ORDER["items"].items()
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_of_a_machine_is_reached_and_leads_to_the_end(name: str) -> None:
    machine, start, end = MACHINES[name]
    reached = {start}
    for _ in machine:
        reached |= {target for state, _, target in moves(machine) if state in reached}
    leading = {end}
    for _ in machine:
        leading |= {state for state, _, target in moves(machine) if target in leading}
    assert reached == leading == set(machine)


@pytest.mark.parametrize("event", sorted(EVENTS["events"]))
def test_the_order_has_one_place_for_an_event(event: str) -> None:
    in_items = any(event == moved for machine in ORDER["items"].values() for _, moved, _ in moves(machine))
    in_stream = any(event == moved for _, moved, _ in moves(ORDER["stream"]))
    assert [in_items, in_stream, event in ORDER["anywhere"]].count(True) == 1


def test_the_order_names_known_events_alone() -> None:
    named = {event for machine, _, _ in MACHINES.values() for _, event, _ in moves(machine)}
    assert named | set(ORDER["anywhere"]) == set(EVENTS["events"])


def test_the_order_and_the_events_agree_on_what_ends_a_stream() -> None:
    ends = {event for _, event, target in moves(ORDER["stream"]) if target == "ended"}
    flagged = {event for event, entry in EVENTS["events"].items() if entry["terminal"]}
    assert ends == flagged == set(ORDER["terminal"])


def test_events_of_an_item_carry_its_index() -> None:
    named = {event for machine in ORDER["items"].values() for _, event, _ in moves(machine)}
    assert all("output_index" in EVENTS["events"][event]["schema"]["required"] for event in named)


def refusal(events: list[tuple[str, int | None, str | None]]) -> str:
    """Walk a stream of (type, output index, item type) and name the first illegal event, or nothing."""
    order = StreamOrder()
    for kind, index, tag in events:
        event = {"type": kind} | ({} if index is None else {"output_index": index, "item": {"type": tag}})
        if order.feed(event):
            return kind
    return "the end" if order.missing() else ""


def stream(tag: str, *body: str, end: str = "completed", index: int = 0) -> list[tuple[str, int | None, str | None]]:
    """A stream with one item, whose body is given without the prefix ``response.``."""
    return [
        ("response.created", None, None),
        ("response.in_progress", None, None),
        ("response.output_item.added", index, tag),
        *((f"response.{event}", index, None) for event in body),
        (f"response.{end}", None, None),
    ]


DONE_EVENT = "output_item.done"
TEXT = ("content_part.added", "output_text.delta", "output_text.delta", "output_text.done", "content_part.done")
NOTED = (
    "content_part.added",
    "output_text.delta",
    "output_text.annotation.added",
    "output_text.done",
    "content_part.done",
)
REFUSED = ("content_part.added", "refusal.delta", "refusal.done", "content_part.done")
SUMMARY = tuple(f"reasoning_summary_{part}" for part in ("part.added", "text.delta", "text.done", "part.done"))
LEGAL = {
    "text": stream("message", *TEXT, DONE_EVENT),
    "annotated text": stream("message", *NOTED, DONE_EVENT),
    "two parts": stream("message", *TEXT, *REFUSED, DONE_EVENT),
    "summary": stream("reasoning", *SUMMARY, *SUMMARY, DONE_EVENT),
    "hidden reasoning": stream("reasoning", DONE_EVENT),
    "raw reasoning": stream(
        "reasoning",
        "content_part.added",
        "reasoning_text.delta",
        "reasoning_text.done",
        "content_part.done",
        DONE_EVENT,
    ),
    "function call": stream(
        "function_call", "function_call_arguments.delta", "function_call_arguments.done", DONE_EVENT
    ),
    "custom call": stream("custom_tool_call", "custom_tool_call_input.done", DONE_EVENT),
    "web search": stream(
        "web_search_call", *(f"web_search_call.{s}" for s in ("in_progress", "searching", "completed")), DONE_EVENT
    ),
    "image": stream(
        "image_generation_call",
        *(f"image_generation_call.{s}" for s in ("in_progress", "partial_image", "completed")),
        DONE_EVENT,
    ),
    "failed mcp call": stream(
        "mcp_call", "mcp_call.in_progress", "mcp_call_arguments.done", "mcp_call.failed", DONE_EVENT
    ),
    "mcp tools": stream("mcp_list_tools", "mcp_list_tools.in_progress", "mcp_list_tools.completed", DONE_EVENT),
    "two commands": stream("shell_call", *("shell_call_command.added", "shell_call_command.done") * 2, DONE_EVENT),
    "compaction": stream("compaction", "compaction.compacting", DONE_EVENT),
    "unknown item": stream("brand_new", DONE_EVENT),
    "cut off": stream("message", *TEXT[:2], end="incomplete"),
    "failed in an item": stream("function_call", "function_call_arguments.delta", end="failed"),
    "queued": [("response.queued", None, None), *stream("message", *TEXT, DONE_EVENT)],
    "extras first": [
        ("keepalive", None, None),
        ("codex.rate_limits", None, None),
        *stream("message", *TEXT, DONE_EVENT),
    ],
    "prewarm": [("response.created", None, None), ("response.completed", None, None)],
    "error at once": [("error", None, None)],
}


@pytest.mark.parametrize("name", LEGAL)
def test_the_order_accepts(name: str) -> None:
    assert refusal(LEGAL[name]) == ""


ILLEGAL = {
    "no created": (stream("message", *TEXT, DONE_EVENT)[1:], "response.in_progress"),
    "delta before its part": (stream("message", "output_text.delta"), "response.output_text.delta"),
    "refusal inside text": (stream("message", *TEXT[:2], "refusal.delta"), "response.refusal.delta"),
    "part without its end": (stream("message", *TEXT[:-1], DONE_EVENT), "response.output_item.done"),
    "message without a part": (stream("message", DONE_EVENT), "response.output_item.done"),
    "item left open": (stream("message", *TEXT), "response.completed"),
    "arguments after their end": (
        stream("function_call", "function_call_arguments.done", "function_call_arguments.delta"),
        "response.function_call_arguments.delta",
    ),
    "event of another item": (
        stream("reasoning", "function_call_arguments.delta"),
        "response.function_call_arguments.delta",
    ),
    "item done twice": (stream("compaction", DONE_EVENT, DONE_EVENT), "response.output_item.done"),
    "text after the end": (
        [*stream("brand_new", DONE_EVENT), ("response.in_progress", None, None)],
        "response.in_progress",
    ),
    "item event after the end": (
        [*stream("message", *TEXT[:2], end="failed"), ("response.output_text.delta", 0, None)],
        "response.output_text.delta",
    ),
    "item event without an item": (
        [*LEGAL["text"][:2], ("response.output_text.delta", 0, None)],
        "response.output_text.delta",
    ),
    "no end": (stream("brand_new", DONE_EVENT)[:-1], "the end"),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_order_refuses(name: str) -> None:
    events, culprit = ILLEGAL[name]
    assert refusal(events) == culprit
