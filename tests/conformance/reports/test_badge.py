"""The badge: what shields.io reads."""

from __future__ import annotations

import json

import pytest

from codex_conformance.reports import render


@pytest.mark.parametrize(
    ("outcome", "message", "color"),
    [
        ("passed", "conformant, 1 of 1 MUST", "brightgreen"),
        ("known", "known failures, 0 of 1 MUST", "yellow"),
        ("failed", "failed, 0 of 1 MUST", "red"),
        ("skipped", "incomplete, 0 of 1 MUST", "lightgrey"),
        ("error", "crashed, 0 of 1 MUST", "lightgrey"),
    ],
)
def test_a_badge_says_what_the_run_says(run, verdict, outcome, message, color) -> None:
    judged = run(verdict("responses.stream.terminal-event-once", outcome), surfaces=["responses"])

    assert json.loads(render(judged, "badge")) == {
        "schemaVersion": 1,
        "label": "codex 0.169.0 server",
        "message": message,
        "color": color,
    }


def test_a_part_is_never_bright_green(run, verdict) -> None:
    part = run(verdict("responses.stream.terminal-event-once"), surfaces=["responses"], is_partial=True)

    assert json.loads(render(part, "badge"))["color"] == "green"


def test_what_was_checked_in_part_is_not_counted(run, verdict) -> None:
    name = "responses.stream.terminal-event-once"
    judged = run(verdict(name), verdict(name, "skipped", case="another", reason="live"), surfaces=["responses"])

    assert json.loads(render(judged, "badge"))["message"] == "incomplete, 0 of 1 MUST"
