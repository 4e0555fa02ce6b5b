"""What differs from run to run is named, and nothing else."""

from __future__ import annotations

import pytest
from parity._names import Names

THREAD = "01a1fe75-ba04-7762-9867-1ef34dcf0ea4"
TURN = "01a1fe75-bb0a-78b0-a972-9fa8b8b54b56"
PLACES = {"/tmp/x/home": "<home>", "/tmp/x": "<folder>"}

HIDDEN = {
    "an id by its key": ({"threadId": THREAD}, {"threadId": "<thread-1>"}),
    "an id by the object that holds it": ({"turn": {"id": TURN}}, {"turn": {"id": "<turn-1>"}}),
    "an id of the model": ({"item": {"id": "msg_" + "0a" * 24}}, {"item": {"id": "<item-1>"}}),
    "an id in a text": (
        {"threadId": THREAD, "text": f"no {THREAD}"},
        {"threadId": "<thread-1>", "text": "no <thread-1>"},
    ),
    "an id of no known kind": ({"text": TURN}, {"text": "<id-1>"}),
    "seconds": ({"createdAt": 1_700_000_000}, {"createdAt": "<s>"}),
    "milliseconds": ({"emittedAtMs": 1, "durationMs": 2}, {"emittedAtMs": "<ms>", "durationMs": "<ms>"}),
    "no time at all": ({"completedAt": None, "completedAtMs": None}, {"completedAt": None, "completedAtMs": None}),
    "the longest place": ({"path": "/tmp/x/home/config.toml"}, {"path": "<home>/config.toml"}),
    "the day and time of a file": (
        {"path": f"/tmp/x/home/sessions/2026/11/21/rollout-2026-11-21T10-00-00-{THREAD}.jsonl"},
        {"path": "<home>/sessions/<date>/rollout-<time>-<id-1>.jsonl"},
    ),
    "the system": (
        {"userAgent": "me/0.169.0 (Debian 12.0.0; x86_64) xterm (me; 1)"},
        {"userAgent": "me/0.169.0 (<os>) <terminal> (me; 1)"},
    ),
    "the time of a day": ({"text": "again at 8:14 PM."}, {"text": "again at <clock>."}),
    "the time of another day": ({"text": "again at Mar 17th, 2030 5:46 PM."}, {"text": "again at <clock>."}),
    "tokens": ({"inputTokens": 812}, {"inputTokens": "<tokens>"}),
    "prose of the binary": ({"text": "word " * 200}, {"text": "<long text>"}),
    "context of the binary": ({"text": "<permissions instructions>\nYou may."}, {"text": "<context>"}),
    "nothing else": ({"status": "idle", "limit": 5, "on": True}, {"status": "idle", "limit": 5, "on": True}),
}


@pytest.mark.parametrize(("message", "hidden"), HIDDEN.values(), ids=HIDDEN)
def test_what_differs_is_hidden(message, hidden) -> None:
    assert Names(PLACES).hide(message) == hidden


def test_a_name_stays_and_others_are_counted() -> None:
    names = Names({})

    assert names.hide([{"threadId": THREAD}, {"threadId": TURN}, {"threadId": THREAD}]) == [
        {"threadId": "<thread-1>"},
        {"threadId": "<thread-2>"},
        {"threadId": "<thread-1>"},
    ]


def test_names_in_a_step_become_what_they_stand_for() -> None:
    names = Names(PLACES)
    names.hide({"threadId": THREAD})

    assert names.reveal({"threadId": "<thread-1>", "paths": ["<home>/a"]}) == {
        "threadId": THREAD,
        "paths": ["/tmp/x/home/a"],
    }


def test_exact_tokens_are_kept() -> None:
    assert Names({}, exact_tokens=True).hide({"inputTokens": 812}) == {"inputTokens": 812}


def test_what_is_chance_in_one_case_is_hidden_there() -> None:
    assert Names({}, chancy=["exitCode"]).hide({"exitCode": 137}) == {"exitCode": "<chance>"}
