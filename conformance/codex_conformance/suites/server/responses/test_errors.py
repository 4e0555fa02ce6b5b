"""Requests that cannot be answered, and how that is said."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from codex_conformance.probes import Answer, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service

_UNKNOWN_MODEL = "no-such-model"

#: A value that its parameter cannot have, and the code of the refusal.
_ODD: dict[str, tuple[Any, str]] = {
    "include": ("everything", "invalid_type"),
    "max_output_tokens": ("many", "invalid_type"),
    "metadata": ("order 7", "invalid_type"),
    "stream": ("yes", "invalid_type"),
    "temperature": ("warm", "invalid_type"),
    "tools": ("a hammer", "invalid_type"),
    "truncation": ("sometimes", "invalid_value"),
}


@pytest.mark.codex("responses.errors.unknown-model")
@each_face
def test_an_unknown_model_is_refused(service: Service) -> None:
    service.ask(HELLO, model=_UNKNOWN_MODEL).require_status(400, 404)


@pytest.mark.codex("responses.errors.unknown-model-named")
@each_face
def test_an_unknown_model_is_named(service: Service) -> None:
    answer = service.ask(HELLO, model=_UNKNOWN_MODEL).require_status(400, 404)
    require(_UNKNOWN_MODEL in answer.text, expected=f"a refusal that names {_UNKNOWN_MODEL}", found=answer.text)


@pytest.mark.codex("responses.errors.unknown-model-code")
def test_an_unknown_model_is_told_by_its_code(service: Service) -> None:
    code = service.ask(HELLO, model=_UNKNOWN_MODEL).require_status(400, 404).at("/error/code")
    require(code == "model_not_found", expected="model_not_found", found=code)


@pytest.mark.codex("responses.errors.before-stream")
@each_face
def test_a_refusal_is_no_stream(service: Service) -> None:
    answer = service.ask(HELLO, stream=True, model=_UNKNOWN_MODEL)
    require(answer.status >= 400, expected="a status that refuses", found=answer.status)
    require(answer.media_type == "application/json", expected="application/json", found=answer.media_type)


@pytest.mark.codex("responses.errors.malformed")
@each_face
def test_a_body_that_is_no_json_is_refused(service: Service) -> None:
    _send(service, b'{"model": ').require_status(400)


@pytest.mark.codex("responses.errors.not-an-object")
@each_face
def test_a_body_must_be_an_object(service: Service) -> None:
    _send(service, b'["model"]').require_status(400)


@pytest.mark.codex("responses.errors.missing-model")
def test_a_model_must_be_named(service: Service) -> None:
    answer = _send(service, json.dumps({"input": HELLO}).encode()).require_status(400)
    require(answer.at("/error/param") == "model", expected="model as the param", found=answer.json)


@pytest.mark.codex("responses.errors.missing-code")
def test_what_is_missing_is_told_by_its_code(service: Service) -> None:
    code = _send(service, json.dumps({"input": HELLO}).encode()).require_status(400).at("/error/code")
    require(code == "missing_required_parameter", expected="missing_required_parameter", found=code)


@pytest.mark.codex("responses.errors.wrong-type")
@pytest.mark.parametrize("name", sorted(_ODD))
def test_an_odd_value_is_refused_by_name(service: Service, name: str) -> None:
    answer = service.ask(HELLO, misuse=True, **{name: _ODD[name][0]}).require_status(400)
    require(answer.at("/error/param") == name, expected=f"{name} as the param", found=answer.json)


@pytest.mark.codex("responses.errors.wrong-type-code")
@pytest.mark.parametrize("name", sorted(_ODD))
def test_an_odd_value_is_told_by_its_code(service: Service, name: str) -> None:
    value, code = _ODD[name]
    answer = service.ask(HELLO, misuse=True, **{name: value}).require_status(400)
    require(answer.at("/error/code") == code, expected=code, found=answer.json)


@pytest.mark.codex("responses.errors.wrong-item")
def test_an_odd_item_is_refused_by_its_place(service: Service) -> None:
    said = [{"type": "message", "role": "user", "content": 7}]
    param = service.ask(said, misuse=True).require_status(400).at("/error/param", str)
    require(param.startswith("input[0]"), expected="a param within input[0]", found=param)


@pytest.mark.codex("responses.errors.unknown-parameter")
def test_an_unknown_parameter_is_refused_by_name(service: Service) -> None:
    answer = service.ask(HELLO, misuse=True, max_tokns=5).require_status(400)
    require(answer.at("/error/param") == "max_tokns", expected="max_tokns as the param", found=answer.json)


@pytest.mark.codex("responses.errors.envelope")
def test_an_error_has_four_fields(service: Service) -> None:
    error = service.ask(HELLO, model=_UNKNOWN_MODEL).require_status(400, 404).at("/error", dict)
    wanted = {"message", "type", "param", "code"}
    require(wanted <= error.keys(), expected=", ".join(sorted(wanted)), found=error)


@pytest.mark.codex("responses.errors.context-length", scenario="server-context-length-exceeded")
@each_face
def test_a_conversation_that_is_too_long_is_told(service: Service) -> None:
    answer = service.ask(HELLO, stream=True)
    require("context_length_exceeded" in answer.text, expected="context_length_exceeded", found=answer.text[-600:])


@pytest.mark.codex("responses.errors.unknown-path")
@each_face
def test_an_unknown_path_is_404(service: Service) -> None:
    answer = _call_url(service, "GET", "/nothing/of/the/kind").require_status(404)
    require(answer.media_type == "application/json", expected="application/json", found=answer.media_type)


@pytest.mark.codex("responses.errors.method")
@each_face
def test_a_wrong_method_is_405(service: Service) -> None:
    answer = _call_url(service, "PUT", "").require_status(405)
    allowed = [each.strip() for each in answer.headers.get("allow", "").split(",")]
    require("POST" in allowed, expected="an Allow header with POST", found=allowed)


def _send(service: Service, content: bytes) -> Answer:
    headers = {"content-type": "application/json"}
    return service.call("createResponse", content=content, headers=headers, misuse=True)


def _call_url(service: Service, method: str, path: str) -> Answer:
    """Make a call that no operation describes, beside the place where responses are made."""
    url = service.http.url_of("createResponse", service.face)
    headers = service.credentials.headers(is_api=service.face == "api")
    return service.http.send(httpx.Request(method, url + path, headers=headers))
