"""What a person sees while an import runs."""

from __future__ import annotations

import shutil
from threading import Lock
from typing import TextIO

__all__ = ["Progress"]

_BAR = 20
_CLEAR = "\r\x1b[K"


class Progress:
    """A bar on a terminal, a line for each step elsewhere.

    Args:
        stream: Where it goes.
        total: How many releases there are to import.
    """

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._total = total
        self._finished = 0
        #: The step of each release that is under way, and the bytes that are there.
        self._steps: dict[str, tuple[str, int]] = {}
        self._lock = Lock()

    def step(self, version: str, step: str, size: int = 0) -> None:
        """Say what is being done with a release, and how many bytes of it are there."""
        with self._lock:
            before, _ = self._steps.get(version, ("", 0))
            self._steps[version] = (step, size)
            if self._live:
                self._draw()
            elif step != before:
                self._say(f"{version}: {step}")

    def finish(self, version: str, outcome: str) -> None:
        """Say how a release ended."""
        with self._lock:
            self._finished += 1
            self._steps.pop(version, None)
            self._say(f"{version}: {outcome}")
            if self._live:
                self._draw()

    def close(self) -> None:
        """Take the bar away."""
        if self._live:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _say(self, text: str) -> None:
        self._stream.write(f"{_CLEAR if self._live else ''}codex-testkit: {text}\n")
        self._stream.flush()

    def _draw(self) -> None:
        filled = _BAR * self._finished // self._total
        steps = "; ".join(f"{version} {step}{_in_words(size)}" for version, (step, size) in self._steps.items())
        line = f"[{'#' * filled:{_BAR}}] {self._finished}/{self._total}  {steps}"
        self._stream.write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])
        self._stream.flush()


def _in_words(size: int) -> str:
    return f", {size / 1e6:.0f} MB" if size else ""
