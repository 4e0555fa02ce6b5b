"""What a client makes of messages that it does not know, cannot read or has seen already."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.suites.client.app_server.talks import (
    STRANGER,
    fault_at_answer,
    insert,
    require_answer_once,
    talk,
)
from codex_conformance.suites.client.trials import Trials

Json = dict[str, Any]

#: More letters than a line has in many readers.
_LONG = 300_000
_NOISE = {
    "no-json": ["warning: could not read the terminal size", '{"method": "turn/st', ""],
    "no-object": ["7", "[]", "null", '"turn/completed"'],
}
_UNKNOWN_ITEM = {"type": "testkit_unknown", "id": "item_unknown", "detail": {"level": 1}}
_UNKNOWN_STATUS = {"threadId": STRANGER["threadId"], "status": {"type": "testkit_unknown", "since": 1}}


@pytest.mark.codex("app-server.client.openness.unknown-notification")
def test_an_unknown_notification_is_passed_over(trial: Trials) -> None:
    message = {"method": "turn/testkit_unknown", "params": {**STRANGER, "detail": {"level": 1}}}
    require_answer_once(trial("app-server", talk(insert(message))))


@pytest.mark.codex("app-server.client.openness.no-params")
def test_a_notification_without_params_is_passed_over(trial: Trials) -> None:
    require_answer_once(trial("app-server", talk(insert({"method": "thread/testkit_unknown"}))))


@pytest.mark.codex("app-server.client.openness.unknown-item")
def test_an_unknown_item_is_passed_over(trial: Trials) -> None:
    params = {**STRANGER, "startedAtMs": 1, "completedAtMs": 1, "item": _UNKNOWN_ITEM}
    messages = [{"method": method, "params": params} for method in ("item/started", "item/completed")]
    require_answer_once(trial("app-server", talk(*map(insert, messages))))


@pytest.mark.codex("app-server.client.openness.unknown-status")
def test_an_unknown_status_is_passed_over(trial: Trials) -> None:
    message = {"method": "thread/status/changed", "params": _UNKNOWN_STATUS}
    require_answer_once(trial("app-server", talk(insert(message))))


@pytest.mark.codex("app-server.client.openness.unknown-fields")
def test_unknown_fields_and_members_are_passed_over(trial: Trials) -> None:
    require_answer_once(trial("app-server", talk(settings={"openness_probe": True})))


@pytest.mark.parametrize("lines", _NOISE.values(), ids=_NOISE)
@pytest.mark.codex("app-server.client.lines.malformed")
def test_a_line_that_is_no_message_is_survived(trial: Trials, lines: list[str]) -> None:
    require_answer_once(trial("app-server", talk(*(fault_at_answer(insert=line) for line in lines))))


@pytest.mark.codex("app-server.client.lines.long")
def test_a_long_line_is_read(trial: Trials) -> None:
    params = {**STRANGER, "itemId": "call_stranger", "delta": "x" * _LONG}
    message = {"method": "item/commandExecution/outputDelta", "params": params}
    require_answer_once(trial("app-server", talk(insert(message))))


@pytest.mark.codex("app-server.client.notifications.duplicates")
def test_what_comes_twice_is_shown_once(trial: Trials) -> None:
    fault = {"on": ["item/completed", "turn/completed"], "duplicate": True, "times": None}
    require_answer_once(trial("app-server", talk(fault)))
