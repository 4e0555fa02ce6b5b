"""Messages on a byte stream: one on each line."""

from __future__ import annotations

__all__ = ["LineReader"]

#: Bytes that a line may have; the real one knows no limit.
LONGEST = 64 * 1024 * 1024


class LineReader:
    """Cuts what comes in into lines; blank ones have no meaning, and one that is too long is left out."""

    def __init__(self) -> None:
        #: Lines that were left out since the last look.
        self.left_out = 0
        self._line = bytearray()
        self._is_too_long = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that are complete now."""
        *whole, last = data.split(b"\n")
        lines = [line for part in whole if (line := self._end(part))]
        self._keep(last)
        return lines

    def finish(self) -> list[bytes]:
        """Return the last line, which has no end, in a list; an empty one where there is none."""
        return [line] if (line := self._end(b"")) else []

    def _keep(self, part: bytes) -> None:
        self._line += part
        if len(self._line) > LONGEST:
            self._is_too_long = True
        if self._is_too_long:
            self._line.clear()

    def _end(self, part: bytes) -> bytes:
        self._keep(part)
        self.left_out += self._is_too_long
        line = bytes(self._line).strip()
        self._line.clear()
        self._is_too_long = False
        return line
