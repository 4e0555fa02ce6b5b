"""Messages with fields that nobody knows."""

from __future__ import annotations

import pytest

from codex_schemas.app_server import load

CONTRACT = load("0.169.0", experimental=True)

MESSAGES = {
    "a notification": ({"method": "thread/closed", "params": {"threadId": "x"}}, None),
    "a request": ({"method": "model/list", "id": 1, "params": {"limit": 1}}, None),
    "an answer": ({"id": 1, "result": {"thread": {"id": "x", "turns": []}}}, "thread/read"),
}


@pytest.mark.parametrize(("message", "answers"), MESSAGES.values(), ids=MESSAGES)
def test_an_unknown_field_is_in_each_object_and_the_envelope_stays(message, answers):
    widened = CONTRACT.widened(message, answers=answers)

    assert widened.keys() == message.keys()
    content = widened.get("params") or widened.get("result")
    assert "testkit_unknown" in content
    if answers:
        assert "testkit_unknown" in content["thread"]


def test_it_fits_as_before():
    message = {"method": "thread/closed", "params": {"threadId": "x"}}

    CONTRACT.check(CONTRACT.widened(message), "server")
