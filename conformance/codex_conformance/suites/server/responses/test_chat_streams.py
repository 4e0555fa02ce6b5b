"""Chat completions in chunks."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.chats import CHAT_FORCED, Chat
from codex_conformance.suites.server.responses.prompts import HELLO, WEATHER_CALL, WEATHER_PROMPT
from codex_conformance.suites.server.responses.streams import json_of

_COUNTED = {"stream_options": {"include_usage": True}}


@pytest.mark.codex("responses.chat.stream-text")
def test_deltas_make_a_text(chat: Chat) -> None:
    deltas = [at(each, "/delta", dict).get("content") or "" for each in chat.choices(HELLO)]
    require("".join(deltas), expected="content", found=deltas)


@pytest.mark.codex("responses.chat.stream-role")
def test_the_role_comes_first(chat: Chat) -> None:
    roles = [at(each, "/delta", dict).get("role") for each in chat.choices(HELLO)]
    require(roles[0] == "assistant" and not any(roles[1:]), expected="assistant, once and first", found=roles)


@pytest.mark.codex("responses.chat.stream-done")
def test_a_mark_ends_the_stream(chat: Chat) -> None:
    data = chat.data(HELLO)
    require(data.count("[DONE]") == 1 and data[-1] == "[DONE]", expected="[DONE], once and last", found=data[-3:])


@pytest.mark.codex("responses.chat.stream-finish")
def test_a_choice_ends_once(chat: Chat) -> None:
    reasons = [each.get("finish_reason") for each in chat.choices(HELLO)]
    ends = reasons[-1] == "stop" and not any(reasons[:-1])
    require(ends, expected="stop, once and last", found=reasons)


@pytest.mark.codex("responses.chat.stream-head")
def test_all_chunks_are_of_one_completion(chat: Chat) -> None:
    heads = {tuple(at(chunk, f"/{name}") for name in ("id", "created", "model")) for chunk in chat.chunks(HELLO)}
    require(len(heads) == 1, expected="one id, one created, one model", found=heads)


@pytest.mark.codex("responses.chat.stream-unnamed")
def test_events_have_no_names(chat: Chat) -> None:
    text = chat.ask(HELLO, stream=True).require_status(200).text
    named = [line for line in text.split("\n") if line.startswith("event:")]
    require(not named, expected="no event lines", found=named)


@pytest.mark.codex("responses.chat.usage-asked")
def test_usage_comes_where_it_is_asked_for(chat: Chat) -> None:
    last = chat.chunks(HELLO, **_COUNTED)[-1]
    found = (at(last, "/choices", list), at(last, "/usage/total_tokens", int) > 0)
    require(found == ([], True), expected="a last chunk with usage and no choices", found=last)


@pytest.mark.codex("responses.chat.usage-null-before")
def test_usage_is_null_before_the_end(chat: Chat) -> None:
    usages = [at(chunk, "/usage") for chunk in chat.chunks(HELLO, **_COUNTED)[:-1]]
    require(usages and not any(usages), expected="null in all chunks but the last", found=usages)


@pytest.mark.codex("responses.chat.usage-not-asked")
def test_usage_does_not_come_unasked(chat: Chat) -> None:
    empty = [chunk for chunk in chat.chunks(HELLO) if not at(chunk, "/choices", list)]
    require(not empty, expected="no chunk without a choice", found=empty)


@pytest.mark.codex("responses.chat.stream-call", scenario=WEATHER_CALL)
def test_a_call_begins_with_its_name(chat: Chat) -> None:
    first = _call_deltas(chat)[0]
    found = (bool(first.get("id")), at(first, "/function/name"), at(first, "/index"))
    require(found == (True, "get_weather", 0), expected="an id, the name and the index 0", found=first)


@pytest.mark.codex("responses.chat.stream-arguments", scenario=WEATHER_CALL)
def test_deltas_join_to_the_arguments(chat: Chat) -> None:
    text = "".join(at(each, "/function", dict).get("arguments") or "" for each in _call_deltas(chat))
    at(json_of(text), "/city", str)


@pytest.mark.codex("responses.chat.stream-call-once", scenario=WEATHER_CALL)
def test_a_call_tells_its_id_once(chat: Chat) -> None:
    ids = [each["id"] for each in _call_deltas(chat) if each.get("id")]
    require(len(ids) == 1, expected="the id once", found=ids)


def _call_deltas(chat: Chat) -> list[Any]:
    choices = chat.choices(WEATHER_PROMPT, **CHAT_FORCED)
    found = [call for each in choices for call in at(each, "/delta", dict).get("tool_calls") or ()]
    require(found, expected="deltas of a call", found=choices)
    return found
