"""A recording plays the app-server on standard streams."""

from __future__ import annotations

import os
import threading

import pytest

from codex_fixtures import End, Line
from codex_mockserver.replaying import replay_lines
from codex_schemas import Problem

ASKED, ANSWERED = b'{"method":"a","id":1}', b'{"id":1,"result":{"x":"redacted"}}'
TOLD = b'{"method":"told"}'


@pytest.fixture
def session(recording):
    """A recording of one request, its answer and a notification."""
    said = [("client", ASKED), ("server", ANSWERED), ("server", TOLD), ("client", b'{"method":"b"}'), ("server", TOLD)]
    lines = [Line(at=place, x=1, side=side, text=text.decode()) for place, (side, text) in enumerate(said)]
    ends = [End(at=5, x=1, side="client"), End(at=6, x=1, side="server")]
    return recording(*lines, *ends, surface="app-server")


def play(path, *said: bytes, **options):
    """Say lines to a replay, and return what it says until its end, and its miss."""
    theirs, to_replay = os.pipe()
    from_replay, ours = os.pipe()
    misses = []

    def run() -> None:
        misses.append(replay_lines(path, stdin=theirs, stdout=ours, **options))
        os.close(ours)

    thread = threading.Thread(target=run)
    thread.start()
    os.write(to_replay, b"".join(said))
    os.close(to_replay)
    parts = []
    while data := os.read(from_replay, 1000):
        parts.append(data)
    thread.join(60)
    for descriptor in (theirs, from_replay):
        os.close(descriptor)
    return b"".join(parts), misses[0]


def test_it_says_what_was_said(session) -> None:
    said, miss = play(session, ASKED + b"\n", b'{"method":"b"}\n')

    assert said == b"".join(line + b"\n" for line in (ANSWERED, TOLD, TOLD))
    assert miss is None


def test_an_answer_has_the_id_of_the_question(session) -> None:
    said, _ = play(session, b'{"method":"a","id":"mine"}\n')

    assert said.splitlines()[0] == b'{"id":"mine","result":{"x":"redacted"}}'


def test_a_client_that_leaves_ends_it(session) -> None:
    assert play(session) == (b"", None)


def test_a_line_without_end_counts(session) -> None:
    assert play(session, ASKED)[0].splitlines() == [ANSWERED, TOLD]


def test_by_content_another_line_is_a_miss(session) -> None:
    said, miss = play(session, b'{"method":"z","id":5}\n', matching="content")

    assert said == b""
    assert (miss.closest, miss.pointer) == (1, "/body/method")


def test_by_content_the_same_line_has_an_answer(session) -> None:
    _, miss = play(session, b'{"id":5,"method":"a"}\n{"method":"z"}\n', matching="content", ignore=["/body/method"])

    assert miss is None


def test_a_recording_of_http_has_no_streams(recording) -> None:
    with pytest.raises(Problem, match="expected a recording of an app-server"):
        replay_lines(recording())
