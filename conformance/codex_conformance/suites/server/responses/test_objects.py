"""The response object: what it is, what it counts and what it repeats of its request."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import HELLO, WEATHER_TOOL
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import require_text

#: Seconds by which the clock of a response and that of its headers may differ.
_TOLERANCE = 60

#: What a response repeats of its request, with a value that is not the default.
_ECHOED: dict[str, Any] = {
    "instructions": "Answer in one word.",
    "max_output_tokens": 4_096,
    "parallel_tool_calls": False,
    "temperature": 0.5,
    "tool_choice": "none",
    "top_p": 0.5,
    "truncation": "auto",
}
#: What it says of them where the request says nothing.
_DEFAULTS: dict[str, Any] = {
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "truncation": "disabled",
    "previous_response_id": None,
}


@pytest.mark.codex("responses.object.json")
def test_without_a_stream_the_answer_is_one_object(service: Service) -> None:
    answer = service.ask(HELLO).require_status(200)
    require(answer.media_type == "application/json", expected="application/json", found=answer.media_type)
    found = (answer.at("/object"), answer.at("/status"))
    require(found == ("response", "completed"), expected="a completed response", found=found)


@pytest.mark.codex("responses.object.text")
def test_the_object_holds_the_text(service: Service) -> None:
    output = service.ask(HELLO).require_status(200).at("/output", list)
    require_text(output)


@pytest.mark.codex("responses.object.message-role")
@each_face
def test_the_model_speaks_as_assistant(service: Service) -> None:
    roles = [item.get("role") for item in service.items(HELLO) if item.get("type") == "message"]
    require(roles == ["assistant"], expected="one message of the assistant", found=roles)


@pytest.mark.codex("responses.object.ids-unique")
@each_face
def test_two_responses_have_two_ids(service: Service) -> None:
    first, second = (at(service.respond(HELLO), "/id", str) for _ in range(2))
    require(first != second, expected="two ids", found=f"{first} twice")


@pytest.mark.codex("responses.object.item-ids-unique")
@each_face
def test_items_of_two_responses_have_ids_of_their_own(service: Service) -> None:
    identifiers = [at(item, "/id", str) for _ in range(2) for item in service.items(HELLO)]
    require(len(set(identifiers)) == len(identifiers), expected="ids that are all different", found=identifiers)


@pytest.mark.codex("responses.object.id-prefix")
@each_face
def test_an_id_tells_what_it_is_of(service: Service) -> None:
    response = service.respond(HELLO)
    identifier = at(response, "/id", str)
    require(identifier.startswith("resp_"), expected="resp_ and more", found=identifier)


@pytest.mark.codex("responses.object.model")
@each_face
def test_the_model_is_the_one_that_was_asked(service: Service) -> None:
    model = at(service.respond(HELLO), "/model", str)
    require(model.startswith(service.model), expected=f"{service.model}, or a dated form of it", found=model)


@pytest.mark.codex("responses.object.created-at")
def test_a_response_is_made_now(service: Service) -> None:
    answer = service.ask(HELLO).require_status(200)
    date = answer.headers.get("date")
    now, made = parsedate_to_datetime(date).timestamp() if date else time.time(), answer.at("/created_at", (int, float))
    require(abs(now - made) <= _TOLERANCE, expected=f"about {now:.0f}", found=made)


@pytest.mark.codex("responses.object.request-id")
@each_face
def test_each_answer_has_a_request_id(service: Service) -> None:
    answers = [service.ask(HELLO, stream=True).require_status(200) for _ in range(2)]
    identifiers = [answer.headers.get("x-request-id") for answer in answers]
    require(all(identifiers) and len(set(identifiers)) == 2, expected="two x-request-id", found=identifiers)


@pytest.mark.codex("responses.echo.settings")
@pytest.mark.parametrize("name", sorted(_ECHOED))
def test_a_setting_is_repeated(service: Service, name: str) -> None:
    # There is no choice without tools.
    response = service.respond(HELLO, tools=[WEATHER_TOOL], **{name: _ECHOED[name]})
    require(response.get(name) == _ECHOED[name], expected=repr(_ECHOED[name]), found=response.get(name))


@pytest.mark.codex("responses.echo.tools")
def test_the_tools_are_repeated(service: Service) -> None:
    tools = service.respond(HELLO, tools=[WEATHER_TOOL]).get("tools")
    names = [each.get("name") for each in tools] if isinstance(tools, list) else tools
    require(names == [WEATHER_TOOL["name"]], expected=f"the tool {WEATHER_TOOL['name']}", found=tools)


@pytest.mark.codex("responses.echo.defaults")
@pytest.mark.parametrize("name", sorted(_DEFAULTS))
def test_a_default_is_told(service: Service, name: str) -> None:
    value = at(service.respond(HELLO), f"/{name}")
    require(value == _DEFAULTS[name], expected=repr(_DEFAULTS[name]), found=value)


@pytest.mark.codex("responses.echo.metadata")
def test_metadata_are_repeated(service: Service) -> None:
    metadata = {"order": "7", "kind": "test"}
    found = service.respond(HELLO, metadata=metadata).get("metadata")
    require(found == metadata, expected=str(metadata), found=found)


@pytest.mark.codex("responses.usage.present")
@each_face
def test_the_end_tells_the_usage(service: Service) -> None:
    usage = at(service.respond(HELLO), "/usage", dict)
    counts = [usage.get("input_tokens"), usage.get("output_tokens")]
    require(all(isinstance(each, int) and each > 0 for each in counts), expected="tokens in and out", found=usage)


@pytest.mark.codex("responses.usage.total")
@each_face
def test_the_total_is_the_sum(service: Service) -> None:
    usage = at(service.respond(HELLO), "/usage", dict)
    counts = [at(usage, f"/{name}", int) for name in ("input_tokens", "output_tokens", "total_tokens")]
    require(counts[0] + counts[1] == counts[2], expected=f"a total of {counts[0] + counts[1]}", found=usage)


@pytest.mark.codex("responses.usage.details")
@each_face
def test_details_are_part_of_their_whole(service: Service) -> None:
    usage = at(service.respond(HELLO), "/usage", dict)
    cached = at(usage, "/input_tokens_details/cached_tokens", int)
    reasoning = at(usage, "/output_tokens_details/reasoning_tokens", int)
    holds = 0 <= cached <= at(usage, "/input_tokens", int) and 0 <= reasoning <= at(usage, "/output_tokens", int)
    require(holds, expected="no more cached than input tokens, and no more for reasoning than output", found=usage)


@pytest.mark.codex("responses.include.logprobs")
def test_log_probabilities_come_where_they_are_asked_for(service: Service) -> None:
    items = service.items(HELLO, include=["message.output_text.logprobs"], top_logprobs=2)
    told = at(items[-1], "/content/0/logprobs", list)
    holds = told and all(at(each, "/logprob", (int, float)) <= 0 for each in told)
    require(holds, expected="a log probability for each token", found=told)
