"""Calls of tools, and their answers."""

from __future__ import annotations

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.faces import codex_face, each_face
from codex_conformance.suites.server.responses.prompts import (
    GUESS_PROMPT,
    NOTE_CALL,
    NOTE_FORCED,
    NOTE_PROMPT,
    NOTE_TOOL,
    WEATHER_CALL,
    WEATHER_FORCED,
    WEATHER_PROMPT,
    WEATHER_TOOL,
    function_output,
    message,
    scripted,
)
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import call_of, json_of, require_text, texts_of

_ARGUMENTS = "response.function_call_arguments"
_INPUT = "response.custom_tool_call_input"

_TWO_CALLS = scripted(
    [{"function_call": {"name": "get_weather", "arguments": {"city": city}}} for city in ("Paris", "Rome")],
    [{"message": "Sunny in both."}],
)


@pytest.mark.codex("responses.tools.forced", scenario=WEATHER_CALL)
@each_face
def test_a_tool_that_must_be_called_is(service: Service) -> None:
    call = call_of(service.items(WEATHER_PROMPT, **WEATHER_FORCED))
    require(call.get("name") == WEATHER_TOOL["name"], expected=WEATHER_TOOL["name"], found=call)


@pytest.mark.codex("responses.tools.call-id", scenario=WEATHER_CALL)
@each_face
def test_a_call_has_an_id_of_its_own(service: Service) -> None:
    call = call_of(service.items(WEATHER_PROMPT, **WEATHER_FORCED))
    identifier = at(call, "/call_id", str)
    require(identifier and identifier != call.get("id"), expected="a call_id beside the id", found=call)


@pytest.mark.codex("responses.tools.arguments-json", scenario=WEATHER_CALL)
@each_face
def test_arguments_are_an_object_as_text(service: Service) -> None:
    arguments = at(call_of(service.items(WEATHER_PROMPT, **WEATHER_FORCED)), "/arguments", str)
    city = at(json_of(arguments), "/city", str)
    require(city, expected="the city that the tool asks for", found=arguments)


@pytest.mark.codex("responses.tools.arguments-join", scenario=WEATHER_CALL)
@each_face
def test_deltas_join_to_the_arguments(service: Service) -> None:
    stream = service.stream(WEATHER_PROMPT, **WEATHER_FORCED)
    arguments = at(call_of(stream.items), "/arguments", str)
    told = [event.get("arguments") for event in stream.of_kind(f"{_ARGUMENTS}.done")]
    joined = stream.joined(f"{_ARGUMENTS}.delta")
    require(told == [arguments] and joined == arguments, expected=arguments, found=(joined, told))


@pytest.mark.codex("responses.tools.call-begins-empty", scenario=WEATHER_CALL)
@each_face
def test_a_call_begins_with_its_name(service: Service) -> None:
    added = service.stream(WEATHER_PROMPT, **WEATHER_FORCED).of_kind("response.output_item.added")
    begun = [at(event, "/item", dict) for event in added]
    call = call_of(begun)
    found = (call.get("name"), call.get("arguments"))
    require(found == (WEATHER_TOOL["name"], ""), expected="the name, and no arguments yet", found=found)


@pytest.mark.codex("responses.tools.output-accepted", scenario=WEATHER_CALL)
@each_face
def test_the_answer_of_a_tool_goes_on(service: Service) -> None:
    items = service.items(WEATHER_PROMPT, **WEATHER_FORCED)
    said = [message(WEATHER_PROMPT), *items, function_output(call_of(items))]
    answer = service.items(said, tools=[WEATHER_TOOL])
    require_text(answer)


@pytest.mark.codex("responses.tools.output-parts", scenario=WEATHER_CALL)
@each_face
def test_a_tool_may_answer_in_parts(service: Service) -> None:
    items = service.items(WEATHER_PROMPT, **WEATHER_FORCED)
    output = {**function_output(call_of(items)), "output": [{"type": "input_text", "text": "sunny"}]}
    answer = service.items([message(WEATHER_PROMPT), *items, output], tools=[WEATHER_TOOL])
    require_text(answer)


