"""Chat completions in one piece."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.chats import CHAT_FORCED, CHAT_TOOL, Chat
from codex_conformance.suites.server.responses.prompts import (
    CITY_FORMAT,
    CITY_PROMPT,
    HELLO,
    STORY,
    WEATHER_CALL,
    WEATHER_PROMPT,
    scripted,
)
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import json_of


@pytest.mark.codex("responses.chat.message")
def test_the_assistant_answers(chat: Chat) -> None:
    message = chat.message(HELLO)
    require(message.get("role") == "assistant", expected="the role assistant", found=message)
    require(at(message, "/content", str), expected="content", found=message)


@pytest.mark.codex("responses.chat.stop")
def test_an_answer_that_is_whole_stops(chat: Chat) -> None:
    reason = at(chat.complete(HELLO), "/choices/0/finish_reason")
    require(reason == "stop", expected="stop", found=reason)


@pytest.mark.codex(
    "responses.chat.length", scenario=scripted([{"message": "Once"}], end={"incomplete": "max_output_tokens"})
)
def test_an_answer_that_is_cut_says_so(chat: Chat) -> None:
    reason = at(chat.complete(STORY, max_completion_tokens=16), "/choices/0/finish_reason")
    require(reason == "length", expected="length", found=reason)


@pytest.mark.codex("responses.chat.ids-unique")
def test_two_completions_have_two_ids(chat: Chat) -> None:
    ids = {at(chat.complete(HELLO), "/id", str) for _ in range(2)}
    require(len(ids) == 2, expected="two ids", found=ids)


@pytest.mark.codex("responses.chat.usage")
def test_the_total_is_the_sum(chat: Chat) -> None:
    usage = at(chat.complete(HELLO), "/usage", dict)
    counts = [at(usage, f"/{name}", int) for name in ("prompt_tokens", "completion_tokens", "total_tokens")]
    require(counts[0] + counts[1] == counts[2], expected=f"a total of {counts[0] + counts[1]}", found=usage)


@pytest.mark.codex("responses.chat.choices")
def test_several_answers_are_counted(chat: Chat) -> None:
    indexes = [at(each, "/index") for each in at(chat.complete(HELLO, n=2), "/choices", list)]
    require(indexes == [0, 1], expected="the choices 0 and 1", found=indexes)


@pytest.mark.codex("responses.chat.tool-call", scenario=WEATHER_CALL)
def test_a_tool_that_must_be_called_is(chat: Chat) -> None:
    call = at(chat.message(WEATHER_PROMPT, **CHAT_FORCED), "/tool_calls/0", dict)
    found = (call.get("type"), at(call, "/function/name"), bool(at(call, "/id", str)))
    require(found == ("function", "get_weather", True), expected="a call of get_weather with an id", found=call)


@pytest.mark.codex("responses.chat.tool-arguments", scenario=WEATHER_CALL)
def test_arguments_are_an_object_as_text(chat: Chat) -> None:
    arguments = at(chat.message(WEATHER_PROMPT, **CHAT_FORCED), "/tool_calls/0/function/arguments", str)
    at(json_of(arguments), "/city", str)


@pytest.mark.codex("responses.chat.tool-finish", scenario=WEATHER_CALL)
def test_an_answer_that_calls_says_so(chat: Chat) -> None:
    wish = {"tools": [CHAT_TOOL], "tool_choice": "required"}
    reason = at(chat.complete(WEATHER_PROMPT, **wish), "/choices/0/finish_reason")
    require(reason == "tool_calls", expected="tool_calls", found=reason)


@pytest.mark.codex("responses.chat.tool-output", scenario=WEATHER_CALL)
def test_the_answer_of_a_tool_goes_on(chat: Chat) -> None:
    called = chat.message(WEATHER_PROMPT, **CHAT_FORCED)
    output = {"role": "tool", "tool_call_id": at(called, "/tool_calls/0/id", str), "content": "sunny"}
    answer = chat.message([{"role": "user", "content": WEATHER_PROMPT}, called, output], tools=[CHAT_TOOL])
    require(at(answer, "/content", str), expected="content after the answer of the tool", found=answer)


@pytest.mark.codex("responses.chat.roles")
@pytest.mark.parametrize("role", ["developer", "system"])
def test_instructions_may_be_messages(chat: Chat, role: str) -> None:
    answer = chat.message([{"role": role, "content": "Be brief."}, {"role": "user", "content": HELLO}])
    require(at(answer, "/content", str), expected="content", found=answer)


@pytest.mark.codex("responses.chat.parts")
def test_content_may_come_in_parts(chat: Chat) -> None:
    answer = chat.message([{"role": "user", "content": [{"type": "text", "text": HELLO}]}])
    require(at(answer, "/content", str), expected="content", found=answer)


@pytest.mark.codex("responses.chat.structured")
def test_the_answer_fits_a_strict_schema(chat: Chat) -> None:
    schema = {key: value for key, value in CITY_FORMAT.items() if key != "type"}
    content = at(
        chat.message(CITY_PROMPT, response_format={"type": "json_schema", "json_schema": schema}), "/content", str
    )
    value = json_of(content)
    at(value, "/name", str)
    at(value, "/people", int)


@pytest.mark.codex("responses.chat.unknown-model")
def test_an_unknown_model_is_refused(chat: Chat) -> None:
    chat.ask(HELLO, model="no-such-model").require_status(404, 400)


@pytest.mark.codex("responses.chat.missing-messages")
def test_messages_must_be_there(service: Service) -> None:
    answer = service.call("createChatCompletion", json={"model": service.model}, misuse=True).require_status(400)
    require(answer.at("/error/param") == "messages", expected="messages as the param", found=answer.json)


@pytest.mark.codex("responses.completions.text")
@pytest.mark.parametrize("prompt", [HELLO, [HELLO, STORY]], ids=["one text", "two texts"])
def test_texts_are_continued(service: Service, prompt: Any) -> None:
    body = {"model": service.model, "prompt": prompt, "max_tokens": 16}
    choices = service.call("createCompletion", json=body).require_status(200).at("/choices", list)
    indexes = [at(each, "/index") for each in choices if isinstance(at(each, "/text"), str)]
    expected = [0] if isinstance(prompt, str) else [0, 1]
    require(indexes == expected, expected=f"the choices {expected}", found=choices)
