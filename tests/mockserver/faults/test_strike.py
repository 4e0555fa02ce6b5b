"""What faults make of a stream, beat by beat, and what they lose of it."""

from __future__ import annotations

import pytest

from codex_mockserver.faults import (
    KINDS,
    At,
    Beat,
    Event,
    Fault,
    Strike,
    around,
    arrange,
    event_of,
    is_lost,
    read_events,
    take_time,
)

A, B, C = (event_of({"type": f"response.{name}"}) for name in ("created", "output_text.delta", "completed"))
STREAM = [A, B, C]


def strike(**kind) -> Strike:
    return Strike(Fault(on="createResponse", **kind), "fault")


def emits(*events: Event) -> list[Beat]:
    return [Beat("emit", event) for event in events]


def test_without_faults_events_follow_each_other() -> None:
    assert arrange(STREAM, []).beats == emits(A, B, C)


def test_waits_stand_where_time_passes() -> None:
    assert arrange(STREAM, [], [0.0, 1.5, 1.5]).beats == [*emits(A), Beat("wait_until", 1.5), *emits(B, C)]


def test_a_fault_strikes_when_its_event_is_due() -> None:
    held = arrange(STREAM, [strike(at=1, hold="gate")], [0.0, 1.5, 2.0])

    assert held.beats == [
        *emits(A),
        Beat("wait_until", 1.5),
        Beat("report", "fault: hold at event 1"),
        Beat("hold", "gate"),
        *emits(B),
        Beat("wait_until", 2.0),
        *emits(C),
    ]


def test_a_place_inside_an_event_lets_its_first_bytes_pass() -> None:
    cut = arrange(STREAM, [strike(at=At(number=1, byte=5), cut=True)])

    assert [beat.argument.wire for beat in cut.beats if beat.act == "emit"] == [
        A.wire,
        B.wire[:5],
        B.wire[5:],
        C.wire,
    ]
    assert [beat.act for beat in cut.beats].index("cut") == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"at": 3, "drop": True},
        {"at": 2, "swap": True},
        {"at": 4, "cut": True},
        {"at": At(event="response.created", occurrence=2), "cut": True},
        {"at": At(number=0, byte="character"), "cut": True},
        {"at": At(number=0, byte=1000), "cut": True},
        {"at": At(number=3, byte=1), "cut": True},
    ],
    ids=[
        "no event",
        "nothing to swap with",
        "behind the end",
        "no such event",
        "no long character",
        "short",
        "no byte",
    ],
)
def test_a_place_that_is_not_there_changes_nothing_and_is_told(fault) -> None:
    missing = strike(**fault)
    plan = arrange(STREAM, [missing])

    assert plan.beats == emits(A, B, C)
    assert plan.missed == [missing]


def test_only_faults_of_a_place_around_the_work_strike_there() -> None:
    strikes = [strike(delay=2.5), strike(at="answer", delay=1), strike(at=1, idle=3)]

    assert [beat for beat in around(strikes, "request") if beat.act != "report"] == [Beat("pause", 2.5)]
    assert [beat for beat in around(strikes, "answer") if beat.act != "report"] == [Beat("pause", 1)]


LOSSES = {
    "cut in the stream": ({"at": 1, "cut": True}, True),
    "cut at the end": ({"at": "end", "cut": True}, False),
    "reset before the headers": ({"at": "answer", "reset": True}, True),
    "end": ({"at": "last", "end": True}, True),
    "silence for ever": ({"at": 1, "idle": True}, True),
    "silence for ever at the end": ({"at": "end", "idle": True}, False),
    "silence for a while": ({"at": 1, "idle": 5}, False),
    "no terminal event": ({"at": "last", "drop": True}, True),
    "no completed": ({"at": At(event="response.completed"), "drop": True}, True),
    "broken terminal event": ({"at": At(event="response.failed"), "replace": "{"}, True),
    "no delta": ({"at": At(event="response.output_text.delta"), "drop": True}, False),
    "held": ({"at": 1, "hold": "gate"}, False),
    "twice": ({"at": "last", "duplicate": True}, False),
    "delayed": ({"delay": 1}, False),
}


@pytest.mark.parametrize(("fault", "loses"), LOSSES.values(), ids=LOSSES)
def test_a_fault_loses_the_response_or_not(fault, loses) -> None:
    assert is_lost([strike(delay=0), strike(**fault)]) == loses


def test_every_kind_is_a_key_of_a_fault() -> None:
    assert set(Fault(on="all").__struct_fields__) - set(KINDS) == {
        "on",
        "name",
        "after",
        "times",
        "every",
        "when",
        "at",
    }


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'event: a.b\ndata: {"type":"a.b"}\n\n', ["a.b"]),
        (b'data: {"type":"a.b"}\n\ndata: {"object":"chunk"}\n\ndata: [DONE]\n\n', ["a.b", "chunk", "[DONE]"]),
        (b"data: 5\n\ndata: {}\n\n", ["", "None"]),
    ],
    ids=["named", "unnamed", "odd"],
)
def test_events_are_read_as_they_are_written(body: bytes, names: list[str]) -> None:
    events = read_events(body)

    assert b"".join(event.wire for event in events) == body
    assert [event.name for event in events] == names


@pytest.mark.parametrize(
    ("beats", "slow"),
    [(emits(A), False), ([Beat("hold", "gate")], True), ([Beat("cut")], False), ([Beat("wait_until", 1)], True)],
    ids=["burst", "gate", "cut", "pacing"],
)
def test_some_beats_take_time(beats, slow) -> None:
    assert take_time(beats) == slow
