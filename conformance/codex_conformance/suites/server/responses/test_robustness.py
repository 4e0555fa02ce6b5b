"""Callers who leave, and callers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import HELLO, STORY, scripted
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import require_text

_AT_ONCE = 8

#: A stream that takes its time, so that there is a middle to leave it in.
_SLOW = scripted([{"message": "Once upon a time there was a sea. " * 20}], pacing={"events_per_second": 200})


@pytest.mark.codex("responses.robust.disconnect", scenario=_SLOW)
@each_face
def test_a_caller_who_leaves_harms_nobody(service: Service) -> None:
    body = service.body(STORY, stream=True)
    with service.http.stream("createResponse", json=body, credentials=service.credentials, face=service.face) as answer:
        first = next(answer.iter_raw(64), b"")
    require(first, expected="a stream that begins", found=answer.status_code)
    require_text(service.items(HELLO))


@pytest.mark.codex("responses.robust.at-once")
@each_face
def test_responses_at_once_do_not_mix(service: Service) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        streams = list(pool.map(lambda _: service.stream(HELLO), range(_AT_ONCE)))
    ids = {at(stream.response, "/id", str) for stream in streams}
    require(len(ids) == _AT_ONCE, expected=f"{_AT_ONCE} responses", found=ids)
    for stream in streams:
        joined = stream.joined("response.output_text.delta")
        require(require_text(stream.items) == joined, expected="a stream with its own text", found=joined)
