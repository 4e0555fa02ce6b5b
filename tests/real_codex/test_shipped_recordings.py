"""The published releases still call what the shipped recordings hold, and a retold recording lets them end the same."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from shipping import cases, record_app_server, record_http

from codex_fixtures import Line, RecordingReader, exchanges, shipped_recording
from codex_mockserver.retelling import retold

CASES = ("turn-sse", "login-device", "cloud-list", "usage-limit-reached")


def calls(path: Path) -> set[tuple[str, str, int | None]]:
    """Return the calls of a recording with their status; codex makes some side by side, so their order is chance."""
    with RecordingReader(path) as reader:
        return {
            (each.request.method, urlsplit(each.request.url).path, each.response and each.response.status)
            for each in exchanges(reader)
        }


@pytest.mark.parametrize("name", CASES)
def test_a_release_calls_what_was_recorded(binary, release, tmp_path, name) -> None:
    again = tmp_path / "again.jsonl"
    (tmp_path / "folder").mkdir()

    record_http(cases()[name], release, binary, again, tmp_path / "folder")

    assert calls(again) == calls(shipped_recording(f"{release}/{name}"))


def spoken(path: Path) -> set[tuple[str, str]]:
    """Return the methods of a recording with who sends them; some notifications come when they please."""
    with RecordingReader(path) as reader:
        lines = [(entry.side, json.loads(entry.content)) for entry in reader if isinstance(entry, Line)]
    return {(side, message["method"]) for side, message in lines if "method" in message}


@pytest.mark.parametrize("name", ["handshake", "command-approved"])
def test_an_app_server_says_what_was_recorded(binary, release, tmp_path, name) -> None:
    again = tmp_path / "again.jsonl"
    (tmp_path / "folder").mkdir()

    record_app_server(cases()[name], release, binary, again, tmp_path / "folder")

    assert spoken(again) == spoken(shipped_recording(f"{release}/{name}"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tool-sse", "It is high water."),
        ("tool-websocket", "It is high water."),
        ("stream-cut", "tell me about tides"),
        ("token-refused-once", "tell me about tides"),
    ],
)
def test_a_retold_recording_makes_a_turn_end_the_same(codex, backend, release, name, message) -> None:
    backend.use_scenario(retold(shipped_recording(f"{release}/{name}")))
    codex.log_in()

    turn = codex.exec("tell me about tides")

    assert turn.code == 0, turn.output
    assert turn.messages == [message]
