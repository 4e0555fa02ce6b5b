"""The journal: what came, in order, with bounds on its memory."""

from __future__ import annotations

import asyncio

import pytest

from codex_mockserver import Journal
from codex_mockserver.journal import Exchange
from codex_schemas import Problem


def visit(journal: Journal, path: str, *, body: bytes = b"", operation: str | None = None) -> Exchange:
    exchange = journal.open("GET", path, "", {})
    exchange.operation = operation
    exchange.received(body)
    exchange.answered(200, {})
    journal.settle()
    return exchange


def test_requests_come_in_order_and_can_be_narrowed() -> None:
    journal = Journal()
    for path, operation in (("/a", "one"), ("/b", "two"), ("/a", "one")):
        visit(journal, path, operation=operation)

    assert [exchange.number for exchange in journal] == [1, 2, 3]
    assert [exchange.number for exchange in journal.requests("one")] == [1, 3]
    assert journal.single_request(path="/b").operation == "two"


def test_a_single_request_that_is_not_single_tells_what_came() -> None:
    journal = Journal()
    visit(journal, "/a", operation="one")
    visit(journal, "/b")

    with pytest.raises(Problem, match=r"found 0 \(in all: one, GET /b\)"):
        journal.single_request("two")


def test_the_oldest_exchanges_go_first_when_there_are_too_many() -> None:
    journal = Journal(capacity=3)
    for number in range(5):
        visit(journal, f"/{number}")

    assert [exchange.path for exchange in journal] == ["/2", "/3", "/4"]


def test_the_oldest_exchanges_go_first_when_they_are_too_large() -> None:
    journal = Journal(max_bytes=1000)
    for number in range(5):
        visit(journal, f"/{number}", body=bytes(400))

    assert [exchange.path for exchange in journal] == ["/3", "/4"]


def test_a_socket_that_never_ends_is_bounded_too() -> None:
    journal = Journal(max_bytes=1000)
    socket = journal.open("GET", "/socket", "", {})

    for _ in range(100):
        socket.frame("client", "x" * 100)

    assert sum(len(frame.data) for frame in socket.frames) <= 1100
    assert len(journal) == 0


def test_clearing_forgets_all_and_counts_on() -> None:
    journal = Journal(max_bytes=1000)
    visit(journal, "/a", body=bytes(900))

    journal.clear()
    visit(journal, "/b", body=bytes(900))

    assert [(exchange.number, exchange.path) for exchange in journal] == [(2, "/b")]


async def test_waiting_ends_with_the_answer_and_not_with_the_request() -> None:
    journal = Journal()
    waiting = asyncio.create_task(journal.wait(2))
    visit(journal, "/a")
    late = journal.open("GET", "/b", "", {})
    await asyncio.sleep(0)
    assert not waiting.done()

    late.answered(204, {})
    journal.settle()

    assert [exchange.path for exchange in await waiting] == ["/a", "/b"]


async def test_waiting_in_vain_tells_what_came() -> None:
    journal = Journal()
    visit(journal, "/a")

    with pytest.raises(Problem, match="2 answered requests of any kind"):
        await journal.wait(2, within=0.01)


def test_events_are_read_from_a_stream_and_from_frames_alike() -> None:
    journal = Journal()
    stream, socket = journal.open("POST", "/s", "", {}), journal.open("GET", "/w", "", {})
    stream.answered(200, {}, b'event: a\ndata: {"type":"a"}\n\nevent: b\ndata: {"type":"b"}\n\ndata: [DONE]\n\n')
    socket.frame("client", '{"type":"ask"}')
    for kind in "ab":
        socket.frame("server", f'{{"type":"{kind}"}}')

    assert stream.events == socket.events == [{"type": "a"}, {"type": "b"}]


def test_a_text_that_came_as_bytes_is_a_text_for_who_looks_and_a_binary_message_stays_binary() -> None:
    socket = Journal().open("GET", "/w", "", {})
    socket.frame("server", "é".encode(), "b", is_text=True)
    socket.frame("client", b"\xff")

    assert [(frame.sender, frame.data) for frame in socket.frames] == [
        ("server", "é"),
        ("server", "b"),
        ("client", b"\xff"),
    ]
