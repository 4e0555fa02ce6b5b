"""The terminal helper: colours only where they are shown and wanted, lines that fit."""

from __future__ import annotations

import io

import pytest

from codex_conformance._printable import printable
from codex_conformance.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "painted"),
    [
        (Screen(), {}, "\x1b[1;31mgone\x1b[0m"),
        (Screen(), {"NO_COLOR": ""}, "\x1b[1;31mgone\x1b[0m"),
        (Screen(), {"NO_COLOR": "1"}, "gone"),
        (Screen(), {"TERM": "dumb"}, "gone"),
        (io.StringIO(), {}, "gone"),
    ],
    ids=["terminal", "empty NO_COLOR", "NO_COLOR", "dumb terminal", "file"],
)
def test_colours_are_for_terminals_that_want_them(stream: io.StringIO, environment: dict, painted: str) -> None:
    assert Terminal.of(stream, environment).paint("gone", "bold", "red") == painted


def test_nothing_is_painted_where_there_is_nothing() -> None:
    assert Terminal(colours=True).paint("", "red") == ""


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")

    assert Terminal.of(io.StringIO()).width == 50


def test_lines_fit_and_names_stay_whole() -> None:
    lines = Terminal(width=20).wrap("turn/start item/agentMessage/delta turn/completed", "- ", "    ")

    assert lines == ["- turn/start", "    item/agentMessage/delta", "    turn/completed"]


def test_a_title_is_bold_and_fits() -> None:
    assert Terminal(width=20, colours=True).title("turn/start", "request of the client") == [
        "\x1b[1mturn/start\x1b[0m  request",
        "  of the client",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines", "two\\nlines"),
        ("Grüße, 日本", "Grüße, 日本"),
        ("\ud800", "\\ud800"),
    ],
    ids=["escape", "line break", "letters", "half a character"],
)
def test_a_text_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown
