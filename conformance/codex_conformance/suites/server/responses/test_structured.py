"""Answers in the form of JSON that a request wishes for."""

from __future__ import annotations

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import CITY_FORMAT, CITY_PROMPT
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import json_of, require_text


@pytest.mark.codex("responses.structured.schema")
@each_face
def test_the_answer_fits_a_strict_schema(service: Service) -> None:
    value = json_of(require_text(service.items(CITY_PROMPT, text={"format": CITY_FORMAT})))
    require(set(at(value, "", dict)) == {"name", "people"}, expected="name and people, and nothing else", found=value)
    at(value, "/name", str)
    at(value, "/people", int)


@pytest.mark.codex("responses.structured.object")
def test_the_answer_is_an_object(service: Service) -> None:
    value = json_of(require_text(service.items(CITY_PROMPT, text={"format": {"type": "json_object"}})))
    require(isinstance(value, dict), expected="a JSON object", found=value)


@pytest.mark.codex("responses.structured.format-echoed")
def test_the_format_is_repeated(service: Service) -> None:
    response = service.respond(CITY_PROMPT, text={"format": CITY_FORMAT})
    found = (at(response, "/text/format/type"), at(response, "/text/format/name"))
    require(found == ("json_schema", CITY_FORMAT["name"]), expected="the format of the request", found=found)


@pytest.mark.codex("responses.structured.bad-schema")
def test_a_schema_that_is_none_is_refused(service: Service) -> None:
    broken = {**CITY_FORMAT, "schema": {"type": "nothing of the kind"}}
    answer = service.ask(CITY_PROMPT, text={"format": broken}).require_status(400)
    param = answer.at("/error/param", str)
    require(param.startswith("text.format"), expected="text.format.schema as the param", found=param)