@pytest.mark.codex("responses.tools.orphan-output")
@each_face
def test_an_answer_to_no_call_is_refused(service: Service) -> None:
    orphan = function_output({"call_id": "call_nobody_made"})
    service.ask([message(WEATHER_PROMPT), orphan], tools=[WEATHER_TOOL]).require_status(400)


@pytest.mark.codex("responses.tools.open-call")
@each_face
def test_a_call_without_an_answer_is_refused(service: Service) -> None:
    call = {"type": "function_call", "call_id": "call_1", "name": WEATHER_TOOL["name"], "arguments": "{}"}
    service.ask([message(WEATHER_PROMPT), call, message("Go on.")], tools=[WEATHER_TOOL]).require_status(400)


@pytest.mark.codex("responses.tools.none", scenario=scripted([{"message": "It may be sunny."}]))
@each_face
def test_no_tool_is_called_where_none_may_be(service: Service) -> None:
    items = service.items(GUESS_PROMPT, tools=[WEATHER_TOOL], tool_choice="none")
    kinds = [item.get("type") for item in items]
    require("function_call" not in kinds, expected="no function_call", found=kinds)


@pytest.mark.codex("responses.tools.parallel", scenario=_TWO_CALLS, needs=("control",))
@each_face
def test_calls_at_once_stay_apart(service: Service) -> None:
    stream = service.stream("What is the weather in Paris and in Rome?", tools=[WEATHER_TOOL])
    identifiers = {at(item, "/call_id", str) for item in stream.items}
    require(len(identifiers) == 2, expected="two calls with two call_ids", found=stream.items)
    for index, item in enumerate(stream.items):
        joined = stream.joined(f"{_ARGUMENTS}.delta", output_index=index)
        require(joined == item.get("arguments"), expected=str(item.get("arguments")), found=joined)


@pytest.mark.codex("responses.tools.parallel-outputs", scenario=_TWO_CALLS, needs=("control",))
@each_face
def test_answers_may_come_in_any_order(service: Service) -> None:
    prompt = "What is the weather in Paris and in Rome?"
    calls = service.items(prompt, tools=[WEATHER_TOOL])
    outputs = [function_output(call) for call in reversed(calls)]
    answer = service.items([message(prompt), *calls, *outputs], tools=[WEATHER_TOOL])
    require(texts_of(answer) == ["Sunny in both."], expected="the message after both", found=answer)


@pytest.mark.codex("responses.tools.custom", scenario=NOTE_CALL)
@each_face
def test_a_custom_tool_takes_plain_text(service: Service) -> None:
    stream = service.stream(NOTE_PROMPT, **NOTE_FORCED)
    call = call_of(stream.items, "custom_tool_call")
    text = at(call, "/input", str)
    told = [event.get("input") for event in stream.of_kind(f"{_INPUT}.done")]
    joined = stream.joined(f"{_INPUT}.delta")
    require(text and told == [text] and joined == text, expected=f"{text!r} in all three", found=(joined, told))


@pytest.mark.codex("responses.tools.custom-output", scenario=NOTE_CALL)
@each_face
def test_the_answer_of_a_custom_tool_goes_on(service: Service) -> None:
    items = service.items(NOTE_PROMPT, **NOTE_FORCED)
    call = call_of(items, "custom_tool_call")
    output = {"type": "custom_tool_call_output", "call_id": call["call_id"], "output": "kept"}
    answer = service.items([message(NOTE_PROMPT), *items, output], tools=[NOTE_TOOL])
    require_text(answer)


@pytest.mark.codex("responses.codex.additional-tools", scenario=WEATHER_CALL, needs=("control",))
@codex_face
def test_tools_may_come_as_an_item(service: Service) -> None:
    namespace = {"type": "namespace", "name": "functions", "description": "Tools.", "tools": [WEATHER_TOOL]}
    brought = {"type": "additional_tools", "role": "developer", "tools": [namespace]}
    call = call_of(service.items([brought, message(WEATHER_PROMPT)]))
    require(call.get("name") == WEATHER_TOOL["name"], expected=WEATHER_TOOL["name"], found=call)
