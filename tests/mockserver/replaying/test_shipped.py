"""Each recording that comes with the package plays every byte of what was said, to a client that says the same."""

from __future__ import annotations

import os
import threading

import pytest

from codex_fixtures import Line, RecordingReader, shipped
from codex_mockserver.replaying import Replay, replay_lines, replay_to

RECORDINGS = {
    surface: [each for each in shipped() if each.header.surface == surface] for surface in ("http", "app-server")
}


@pytest.mark.parametrize("matching", ["order", "content"])
@pytest.mark.parametrize("recording", RECORDINGS["http"], ids=lambda each: each.name)
async def test_calls_get_the_answers_that_were_recorded(recording, matching) -> None:
    async with Replay(recording.path, matching=matching) as replay:
        done = await replay_to(recording.path, replay.url)

    assert len(done) == len(replay.index.exchanges)
    assert [str(difference) for exchange in done for difference in exchange.differences] == []
    assert replay.misses == []


@pytest.mark.parametrize("matching", ["order", "content"])
@pytest.mark.parametrize("recording", RECORDINGS["app-server"], ids=lambda each: each.name)
def test_lines_get_the_lines_that_were_recorded(recording, matching) -> None:
    said: dict[str, list[bytes]] = {"client": [], "server": []}
    with RecordingReader(recording.path) as reader:
        for entry in reader:
            if isinstance(entry, Line):
                said[entry.side].append(entry.content + b"\n")

    assert played(recording.path, b"".join(said["client"]), matching) == b"".join(said["server"])


def played(path, script: bytes, matching) -> bytes:
    """Return what a replay says to a client that says all at once."""
    theirs, to_replay = os.pipe()
    from_replay, ours = os.pipe()
    misses = []

    def run() -> None:
        misses.append(replay_lines(path, matching=matching, stdin=theirs, stdout=ours))
        os.close(ours)

    def speak() -> None:
        with os.fdopen(to_replay, "wb") as pipe:
            pipe.write(script)

    threads = [threading.Thread(target=work) for work in (run, speak)]
    for thread in threads:
        thread.start()
    with os.fdopen(from_replay, "rb") as pipe:
        answer = pipe.read()
    for thread in threads:
        thread.join()
    os.close(theirs)
    assert misses == [None]
    return answer
