"""How a response ends that does not complete."""

from __future__ import annotations

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import HELLO, STORY, scripted
from codex_conformance.suites.server.responses.service import Service

_FAILURE = {"code": "server_error", "message": "The model had a mishap."}

_CUT = scripted([{"message": "Once upon a time"}], end={"incomplete": "max_output_tokens"})
_FAILED = scripted([{"message": "Once upon"}], end={"failed": _FAILURE})


@pytest.mark.codex("responses.end.incomplete", scenario=_CUT)
@pytest.mark.parametrize("form", ["object", "stream"])
def test_a_response_that_is_too_long_is_incomplete(service: Service, form: str) -> None:
    wish = {"max_output_tokens": 16}
    response = service.respond(STORY, **wish) if form == "object" else service.stream(STORY, **wish).response
    found = (response.get("status"), response.get("incomplete_details"))
    expected = ("incomplete", {"reason": "max_output_tokens"})
    require(found == expected, expected=str(expected), found=found)


@pytest.mark.codex("responses.end.incomplete-event", scenario=_CUT)
def test_an_incomplete_response_has_its_own_event(service: Service) -> None:
    stream = service.stream(STORY, max_output_tokens=16)
    ends = [stream.own[index].get("type") for index in stream.ends]
    require(ends == ["response.incomplete"], expected="exactly one response.incomplete", found=ends)


@pytest.mark.codex("responses.end.failed-event", scenario=_FAILED)
@each_face
def test_a_failure_has_its_own_event(service: Service) -> None:
    stream = service.stream(HELLO)
    ends = [stream.own[index].get("type") for index in stream.ends]
    require(ends == ["response.failed"], expected="exactly one response.failed", found=ends)


@pytest.mark.codex("responses.end.failed-error", scenario=_FAILED)
@each_face
def test_a_failure_says_why(service: Service) -> None:
    response = service.stream(HELLO).response
    found = (response.get("status"), at(response, "/error/code", str), at(response, "/error/message", str))
    expected = ("failed", _FAILURE["code"], _FAILURE["message"])
    require(found == expected, expected=str(expected), found=found)


@pytest.mark.codex("responses.end.failed-object", scenario=_FAILED)
def test_a_failure_without_a_stream_is_an_object(service: Service) -> None:
    response = service.respond(HELLO)
    found = (response.get("status"), at(response, "/error/code", str))
    require(found == ("failed", _FAILURE["code"]), expected="status failed and the code", found=found)


@pytest.mark.codex("responses.end.no-error")
@each_face
def test_a_completed_response_has_no_error(service: Service) -> None:
    response = service.respond(HELLO)
    found = (response.get("error"), response.get("incomplete_details"))
    require(found == (None, None), expected="neither error nor incomplete_details", found=found)
