"""Chat completions: the same script, said as messages and as chunks."""

from __future__ import annotations

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

TOOLS = [
    {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}},
    {"type": "custom", "custom": {"name": "patch"}},
]
SAID = {
    "text": ([{"message": "one two"}], {"content": "one two"}, "stop"),
    "text in pieces": ([{"message": {"deltas": ["on", "e tw", "o"]}}], {"content": "one two"}, "stop"),
    "two messages": ([{"message": "one "}, {"message": "two"}], {"content": "one two"}, "stop"),
    "a refusal": ([{"refusal": "No, thanks."}], {"refusal": "No, thanks."}, "stop"),
    "hidden reasoning": ([{"reasoning": {"summary": ["So."]}}, {"message": "one"}], {"content": "one"}, "stop"),
    "a search": ([{"web_search": "tides"}, {"message": "one"}], {"content": "one"}, "stop"),
    "nothing": ([], {}, "stop"),
    "calls": (
        [
            {"message": "Look."},
            {"function_call": {"name": "look", "arguments": {"a": 1}}},
            {"custom_tool_call": {"name": "patch", "input": "a b"}},
        ],
        {"content": "Look.", "tool_calls": [("function", "look", '{"a":1}'), ("custom", "patch", "a b")]},
        "tool_calls",
    ),
}


async def stream(backend, data_of, **body):
    messages = [{"role": "user", "content": "Hello"}]
    body = {"model": "gpt-5.5", "messages": messages, "tools": TOOLS, "stream": True, **body}
    return data_of(await backend.call("POST", "/chat/completions", body))


def joined(chunks, index: int = 0):
    """Put the message of one choice together from its chunks, as clients do."""
    message = {}
    for choice in (choice for chunk in chunks for choice in chunk["choices"] if choice["index"] == index):
        delta = choice["delta"]
        for name in ("content", "refusal"):
            if delta.get(name):
                message[name] = message.get(name, "") + delta[name]
        for call in delta.get("tool_calls", ()):
            calls = message.setdefault("tool_calls", [])
            if len(calls) == call["index"]:
                calls.append([call["id"], call["type"], "", ""])
            grown, kind = calls[call["index"]], calls[call["index"]][1]
            grown[2] += call[kind].get("name", "")
            grown[3] += call[kind].get("arguments" if kind == "function" else "input", "")
    return message


def spoken(message):
    """Return what a whole message says in the same form."""
    said = {name: message[name] for name in ("content", "refusal") if message[name]}
    if "tool_calls" in message:
        said["tool_calls"] = [
            [call["id"], call["type"], *call[call["type"]].values()] for call in message["tool_calls"]
        ]
    return said


def without_ids(message):
    calls = [tuple(call[1:]) for call in message.get("tool_calls", ())]
    return {**message, "tool_calls": calls} if calls else message


@pytest.mark.parametrize(("say", "message", "reason"), SAID.values(), ids=SAID)
async def test_what_the_script_says_becomes_a_message(api, say, message, reason: str) -> None:
    completion = await api({"model": [{"say": say}]}).chat(tools=TOOLS)

    (choice,) = completion["choices"]
    assert without_ids(spoken(choice["message"])) == message
    assert choice["finish_reason"] == reason
    ChatCompletion.model_validate(completion, strict=True)


@pytest.mark.parametrize(("say", "message", "reason"), SAID.values(), ids=SAID)
async def test_the_chunks_of_a_stream_add_up_to_the_same_message(api, data_of, say, message, reason: str) -> None:
    *chunks, done = await stream(api({"model": [{"say": say}]}), data_of)

    assert done == "[DONE]"
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": "", "refusal": None}
    assert without_ids(joined(chunks)) == message
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in chunks]
    assert (reasons[-1], set(reasons[:-1])) == (reason, {None})
    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks}) == 1
    assert all("usage" not in chunk for chunk in chunks)


async def test_a_stream_of_text_fits_the_types_of_the_openai_package(api, data_of) -> None:
    *chunks, _ = await stream(
        api({"model": [{"say": [{"message": "one"}, {"function_call": {"name": "look"}}]}]}), data_of
    )

    for chunk in chunks:
        ChatCompletionChunk.model_validate(chunk, strict=True)


async def test_usage_comes_last_where_it_is_wished(api, data_of) -> None:
    backend = api({"model": [{"say": [{"message": "one two"}], "times": None}]})
    *chunks, last, _ = await stream(backend, data_of, stream_options={"include_usage": True})

    assert {chunk["usage"] for chunk in chunks} == {None}
    assert (last["choices"], last["usage"]) == ([], (await backend.chat(tools=TOOLS))["usage"])


