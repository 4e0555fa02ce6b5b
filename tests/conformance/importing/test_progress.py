"""The progress is a bar on a terminal and lines elsewhere."""

from __future__ import annotations

import io

import pytest

from codex_conformance.importing import Progress


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "60")
    return Terminal()


def show(progress: Progress) -> None:
    progress.step("0.2.0", "downloading", 1_000_000)
    progress.step("0.2.0", "downloading", 2_000_000)
    progress.step("0.2.0", "running the binary")
    progress.finish("0.2.0", "imported")
    progress.close()


def test_elsewhere_each_step_is_one_line() -> None:
    stream = io.StringIO()

    show(Progress(stream, 2))

    assert stream.getvalue().splitlines() == [
        "codex-testkit: 0.2.0: downloading",
        "codex-testkit: 0.2.0: running the binary",
        "codex-testkit: 0.2.0: imported",
    ]


def test_on_a_terminal_the_bar_is_drawn_over_itself(screen) -> None:
    show(Progress(screen, 2))

    assert [text.removeprefix("\x1b[K").rstrip() for text in screen.getvalue().split("\r")] == [
        "",
        "[                    ] 0/2  0.2.0 downloading, 1 MB",
        "[                    ] 0/2  0.2.0 downloading, 2 MB",
        "[                    ] 0/2  0.2.0 running the binary",
        "codex-testkit: 0.2.0: imported",
        "[##########          ] 1/2",
        "",
    ]


def test_the_bar_never_wraps(screen) -> None:
    progress = Progress(screen, 30)
    for number in range(20):
        progress.step(f"0.{number}.0", "downloading", 10**9)

    assert max(len(text.removeprefix("\x1b[K")) for text in screen.getvalue().split("\r")) < 60
