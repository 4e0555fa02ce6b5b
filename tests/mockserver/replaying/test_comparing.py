"""A recording plays the client: a server that says the same passes, one that does not is told."""

from __future__ import annotations

import asyncio
import json

import pytest

from codex_fixtures import End, Header, Redactor
from codex_mockserver import Backend
from codex_mockserver.recording import Recorder, RecordingProxy, upstream_at
from codex_mockserver.replaying import Replay, replay_to
from codex_schemas import Problem

from .conftest import answer, call, socket

JSON = [("content-type", "application/json")]


async def test_a_server_that_says_the_same_passes(recording) -> None:
    path = recording(
        *call(1, method="POST", body='{"a":1}', headers=JSON), *answer(1, '{"b":', "2}", headers=JSON),
        *socket(2, ("client", "x"), ("server", '{"y":1}')),
    )  # fmt: skip
    async with Replay(path, matching="content") as server:
        done = await replay_to(path, server.url)

    assert [(each.method, each.path, each.differences) for each in done] == [("POST", "/a", []), ("GET", "/s", [])]


async def test_what_differs_is_told_place_by_place(recording, tmp_path) -> None:
    served = recording(
        *call(1), *answer(1, '{"b":2}', headers=JSON), *socket(2, ("client", "x"), ("server", '{"y":1}'))
    )
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(served.read_bytes().replace(rb"{\"b\":2}", rb"{\"b\":3}").replace(rb"{\"y\":1}", rb"{\"y\":2}"))
    async with Replay(served) as server:
        first, second = await replay_to(kept, server.url)

    assert [str(each) for each in first.differences] == ["/body/b: expected 3, found 2"]
    assert [str(each) for each in second.differences] == ["/frames/0/body/y: expected 2, found 1"]


async def test_what_is_ignored_may_differ(recording, tmp_path) -> None:
    served = recording(*call(1), *answer(1, '{"b":2}', headers=JSON))
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(served.read_bytes().replace(rb"{\"b\":2}", rb"{\"b\":3}"))
    async with Replay(served) as server:
        (done,) = await replay_to(kept, server.url, ignore=["/body/b"])

    assert done.differences == []


async def test_a_client_that_left_in_the_middle_leaves_again(recording) -> None:
    said = answer(1, "hi", headers=[("content-length", "9")])[:-1]
    ends = [End(at=2, x=1, side=side, how="cut") for side in ("client", "server")]
    path = recording(*call(), *said, *ends)
    async with Replay(path) as server:
        (done,) = await replay_to(path, server.url)

    assert done.differences == []


async def test_a_recording_of_a_mock_fits_the_mock(tmp_path) -> None:
    """Recorded with one key and replayed with another, over the wire, with a body that the mock makes anew."""
    path = tmp_path / "recording.jsonl"
    header = Header(recording=1, surface="http")
    recorder = Recorder(path, header, Redactor(header))
    body = json.dumps({"model": "gpt-5", "input": "hi", "stream": True})
    async with Backend() as backend:
        api_key = backend.describe()["accounts"]["plus"]["api_key"]
        async with RecordingProxy(recorder, upstream_at(backend.url), tunnels=False) as proxy:
            host, port = proxy.url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            head = f"POST /v1/responses HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer {api_key}\r\n"
            length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write((head + length + body).encode())
            assert b"response.completed" in await reader.read()
            writer.close()
        recorder.finish()

        assert [
            each.differences
            for each in await replay_to(path, backend.url, headers={"authorization": f"Bearer {api_key}"})
        ] == [[]]
        (refused,) = await replay_to(path, backend.url)

    assert str(refused.differences[0]) == "/status: expected 200, found 401"


async def test_a_server_that_is_not_there_is_a_problem(recording) -> None:
    path = recording(*call(), *answer())
    async with Replay(path) as server:
        url = server.url

    with pytest.raises(Problem, match=r"sending exchange 1 \(GET /a\)"):
        await replay_to(path, url)


async def test_another_machine_has_to_be_allowed(recording) -> None:
    with pytest.raises(Problem, match="--allow-live"):
        await replay_to(recording(*call(), *answer()), "https://chatgpt.com")
