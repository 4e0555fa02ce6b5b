"""Stands between a client and the app-server that it starts, and writes down every line.

``python -m codex_conformance.clients._tap FILE CMD ...`` behaves as ``CMD`` does.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, NoReturn

import msgspec

from codex_fixtures import Side

__all__ = ["end_file", "main", "write_tap"]

_CHUNK = 64 * 1024

_SCRIPT = """\
#!/bin/sh
exec {python} -P -m codex_conformance.clients._tap {file} {command} "$@"
"""


def write_tap(executable: Path, transcript: Path, command: Path) -> None:
    """Write an executable that runs a command, and keeps what passes in a file."""
    words = {"python": sys.executable, "file": str(transcript), "command": str(command)}
    executable.parent.mkdir(parents=True, exist_ok=True)
    executable.write_text(_SCRIPT.format_map({name: shlex.quote(word) for name, word in words.items()}))
    executable.chmod(0o755)


def end_file(transcript: Path) -> Path:
    """Return the file that holds the exit code of the last app-server, once it has ended."""
    return transcript.with_suffix(".end")


class _Scribe:
    """Writes lines into a transcript, as they pass."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def write(self, side: Side, line: bytes) -> None:
        at = round(time.monotonic() - self._began, 6)
        record = {"dir": side, "at": at, "msg": line.decode(errors="replace")}
        with self._lock:
            self._file.write(msgspec.json.encode(record) + b"\n")


def main(arguments: list[str]) -> NoReturn:
    """Run a command, write down what passes, and end as it does."""
    name, *command = arguments
    end_file(Path(name)).unlink(missing_ok=True)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 (of our own making)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    signal.signal(signal.SIGINT, lambda *_: None)
    assert process.stdin is not None, "a pipe"
    assert process.stdout is not None, "a pipe"
    with Path(name).open("ab", buffering=0) as file:
        scribe = _Scribe(file)
        threading.Thread(target=_pass_and_close, args=(scribe, process.stdin), daemon=True).start()
        _pass(scribe, "server", process.stdout.fileno(), sys.stdout.fileno())
        code = process.wait()
    end_file(Path(name)).write_text(str(code))
    # The other thread may wait for the client.
    os._exit(code if code >= 0 else 128 - code)


def _pass_and_close(scribe: _Scribe, target: IO[bytes]) -> None:
    with target:
        _pass(scribe, "client", sys.stdin.fileno(), target.fileno())


def _pass(scribe: _Scribe, side: Side, source: int, target: int) -> None:
    """Pass bytes until nobody says anything more; each line is written down before its end passes."""
    line = b""
    while data := os.read(source, _CHUNK):
        *whole, line = (line + data).split(b"\n")
        for each in whole:
            scribe.write(side, each)
        try:
            _write(target, data)
        except BrokenPipeError:
            break
    if line:
        scribe.write(side, line)


def _write(target: int, data: bytes) -> None:
    while data:
        data = data[os.write(target, data) :]


if __name__ == "__main__":
    main(sys.argv[1:])