async def test_scripted_usage_is_said_in_the_words_of_chat(api) -> None:
    counts = {"input_tokens": 10, "output_tokens": 7, "cached_tokens": 4, "reasoning_tokens": 2}
    usage = (await api({"model": [{"say": [{"message": "x"}], "usage": counts}]}).chat(n=2))["usage"]

    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (10, 14, 24)
    assert usage["prompt_tokens_details"]["cached_tokens"] == 4
    assert usage["completion_tokens_details"]["reasoning_tokens"] == 4


@pytest.mark.parametrize(
    ("reason", "expected"), [("max_output_tokens", "length"), ("content_filter", "content_filter")]
)
async def test_an_answer_that_is_cut_short_says_why(api, data_of, reason: str, expected: str) -> None:
    scenario = {"model": [{"say": [{"message": "one"}], "end": {"incomplete": reason}, "times": None}]}
    backend = api(scenario)
    *chunks, done = await stream(backend, data_of)

    assert (await backend.chat())["choices"][0]["finish_reason"] == expected
    assert (chunks[-1]["choices"][0]["finish_reason"], done) == (expected, "[DONE]")


FAILURES = {
    "server_error": (500, "server_error"),
    "rate_limit_exceeded": (429, "rate_limit_error"),
    "insufficient_quota": (429, "insufficient_quota"),
    "server_is_overloaded": (503, "server_error"),
    "invalid_prompt": (400, "invalid_request_error"),
    "something_new": (500, "server_error"),
}


@pytest.mark.parametrize(("code", "status", "kind"), [(code, *how) for code, how in FAILURES.items()], ids=FAILURES)
async def test_a_failed_answer_is_an_error_whole_and_in_a_stream(
    api, data_of, code: str, status: int, kind: str
) -> None:
    end = {"failed": {"code": code, "message": "It failed."}}
    backend = api({"model": [{"say": [{"message": "one two"}], "end": end, "times": None}]})
    body = {"model": "gpt-5.5", "messages": [{"role": "user", "content": "Hello"}]}
    answer = await backend.call("POST", "/chat/completions", body)
    streamed = await backend.call("POST", "/chat/completions", {**body, "stream": True})

    error = {"message": "It failed.", "type": kind, "param": None, "code": code}
    *chunks, last = data_of(streamed)
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert (joined(chunks), last) == ({"content": "one two"}, {"error": error})


@pytest.mark.parametrize(
    ("stop", "text"),
    [
        ("two", "one "),
        (["three", "e t"], "on"),
        (["five"], "one two three"),
        ([""], "one two three"),
        (None, "one two three"),
    ],
    ids=["text", "the first of several", "none comes", "empty", "null"],
)
@pytest.mark.parametrize("deltas", [None, ["o", "ne tw", "o three"]], ids=["words", "pieces"])
async def test_an_answer_ends_before_a_stop(api, data_of, deltas, stop, text: str) -> None:
    message = {"deltas": deltas} if deltas else {"text": "one two three"}
    backend = api({"model": [{"say": [{"message": message}], "times": None}]})
    *chunks, _ = await stream(backend, data_of, stop=stop)

    (choice,) = (await backend.chat(stop=stop))["choices"]

    assert (choice["message"]["content"], choice["finish_reason"]) == (text, "stop")
    assert joined(chunks) == {"content": text}


@pytest.mark.parametrize(("wish", "tier"), [(None, "default"), ("auto", "default"), ("flex", "flex")], ids=str)
async def test_the_tier_is_said(api, wish: str | None, tier: str) -> None:
    assert (await api().chat(service_tier=wish))["service_tier"] == tier


async def test_a_whole_item_with_a_part_that_chat_does_not_have_is_left_out(api) -> None:
    item = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "brand_new"}, {"type": "refusal", "refusal": "No."}],
    }

    (choice,) = (await api({"model": [{"say": [{"item": item}]}]}).chat())["choices"]

    assert (choice["message"]["content"], choice["message"]["refusal"]) == (None, "No.")


async def test_nothing_comes_after_a_stop(api) -> None:
    say = [{"message": "one STOP two"}, {"function_call": {"name": "look"}}]

    (choice,) = (await api({"model": [{"say": say}]}).chat(stop="STOP", tools=TOOLS))["choices"]

    assert (choice["message"]["content"], "tool_calls" in choice["message"]) == ("one ", False)


