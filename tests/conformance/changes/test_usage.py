"""Which changes concern what somebody uses, as a list or a transcript says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex_conformance.changes import read_usage
from codex_schemas import Problem
from codex_schemas.diff import Change, Level, Message, Protocol

BREAKING, DANGEROUS, COMPATIBLE = Level.BREAKING, Level.DANGEROUS, Level.COMPATIBLE
OLD = Protocol(
    "0.141.0",
    {
        "#/definitions/v2/Turn": {"type": "object", "properties": {"id": {"type": "string"}, "status": {}, "note": {}}},
        "#/definitions/v2/ThreadItem": {
            "oneOf": [
                {"properties": {"type": {"enum": ["plan"]}, "text": {"type": "string"}}},
                {"enum": ["none", "some"]},
            ]
        },
        "#/definitions/v2/ThreadStartParams": {"properties": {"cwd": {}, "model": {}}},
        "#/definitions/v2/ThreadStatus": {"oneOf": [{"const": "idle"}, {"const": "active"}]},
        "#/definitions/v2/ToolOutput": {"properties": {"output": {}}},
    },
    {
        name: Message(name, "request", "client", {})
        for name in ("turn/start", "thread/start", "GET /.well-known/jwks.json")
    },
)
NEW = Protocol("0.169.0", {}, {"turn/steer": Message("turn/steer", "request", "client", {})})


@pytest.fixture
def read(tmp_path: Path):
    def read(*lines: str):
        (tmp_path / "used").write_text("\n".join(lines))
        return read_usage(tmp_path / "used", (OLD, NEW))

    return read


def removed(location: str, *messages: str, value: object = "gone", **more: object) -> Change:
    return Change("some-rule", location, "It went.", BREAKING, COMPATIBLE, old=value, messages=messages, **more)


def added(location: str, *messages: str, level: Level = BREAKING) -> Change:
    return Change("some-rule", location, "It came.", level, COMPATIBLE, new={}, messages=messages)


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        (removed("turn/start", "turn/start"), True),
        (removed("Thread.id", "thread/read", "turn/start"), True),
        (added("Thread.id", "turn/start", level=COMPATIBLE), True),
        (removed("Thread.id", "thread/read"), False),
        (removed("Turn.status", "thread/read"), True),
        (removed("Turn.status.inner", "thread/read"), True),
        (removed("Turn.id", "thread/read"), False),
        (removed("Turn", "thread/read", value={}), True),
        (added("Turn.cwd"), True),
        (added("Turn.cwd", level=COMPATIBLE), False),
        (removed("ThreadItem[plan].text"), True),
        (removed("ThreadItem[plan].id"), False),
        (removed("ThreadItem", value="none"), True),
        (removed("ThreadItem", value="some"), False),
        (removed("GET /.well-known/jwks.json.kid"), False),
        (removed("GET /.well-known/jwks.json.kid", "GET /.well-known/jwks.json"), True),
    ],
    ids=lambda value: value.location if isinstance(value, Change) else None,
)
def test_a_list_covers_messages_types_and_fields(read, change, covered) -> None:
    usage = read(
        "# what our client uses",
        "turn/start   # everything in it",
        "Turn.status",
        "ThreadItem[plan].text",
        "ThreadItem.none",
        "",
        "GET /.well-known/jwks.json",
    )

    assert usage.covers(change) == covered


def test_a_type_as_a_whole_covers_all_its_fields_whatever_else_is_listed(read) -> None:
    for lines in (["Turn", "Turn.id"], ["Turn.id", "Turn"]):
        assert read(*lines).covers(removed("Turn.status"))


@pytest.mark.parametrize(
    ("lines", "line", "closest"),
    [
        (["turn/start", "turn/strat"], 2, "turn/start"),
        (["Trun"], 1, "Turn"),
        (["Turn.statsu"], 1, "status"),
        (["Trun.status"], 1, "Turn"),
        (["ThreadItem[paln]"], 1, "plan"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else None,
)
def test_an_unknown_name_is_told_the_closest(read, lines, line, closest) -> None:
    with pytest.raises(Problem) as caught:
        read(*lines)

    assert caught.value.doing.endswith(f"line {line}")
    assert closest in caught.value.advice


TRANSCRIPT = (
    {
        "dir": "out",
        "msg": {"id": 1, "method": "thread/start", "params": {"cwd": "/home", "config": {"deep": [{"x": 1}]}}},
    },
    {"dir": "in", "msg": {"id": 1, "method": "item/tool/call", "params": {}}},
    {"dir": "in", "msg": {"id": 1, "result": {"thread": {"status": "idle"}}}},
    {"dir": "out", "msg": {"id": 1, "result": {"output": "done"}}},
    {"dir": "in", "msg": {"method": "turn/completed", "params": {"turn": None}}},
)


@pytest.mark.parametrize(
    "lines", [TRANSCRIPT, [line["msg"] for line in TRANSCRIPT[:1] + TRANSCRIPT[2:3]]], ids=["both ways", "bare"]
)
@pytest.mark.parametrize(
    ("change", "covered"),
    [
        (removed("thread/start", "thread/start", value={}), True),
        (removed("thread/resume", "thread/resume", value={}), False),
        (removed("ThreadStartParams.cwd", "thread/start"), True),
        (removed("ThreadStartParams.config.deep[].x", "thread/start"), True),
        (removed("ThreadStartParams.model", "thread/start"), False),
        (removed("Thread.status", "thread/read", "thread/start"), True),
        (removed("ThreadStatus", "thread/start", value="idle"), True),
        (removed("ThreadStatus", "thread/start", value="active"), False),
        (removed("ToolOutput.output", "thread/start"), False),
        (removed("ToolOutput[ReadableOutput]", "thread/start", value={}), True),
        (removed("ToolOutput[active|model]", "thread/start", value={}), False),
        (added("ThreadStartParams.projectId", "thread/start"), True),
        (added("ThreadStartParams.projectId", "thread/start", level=DANGEROUS), True),
        (added("ThreadStartParams.projectId", "thread/start", level=COMPATIBLE), False),
        (added("ThreadStartParams.projectId", "thread/resume"), False),
    ],
    ids=lambda value: f"{value.location} {value.old or value.client}" if isinstance(value, Change) else None,
)
def test_a_transcript_covers_what_was_said(read, lines, change, covered) -> None:
    usage = read(*map(json.dumps, lines))

    assert usage.covers(change) == covered


def test_a_field_that_must_be_sent_now_counts_though_nobody_sent_it(read) -> None:
    demanded = Change(
        "field-became-required",
        "ThreadStartParams.model",
        "Send it.",
        client=COMPATIBLE,
        server=BREAKING,
        old={},
        new={"type": "string"},
        messages=("thread/start",),
    )

    assert read(json.dumps(TRANSCRIPT[0])).covers(demanded)


@pytest.mark.parametrize(
    ("lines", "doing"),
    [
        (['{"method": "thread/start"}', "nonsense"], "line 2"),
        (['{"method": "thread/start"}', "", "[1]"], "line 3"),
        (['{"method": "thread/start"}', "[" * 100_000], "line 2"),
        (['{"method": "no/such"}'], "used"),
        (['{"id": 1, "result": {}}'], "used"),
        ([], "used"),
        (["# nothing"], "used"),
    ],
    ids=["text", "list", "deep", "unknown method", "answer without request", "empty", "comment"],
)
def test_a_file_that_names_nothing_is_a_problem(read, lines, doing) -> None:
    with pytest.raises(Problem) as caught:
        read(*lines)

    assert caught.value.doing.endswith(doing)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path, content) -> None:
    path = tmp_path / "used.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(Problem, match="reading"):
        read_usage(path, (OLD, NEW))
