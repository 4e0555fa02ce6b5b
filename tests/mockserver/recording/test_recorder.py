"""Whatever happens to the recorder, the file can be read, says how it ended, and the traffic goes on."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codex_fixtures import Data, End, Header, RecordingReader, Redactor
from codex_mockserver.recording import Recorder

SECRET = "sk-proj-Zq3xV8nLk2Wm7TyRb5Hc9Jd4Ge6Fs1Pa"

#: Writes a line after the other until somebody kills it.
ENDLESS = """
import sys
from pathlib import Path
from codex_fixtures import Frame, Header, Redactor
from codex_mockserver.recording import Recorder
header = Header(recording=1, surface="http")
recorder = Recorder(Path(sys.argv[1]), header, Redactor(header))
for number in range(10**9):
    recorder.put(Frame(at=recorder.now(), x=1, side="server", text="word " * 50))
    # So many do not wait in memory: some are in the file.
    if number == 5000:
        print("ready", flush=True)
"""


def read(path: Path) -> tuple[list, bool | None]:
    with RecordingReader(path) as reader:
        return list(reader), reader.ended_early


def piece(text: str, exchange: int = 1) -> Data:
    return Data(at=0, x=exchange, side="server", text=text)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow larger than that, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_ends_the_recording_and_nothing_else(recorder, tmp_path) -> None:
    path = tmp_path / "recording.jsonl"
    with room_for(path.stat().st_size + 300):
        for _ in range(10):
            recorder.put(piece("word " * 15))
        recorder.finish()

    entries, ended_early = read(path)
    assert 0 < len(entries) < 10
    assert ended_early is True
    assert recorder.problem is not None
    assert "Make room" in recorder.problem.advice


async def test_a_full_disk_does_not_touch_what_passes(between, recorder, tmp_path) -> None:
    async def serve(reader, writer) -> None:
        for _ in range(20):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 100)

    with room_for((tmp_path / "recording.jsonl").stat().st_size + 1000):
        async with between(serve) as (reader, writer):
            for _ in range(20):
                writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                await reader.readuntil(b"x" * 100)
        recorder.finish()

    assert recorder.problem is not None
    assert read(tmp_path / "recording.jsonl")[1] is True


def test_a_killed_recorder_leaves_whole_lines(tmp_path) -> None:
    path = tmp_path / "killed.jsonl"
    process = subprocess.Popen([sys.executable, "-c", ENDLESS, path], stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)

    entries, ended_early = read(path)
    assert len(entries) > 100
    assert ended_early is True


def test_a_recording_that_is_abandoned_says_so(recorder, tmp_path) -> None:
    recorder.put(piece("hi"))
    recorder.abandon()
    recorder.finish()

    assert read(tmp_path / "recording.jsonl") == ([piece("hi")], True)


def test_a_secret_that_is_held_back_is_clean_when_it_is_written(tmp_path) -> None:
    """The first half of it never reaches the disk, not even when the recording is abandoned in the middle."""
    path = tmp_path / "recording.jsonl"
    header = Header(recording=1, surface="http")
    recorder = Recorder(path, header, Redactor(header))

    recorder.put(piece(f"the key {SECRET[:20]}"))
    assert SECRET[:20] not in path.read_text()
    recorder.put(piece(SECRET[20:]))
    recorder.abandon()

    assert SECRET[:20] not in path.read_text()
    assert SECRET[20:] not in path.read_text()


def test_what_cannot_be_cleaned_is_not_written(tmp_path) -> None:
    class Broken:
        def feed(self, entry):
            raise ValueError("what is this?")

        def flush(self):
            return []

    path = tmp_path / "recording.jsonl"
    recorder = Recorder(path, Header(recording=1, surface="http"), Broken())
    for _ in range(5000):
        recorder.put(piece("hi"))
    recorder.finish()

    assert read(path) == ([], True)
    assert "ValueError: what is this?" in str(recorder.problem)


def test_times_are_seconds_since_the_beginning(tmp_path) -> None:
    ticks = iter([100.0, 100.5])
    header = Header(recording=1, surface="http")
    recorder = Recorder(tmp_path / "recording.jsonl", header, Redactor(header), lambda: next(ticks))

    assert recorder.now() == 0.5


def test_exchanges_under_way_are_known(recorder) -> None:
    first = recorder.begin()

    assert not recorder.is_idle
    recorder.put(End(at=0, x=first, side="server"))
    recorder.end(first)
    assert recorder.is_idle
    assert recorder.exchanges == 1
