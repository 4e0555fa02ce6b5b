"""Completions of texts, the form before conversations."""

from __future__ import annotations

import pytest


async def complete(backend, **body):
    answer = await backend.call("POST", "/completions", {"model": "gpt-5.5", "prompt": "Hello", **body})
    assert answer.status_code == 200, answer.text
    return answer


def texts(chunks):
    """Put the choices together from their parts, with the reason of each."""
    found = {}
    for choice in (choice for chunk in chunks for choice in chunk["choices"]):
        text, _ = found.get(choice["index"], ("", None))
        found[choice["index"]] = (text + choice["text"], choice["finish_reason"])
    return [found[index] for index in sorted(found)]


PROMPTS = {
    "text": ("one", {}, ["one"]),
    "echo": ("one", {"echo": True}, ["oneone"]),
    "several texts": (["one", "two"], {}, ["one", "two"]),
    "several choices": (["one", "two"], {"n": 2}, ["one", "one", "two", "two"]),
    "tokens": ([1, 2], {}, ["1 2"]),
    "several lists of tokens": ([[1], [2, 3]], {"echo": True}, ["11", "2 32 3"]),
    "a stop": ("one two", {"stop": " "}, ["one"]),
    "null": (None, {}, ["Nothing was said."]),
}


@pytest.mark.parametrize(("prompt", "options", "expected"), PROMPTS.values(), ids=PROMPTS)
async def test_a_text_is_continued_whole_and_in_parts(api, data_of, prompt, options, expected) -> None:
    backend = api()
    whole = (await complete(backend, prompt=prompt, **options)).json()
    *chunks, done = data_of(await complete(backend, prompt=prompt, stream=True, **options))

    assert [choice["text"] for choice in whole["choices"]] == expected
    assert [choice["index"] for choice in whole["choices"]] == list(range(len(expected)))
    assert texts(chunks) == [(text, "stop") for text in expected]
    assert (done, len({chunk["id"] for chunk in chunks})) == ("[DONE]", 1)
    assert all("usage" not in chunk for chunk in chunks)


async def test_usage_is_the_sum_over_the_texts(api, data_of) -> None:
    backend = api()
    one = (await complete(backend, prompt="one")).json()["usage"]
    both = (await complete(backend, prompt=["one", "one"])).json()["usage"]
    options = {"stream": True, "stream_options": {"include_usage": True}}
    *chunks, last, _ = data_of(await complete(backend, prompt=["one", "one"], **options))

    assert both["total_tokens"] == 2 * one["total_tokens"]
    assert (last["choices"], last["usage"], {chunk["usage"] for chunk in chunks}) == ([], both, {None})


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ({"say": [{"message": "one"}], "end": {"incomplete": "max_output_tokens"}}, "length"),
        ({"say": [{"message": "one"}, {"function_call": {"name": "f"}}]}, "stop"),
    ],
    ids=["cut short", "a call"],
)
async def test_the_reason_is_one_that_texts_have(api, step, reason: str) -> None:
    (choice,) = (await complete(api({"model": [step]}))).json()["choices"]

    assert (choice["text"], choice["finish_reason"]) == ("one", reason)


async def test_a_failure_ends_the_stream(api, data_of) -> None:
    end = {"failed": {"code": "server_error", "message": "It failed."}}
    backend = api({"model": [{"say": [{"message": "one"}], "end": end}]})

    *chunks, last = data_of(await complete(backend, stream=True))

    assert texts(chunks) == [("one", None)]
    assert last["error"]["message"] == "It failed."


async def test_each_text_takes_a_step_of_the_script(api) -> None:
    backend = api({"model": [{"say": [{"message": "first"}]}, {"say": [{"message": "second"}]}]})

    whole = (await complete(backend, prompt=["a", "b"])).json()

    assert [choice["text"] for choice in whole["choices"]] == ["first", "second"]
