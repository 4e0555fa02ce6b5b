"""Playing an app-server on standard streams: what it said, after what it heard."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from codex_fixtures import End, Entry, Line, RecordingReader
from codex_fixtures.matching import Rules, differences, frame_value
from codex_mockserver.replaying._matching import Matching, Miss
from codex_mockserver.replaying._pace import Pace
from codex_mockserver.replaying._redacted import redacted_line
from codex_schemas import Problem

__all__ = ["replay_lines"]

_CHUNK = 64 * 1024
#: Bytes that a line may have.
_LONGEST = 64 * 1024 * 1024


def replay_lines(
    path: Path,
    *,
    matching: Matching = "order",
    ignore: Sequence[str] = (),
    speed: float | None = None,
    stdin: int = 0,
    stdout: int = 1,
) -> Miss | None:
    """Play the server of a recording of lines for one client, until either has no more to say.

    Args:
        path: The recording.
        matching: Whether each line counts as the one that was recorded in its place, or has to say the same.
        ignore: JSON pointers into a line that do not count, such as ``/body/params/cwd``.
        speed: How many times as fast as recorded; None for at once.
        stdin: Where the client writes.
        stdout: Where it reads.

    Returns:
        The line that the recording has no answer for; None where every line has one.

    Raises:
        Problem: It is no recording of lines.
    """
    rules = Rules(tuple(ignore))
    with RecordingReader(path) as reader:
        if reader.header.surface != "app-server":
            raise Problem(
                f"replaying {path} over standard streams",
                expected="a recording of an app-server",
                found=f"one of {reader.header.surface}",
                advice="Replay it over a port.",
            )
        return _Player(rules if matching == "content" else None, speed, _Lines(stdin), stdout).play(reader)


class _Player:
    def __init__(self, rules: Rules | None, speed: float | None, lines: _Lines, stdout: int) -> None:
        self._rules = rules
        self._pace = Pace(speed, time.monotonic)
        self._lines = lines
        self._stdout = stdout
        #: The ids of the client's requests, by those that were recorded.
        self._ids: dict[Any, Any] = {}

    def play(self, entries: Iterable[Entry]) -> Miss | None:
        for entry in entries:
            if isinstance(entry, Line) and entry.side == "client":
                heard = self._lines.next()
                if heard is None:
                    break
                if (miss := self._hear(entry, heard)) is not None:
                    return miss
            elif isinstance(entry, Line | End) and not self._say(entry):
                break
        return None

    def _say(self, entry: Line | End) -> bool:
        """Say what the server said, or wait for the end of the client; return whether more may follow."""
        if entry.side == "client":
            while self._lines.next() is not None:
                pass
            return True
        time.sleep(self._pace.seconds_until(entry.at))
        return isinstance(entry, Line) and _write(self._stdout, self._rebound(entry.content) + b"\n")

    def _hear(self, recorded: Line, heard: bytes) -> Miss | None:
        self._pace.heard(recorded.at)
        expected, found = _message(recorded.content), _message(heard)
        if "method" in expected and "id" in expected and "id" in found:
            self._ids[_key(expected["id"])] = found["id"]
        return None if self._rules is None else _compare(recorded, heard, self._rules)

    def _rebound(self, content: bytes) -> bytes:
        """Return an answer with the id by which the client asked."""
        message = _message(content)
        if "method" in message or "id" not in message:
            return content
        asked = self._ids.pop(_key(message["id"]), message["id"])
        return content if asked == message["id"] else msgspec.json.encode({**message, "id": asked})


class _Lines:
    """The lines that a client writes."""

    def __init__(self, source: int) -> None:
        self._lines = self._read(source)

    def next(self) -> bytes | None:
        """Return the next line; None when there is no other."""
        return next(self._lines, None)

    def _read(self, source: int) -> Iterator[bytes]:
        begun: list[bytes] = []
        size = 0
        while data := os.read(source, _CHUNK):
            *whole, last = data.split(b"\n")
            for part in whole:
                yield b"".join([*begun, part])
                begun, size = [], 0
            begun.append(last)
            size += len(last)
            if size > _LONGEST:
                raise Problem(
                    "reading a line of the client",
                    expected=f"at most {_LONGEST} bytes",
                    found="more",
                    advice="Look at what the client sends.",
                )
        if size:
            yield b"".join(begun)


def _compare(recorded: Line, heard: bytes, rules: Rules) -> Miss | None:
    said = redacted_line("client", heard)
    # The client may number its requests as it likes.
    rules = rules.and_also(["/body/id"])
    found = differences({"body": frame_value(recorded.content)}, {"body": frame_value(said)}, rules)
    if not found:
        return None
    problem = Problem(
        "answering a line from the recording",
        expected="the line that was recorded in its place",
        found=str(found[0]),
        advice="Ignore what may differ (--ignore POINTER), or record it again.",
    )
    return Miss(recorded.x, found[0].pointer, problem)


def _message(content: bytes) -> dict[str, Any]:
    value = frame_value(content)
    return value if isinstance(value, dict) else {}


def _key(request_id: Any) -> str:
    return repr(request_id)


def _write(target: int, data: bytes) -> bool:
    """Write all of it; return whether somebody reads."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(target, rest) :]
    except BrokenPipeError:
        return False
    return True