async def test_several_choices_say_the_same_with_calls_of_their_own(api, data_of) -> None:
    backend = api({"model": [{"say": [{"message": "one"}, {"function_call": {"name": "look"}}], "times": 2}]})
    *chunks, _ = await stream(backend, data_of, n=3)
    whole = [spoken(choice["message"]) for choice in (await backend.chat(n=3, tools=TOOLS))["choices"]]

    for choices in (whole, [joined(chunks, index) for index in range(3)]):
        assert len({choice["tool_calls"][0][0] for choice in choices}) == 3
        assert [without_ids(choice) for choice in choices] == [without_ids(choices[0])] * 3


async def test_choices_that_would_fill_the_memory_are_refused(api) -> None:
    backend = api({"model": [{"say": [{"message": "word " * 10_000}]}]})

    answer = await backend.call("POST", "/chat/completions", {
        "model": "gpt-5.5", "messages": [{"role": "user", "content": "Hello"}], "n": 100,
    })  # fmt: skip

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "n")


async def test_the_older_form_of_tools_is_answered_in_the_older_form(api, data_of) -> None:
    calls = [{"function_call": {"name": name, "arguments": {"a": 1}}} for name in ("look", "second")]
    backend = api({"model": [{"say": calls, "times": None}]})
    functions = {"functions": [{"name": "look"}]}
    (choice,) = (await backend.chat(**functions))["choices"]
    *chunks, _ = await stream(backend, data_of, tools=[], **functions)

    assert choice["message"]["function_call"] == {"name": "look", "arguments": '{"a":1}'}
    assert choice["finish_reason"] == chunks[-1]["choices"][0]["finish_reason"] == "function_call"
    deltas = [chunk["choices"][0]["delta"].get("function_call", {}) for chunk in chunks]
    assert "".join(delta.get("name", "") for delta in deltas) == "look"
    assert "".join(delta.get("arguments", "") for delta in deltas) == '{"a":1}'


CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
CUSTOM = {"id": "call_2", "type": "custom", "custom": {"name": "patch", "input": "x"}}
ASKED = {"role": "user", "content": "Look at the tide."}
MATCHING = {
    "text": ({"user": "tide"}, [ASKED]),
    "text in parts": ({"user": "tide"}, [{"role": "user", "content": [{"type": "text", "text": "The tide?"}]}]),
    "the latest text": (
        {"user": "tide"},
        [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}, ASKED],
    ),
    "an output": (
        {"user": "tide", "tool_output": "high"},
        [
            ASKED,
            {"role": "assistant", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": "high"},
        ],
    ),
    "an output in parts": (
        {"tool_output": "high"},
        [
            ASKED,
            {"role": "assistant", "content": None, "tool_calls": [CUSTOM]},
            {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "high"}]},
        ],
    ),
    "an output in the older form": (
        {"tool_output": "high"},
        [
            ASKED,
            {"role": "assistant", "content": "So.", "function_call": {"name": "look", "arguments": "{}"}},
            {"role": "function", "name": "look", "content": "high"},
        ],
    ),
    "the model": ({"model": "gpt-5.5"}, [ASKED]),
    "every kind of part": (
        {"user": "tide"},
        [
            {"role": "system", "content": "Be brief."},
            {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
            {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "b"}]},
            {"role": "assistant", "refusal": "c"},
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                    {"type": "file", "file": {"file_id": "file_1"}},
                    {"type": "text", "text": "tide"},
                ],
            },
        ],
    ),
}


@pytest.mark.parametrize(("when", "messages"), MATCHING.values(), ids=MATCHING)
async def test_a_step_is_chosen_by_the_messages(api, when, messages) -> None:
    scenario = {"model": [{"when": {"user": "other"}}, {"when": when, "say": [{"message": "High water."}]}]}

    completion = await api(scenario).chat(messages=messages)

    assert completion["choices"][0]["message"]["content"] == "High water."


async def test_a_request_that_the_script_does_not_know_is_refused(api) -> None:
    backend = api({"model": [{"when": {"user": "tide"}}]})
    body = {"model": "gpt-5.5", "messages": [{"role": "user", "content": "Hello"}]}

    answer = await backend.call("POST", "/chat/completions", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "scenario_mismatch")
    assert "tide" in backend.app.journal.single_request().near_miss


async def test_a_chat_shares_the_script_with_responses(api) -> None:
    backend = api({"model": [{"say": [{"message": "one"}]}, {"say": [{"message": "two"}]}]})

    first, second = await backend.create(), await backend.chat()

    assert first["output"][0]["content"][0]["text"] == "one"
    assert second["choices"][0]["message"]["content"] == "two"
