"""Structured output: the script says it, the mock makes it up, or the request is refused; it is never broken JSON."""

from __future__ import annotations

import json

import pytest

from codex_mockserver import load_scenario
from codex_schemas import Problem

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
STRICT = {"type": "json_schema", "name": "answer", "strict": True, "schema": SCHEMA}
LOOSE = {**STRICT, "strict": False}
OBJECT = {"type": "json_object"}
TEXT_THEN_JSON = {"model": [{"say": [{"message": "Hello."}]}, {"say": [{"message": '{"a": "x"}'}]}]}


async def respond(backend, wish):
    body = {"model": "gpt-5.5", "input": "Hello", "text": {"format": wish}}
    answer = await backend.call("POST", "/responses", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["output"][0]["content"][0]["text"]


async def chat(backend, wish):
    if wish["type"] == "json_schema":
        wish = {"type": "json_schema", "json_schema": {name: wish[name] for name in ("name", "strict", "schema")}}
    return (await backend.chat(response_format=wish))["choices"][0]["message"]["content"]


APIS = pytest.mark.parametrize("ask", [respond, chat], ids=["responses", "chat"])


@APIS
@pytest.mark.parametrize("wish", [STRICT, LOOSE, OBJECT], ids=["strict", "loose", "object"])
async def test_a_step_that_says_fitting_json_is_chosen(api, ask, wish) -> None:
    assert await ask(api(TEXT_THEN_JSON), wish) == '{"a": "x"}'


def test_a_step_with_json_can_be_reached_behind_one_with_text() -> None:
    text, said = ({"say": [{"message": message}], "times": None} for message in ("Hello.", '{"a": "x"}'))

    load_scenario({"model": [text, said]})
    for shadowing in ([said, text], [text, text], [said, said]):
        with pytest.raises(Problem, match="a step that can be reached"):
            load_scenario({"model": shadowing})


async def test_a_request_for_any_text_takes_the_first_step(api) -> None:
    assert await respond(api(TEXT_THEN_JSON), {"type": "text"}) == "Hello."


@APIS
@pytest.mark.parametrize(
    ("wish", "value"), [(STRICT, {"a": "text"}), (LOOSE, {}), (OBJECT, {})], ids=["strict", "loose", "object"]
)
async def test_without_a_script_a_fitting_answer_is_made_up(api, ask, wish, value) -> None:
    assert json.loads(await ask(api(), wish)) == value


@pytest.mark.parametrize("said", ["Hello.", '{"b": 1}', '{"a": 1}', '["a"]', '{"a": "x"'], ids=str)
async def test_a_script_without_fitting_text_is_a_refusal_that_says_why(api, said: str) -> None:
    backend = api({"model": [{"say": [{"message": said}]}]})

    answer = await backend.call("POST", "/responses", {"model": "gpt-5.5", "input": "Hi", "text": {"format": STRICT}})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "scenario_mismatch")
    assert "no wish for the format 'answer'" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "step",
    [
        {"say": [{"refusal": "No."}]},
        {"say": [{"message": '{"a": "x'}], "end": {"incomplete": "max_output_tokens"}},
        {"say": [{"message": {"text": "Let me see.", "phase": "commentary"}}, {"message": '{"a": "x"}'}]},
        {"say": [{"function_call": {"name": "f"}}]},
    ],
    ids=["refusal", "cut short", "commentary before", "tool call"],
)
async def test_what_a_model_may_say_instead_of_json_is_said(api, step) -> None:
    body = {"model": "gpt-5.5", "input": "Hi", "text": {"format": STRICT}}

    assert (await api({"model": [step]}).call("POST", "/responses", body)).status_code == 200


BROKEN = {
    "no type": {"type": "wrong"},
    "a reference to nothing": {"$ref": "#/$defs/none"},
    "a reference to another machine": {"$ref": "https://example.com/schema.json"},
}


@pytest.mark.parametrize("schema", BROKEN.values(), ids=BROKEN)
async def test_a_schema_that_is_none_is_refused(api, schema) -> None:
    wish = {**STRICT, "schema": schema}
    body = {"model": "gpt-5.5", "input": "Hi", "text": {"format": wish}}
    answer = await api().call("POST", "/responses", body)

    error = answer.json()["error"]

    assert (answer.status_code, error["code"], error["param"]) == (400, "invalid_json_schema", "text.format.schema")


async def test_a_schema_that_asks_for_too_much_is_refused(api) -> None:
    wish = {**STRICT, "schema": {"type": "string", "pattern": "^z{5}$"}}
    body = {"model": "gpt-5.5", "input": "Hi", "text": {"format": wish}}

    answer = await api().call("POST", "/responses", body)

    assert answer.status_code == 400
    assert "Let a step of a scenario say the JSON." in answer.json()["error"]["message"]
