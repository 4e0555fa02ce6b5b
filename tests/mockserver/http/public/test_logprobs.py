"""Log probabilities: in the shape of each API, whole and in streams, and only where they are wanted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import openai
import pytest

from codex_mockserver import SyncBackend

TEXT = "one two three"
WORDS = ["one ", "two ", "three"]
INCLUDE = {"include": ["message.output_text.logprobs"]}


def tokens(logprobs: list[dict[str, Any]]) -> list[str]:
    return [each["token"] for each in logprobs]


@pytest.mark.parametrize(
    ("wish", "alternatives"),
    [({**INCLUDE}, 0), ({**INCLUDE, "top_logprobs": 3}, 3), ({"top_logprobs": 20}, 20)],
    ids=["included", "with alternatives", "alternatives alone"],
)
async def test_a_response_tells_how_likely_its_words_are(api, wish, alternatives: int) -> None:
    response = await api().create(input=TEXT, **wish)
    told = response["output"][0]["content"][0]["logprobs"]

    assert tokens(told) == WORDS
    assert {len(each["top_logprobs"]) for each in told} == {alternatives}
    assert response["top_logprobs"] == wish.get("top_logprobs", 0)
    for each in told:
        assert bytes(each["bytes"]).decode() == each["token"]
        ranked = each["top_logprobs"]
        assert len({other["token"] for other in ranked}) == alternatives
        assert all(first["logprob"] > second["logprob"] for first, second in pairwise(ranked))
        assert sum(math.exp(other["logprob"]) for other in ranked) <= 1 + 1e-5
        assert ranked[:1] == [{name: each[name] for name in ("token", "bytes", "logprob")}][:alternatives]


async def test_a_response_tells_nothing_that_is_not_wanted(api) -> None:
    backend = api()
    plain = await backend.create(input=TEXT)
    told = await backend.create(input=TEXT, **INCLUDE)

    assert plain["output"][0]["content"][0]["logprobs"] == []
    assert plain["usage"] == told["usage"]


async def test_a_stream_tells_with_each_delta_and_all_at_the_end(api, data_of) -> None:
    body = {"model": "gpt-5.5", "input": TEXT, "stream": True, "top_logprobs": 2, **INCLUDE}
    events = data_of(await api().call("POST", "/responses", body))
    deltas = [event for event in events if event["type"] == "response.output_text.delta"]
    (done,) = [event for event in events if event["type"] == "response.output_text.done"]
    (added,) = [event for event in events if event["type"] == "response.content_part.added"]

    assert [event["delta"] for event in deltas] == [token for event in deltas for token in tokens(event["logprobs"])]
    assert done["logprobs"] == [each for event in deltas for each in event["logprobs"]]
    assert {frozenset(each) for each in done["logprobs"]} == {frozenset({"token", "logprob", "top_logprobs"})}
    assert added["part"]["logprobs"] == []
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert tokens(events[-1]["response"]["output"][0]["content"][0]["logprobs"]) == WORDS


async def test_the_deltas_of_a_script_are_the_words(api) -> None:
    backend = api({"model": [{"say": [{"message": {"deltas": ["on", "e"]}}]}]})

    response = await backend.create(**INCLUDE)

    assert tokens(response["output"][0]["content"][0]["logprobs"]) == ["on", "e"]


async def test_reasoning_is_sealed_only_where_that_is_wanted(api) -> None:
    backend = api({"model": [{"say": [{"reasoning": {"summary": ["So."]}}, {"message": "a"}], "times": None}]})
    plain = await backend.create()
    sealed = await backend.create(include=["reasoning.encrypted_content"])

    assert "encrypted_content" not in plain["output"][0]
    assert sealed["output"][0]["encrypted_content"]


async def test_a_chat_tells_whole_and_in_chunks(api, data_of) -> None:
    messages = [{"role": "user", "content": TEXT}]
    body = {"model": "gpt-5.5", "messages": messages, "logprobs": True, "top_logprobs": 2, "n": 2}
    backend = api()
    first, second = (await backend.chat(**body))["choices"]
    *chunks, done = data_of(await backend.call("POST", "/chat/completions", {**body, "stream": True}))
    parts = [choice for chunk in chunks for choice in chunk["choices"] if choice["index"] == 1 and choice["logprobs"]]

    assert done == "[DONE]"
    assert tokens(first["logprobs"]["content"]) == WORDS
    assert first["logprobs"] == second["logprobs"]
    assert first["logprobs"]["refusal"] is None
    assert [part["delta"]["content"] for part in parts] == WORDS
    assert [each for part in parts for each in part["logprobs"]["content"]] == second["logprobs"]["content"]


async def test_a_refusal_has_log_probabilities_of_its_own(api) -> None:
    (choice,) = (await api({"model": [{"say": [{"refusal": "No, thanks."}]}]}).chat(logprobs=True))["choices"]

    assert choice["logprobs"]["content"] is None
    assert tokens(choice["logprobs"]["refusal"]) == ["No, ", "thanks."]


@pytest.mark.parametrize(
    ("say", "wish"),
    [
        ({"message": "a"}, {}),
        ({"message": "a"}, {"logprobs": False}),
        ({"function_call": {"name": "f"}}, {"logprobs": True}),
    ],
    ids=["no wish", "refused", "no text"],
)
async def test_a_chat_has_no_log_probabilities_without_wish_or_text(api, say, wish) -> None:
    (choice,) = (await api({"model": [{"say": [say]}]}).chat(**wish))["choices"]

    assert choice["logprobs"] is None


async def complete(backend, **body: Any) -> Any:
    answer = await backend.call("POST", "/completions", {"model": "gpt-5.5", "prompt": TEXT, **body})
    assert answer.status_code == 200, answer.text
    return answer


def joined(chunks: list[Any]) -> Iterator[tuple[str, float | None, Any, int]]:
    """Yield the log probabilities of the first choice word by word."""
    for chunk in chunks:
        for choice in chunk["choices"]:
            if choice["index"] == 0 and (told := choice["logprobs"]):
                alternatives = told["top_logprobs"] or [None] * len(told["tokens"])
                yield from zip(told["tokens"], told["token_logprobs"], alternatives, told["text_offset"], strict=True)


@pytest.mark.parametrize("echo", [False, True], ids=["continuation", "echo"])
async def test_a_completion_tells_in_lists(api, data_of, echo) -> None:
    backend = api()
    whole = (await complete(backend, logprobs=2, echo=echo)).json()
    *chunks, _ = data_of(await complete(backend, logprobs=2, echo=echo, stream=True))
    told = whole["choices"][0]["logprobs"]
    begun = "" if echo else TEXT

    assert told["tokens"] == (WORDS * 2 if echo else WORDS)
    assert (told["token_logprobs"][0] is None, told["top_logprobs"][0] is None) == (echo, echo)
    text = begun + whole["choices"][0]["text"]
    for token, offset in zip(told["tokens"], told["text_offset"], strict=True):
        assert text[offset:].startswith(token)
    assert list(joined(chunks)) == list(joined([whole]))


async def test_a_completion_without_alternatives_lists_none(api) -> None:
    (choice,) = (await complete(api(), logprobs=0)).json()["choices"]

    assert choice["logprobs"]["top_logprobs"] is None
    assert choice["logprobs"]["tokens"] == WORDS


async def test_the_best_of_several_costs_all_of_them(api) -> None:
    backend = api()
    one = (await complete(backend)).json()
    best = (await complete(backend, best_of=3, n=2)).json()

    assert len(best["choices"]) == 2
    assert best["usage"]["completion_tokens"] == 3 * one["usage"]["completion_tokens"]


async def test_what_shall_follow_is_read_and_not_repeated(api) -> None:
    backend = api()
    one = (await complete(backend)).json()
    between = (await complete(backend, suffix=" and the rest of the story")).json()

    assert between["choices"] == one["choices"]
    assert between["usage"]["prompt_tokens"] > one["usage"]["prompt_tokens"]


CHAT = {"messages": [{"role": "user", "content": "a"}]}
REFUSED = {
    "fewer than are wanted": ("completions", {"prompt": "a", "best_of": 1, "n": 2}, "best_of"),
    "the best in a stream": ("completions", {"prompt": "a", "best_of": 2, "stream": True}, "best_of"),
    "too many to choose from": ("completions", {"prompt": "a", "best_of": 21}, "best_of"),
    "a suffix of an echo": ("completions", {"prompt": "a", "suffix": "b", "echo": True}, "suffix"),
    "six alternatives of a text": ("completions", {"prompt": "a", "logprobs": 6}, "logprobs"),
    "alternatives of nothing": ("chat/completions", {**CHAT, "top_logprobs": 2}, "top_logprobs"),
    "too many alternatives in a chat": (
        "chat/completions",
        {**CHAT, "logprobs": True, "top_logprobs": 21},
        "top_logprobs",
    ),
    "too many alternatives": ("responses", {"input": "a", "top_logprobs": 21}, "top_logprobs"),
    "too much of them": ("responses", {"input": "a " * 10_000, "top_logprobs": 20}, None),
    "too much of them in choices": (
        "completions",
        {"prompt": "a " * 1000, "logprobs": 5, "n": 128},
        "logprobs",
    ),
    "too much of them in texts": ("completions", {"prompt": ["a " * 1000] * 40, "logprobs": 5}, "logprobs"),
    "too much of them in echoes": (
        "completions",
        {"prompt": "a " * 35_000, "logprobs": 5, "echo": True, "stop": " "},
        "logprobs",
    ),
}


@pytest.mark.parametrize(("path", "body", "param"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_wished_is_refused(api, path: str, body, param: str | None) -> None:
    refused = await api().call("POST", f"/{path}", {"model": "gpt-5.5", **body})

    assert refused.status_code == 400
    assert (refused.json()["error"]["type"], refused.json()["error"]["param"]) == ("invalid_request_error", param)


def test_the_openai_sdk_reads_all_of_them() -> None:
    """Its types hold what the mock says, in the stream helper too."""
    with (
        SyncBackend() as backend,
        openai.OpenAI(
            base_url=f"{backend.url}/v1",
            api_key=backend.world.account("plus").api_key,
            _strict_response_validation=True,
        ) as client,
    ):
        wish: Any = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}
        response = client.responses.create(model="gpt-5.5", input=TEXT, **wish)
        with client.responses.stream(model="gpt-5.5", input=TEXT, **wish) as stream:
            streamed = stream.get_final_response()
        messages: Any = [{"role": "user", "content": TEXT}]
        chat = client.chat.completions.create(model="gpt-5.5", messages=messages, logprobs=True, top_logprobs=2)
        text = client.completions.create(model="gpt-5.5", prompt=TEXT, logprobs=2)

    (message,), (again,) = response.output, streamed.output
    assert [each.token for each in message.content[0].logprobs] == WORDS
    assert again.content[0].logprobs == message.content[0].logprobs
    assert [each.token for each in chat.choices[0].logprobs.content] == WORDS
    assert text.choices[0].logprobs.tokens == WORDS
