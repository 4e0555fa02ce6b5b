"""WebSockets that are wrong below their messages: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from frame_relay import CLOSE, CONTINUED, PONG, relayed
from http_mutants import Broken

from codex_conformance.probes import _websocket
from codex_mockserver import SyncBackend

#: Seconds until a broken server counts as silent: it says nothing in any time.
SOON = 0.5


def forgets_to_answer_pings(frame):
    return b"" if frame.opcode == PONG else frame.text


def knows_no_continued_messages(frame):
    return None if frame.opcode == CONTINUED else frame.text


def cuts_off_who_says_much(frame):
    return None if frame.is_inward and len(frame.text) > 4096 else frame.text


def leaves_a_close_unanswered(frame):
    return b"" if frame.opcode == CLOSE else frame.text


def hangs_up_at_a_close(frame):
    return None if frame.opcode == CLOSE else frame.text


MUTANTS = (
    Broken("frames", forgets_to_answer_pings, "responses.websocket.ping"),
    Broken("frames", knows_no_continued_messages, "responses.websocket.fragments"),
    Broken("frames", cuts_off_who_says_much, "responses.websocket.large"),
    Broken("frames", leaves_a_close_unanswered, "responses.websocket.close"),
    Broken("frames", hangs_up_at_a_close, "responses.websocket.close"),
)


@pytest.fixture(scope="module")
def url():
    with SyncBackend() as backend:
        yield backend.url


@pytest.fixture
def little_patience(monkeypatch):
    monkeypatch.setattr(_websocket, "_PATIENCE", SOON)


@pytest.mark.usefixtures("little_patience")
@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_socket_is_found_out_by_name(url, find_out, broken):
    with relayed(url, broken.mutation) as address:
        find_out(address, broken)


def test_the_socket_that_was_not_broken_passes(url, acquit):
    with relayed(url, lambda frame: frame.text) as address:
        acquit(address, MUTANTS)
