"""Between a client and a process: as if nobody stood there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from codex_fixtures import End, Line
from codex_mockserver.recording import tee

ECHO = "import sys\nfor line in sys.stdin.buffer: sys.stdout.buffer.write(line); sys.stdout.flush()\n"


class Between:
    """A client's ends of a process behind a recorder."""

    def __init__(self, recorder, script: str) -> None:
        self._theirs, self.to_process = os.pipe()
        self.from_process, self._ours = os.pipe()
        process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.code: int | None = None
        self._thread = threading.Thread(target=self._run, args=(process, recorder))
        self._thread.start()

    def _run(self, process, recorder) -> None:
        self.code = tee(process, recorder, stdin=self._theirs, stdout=self._ours)
        os.close(self._ours)

    def read(self) -> bytes:
        """Return all that the process says until its end."""
        parts = []
        while data := os.read(self.from_process, 1000):
            parts.append(data)
        self._thread.join(60)
        return b"".join(parts)

    def hang_up(self) -> None:
        os.close(self.to_process)


@pytest.fixture
def between(recorder) -> Callable[[str], Between]:
    return lambda script: Between(recorder, script)


def test_every_byte_passes_and_every_line_is_kept(between, recorded) -> None:
    client = between(ECHO)
    os.write(client.to_process, b'{"a":1}\n\n{"b"')
    os.write(client.to_process, b":2}\r\n\xff\nlast")
    client.hang_up()

    assert client.read() == b'{"a":1}\n\n{"b":2}\r\n\xff\nlast'
    assert client.code == 0
    entries = recorded()
    said = [entry.content for entry in entries if isinstance(entry, Line) and entry.side == "client"]
    assert said == [b'{"a":1}', b"", b'{"b":2}\r', b"\xff", b"last"]
    assert [entry.content for entry in entries if isinstance(entry, Line) and entry.side == "server"] == said
    assert [entry.side for entry in entries if isinstance(entry, End)] == ["client", "server"]


@pytest.mark.parametrize(("end", "code"), [("exit(7)", 7), ("os.kill(os.getpid(), 15)", -15)], ids=["code", "signal"])
def test_it_ends_with_the_process_though_the_client_stays(between, recorder, end, code) -> None:
    client = between(f"import os, sys; print('bye', flush=True); {'sys.' if end.startswith('exit') else ''}{end}")

    assert client.read() == b"bye\n"
    assert client.code == code
    assert recorder.is_idle
    client.hang_up()


def test_a_process_hears_that_its_client_reads_no_more(between) -> None:
    client = between("import sys\nwhile True: print('x' * 1000, flush=True)")
    os.read(client.from_process, 10)
    os.close(client.from_process)
    client._thread.join(60)

    assert client.code == 1
    client.hang_up()


def test_a_line_that_is_too_long_passes_and_is_counted(between, recorded, recorder, monkeypatch) -> None:
    monkeypatch.setattr("codex_mockserver.recording._stdio._LONGEST", 10)
    client = between(ECHO)
    os.write(client.to_process, b"x" * 11 + b"\nshort\n")
    client.hang_up()

    assert client.read() == b"x" * 11 + b"\nshort\n"
    assert {entry.content for entry in recorded() if isinstance(entry, Line)} == {b"short"}
    assert recorder.unread == 2
