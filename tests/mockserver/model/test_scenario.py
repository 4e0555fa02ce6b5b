"""Reading scenarios: what is accepted, and what a person is told about the rest."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from codex_mockserver.model import Fault, FaultAnswer, Scenario, Settings, Step, When, load_scenario, scenario_schema
from codex_schemas import Problem

FULL = """\
scenario: 1
name: fix-the-greeting
summary: A command, a patch and a closing message.
settings:
  auto_approve: true
  auto_approve_account: team
  device_pending_status: 404
  device_interval: 5
model:
  - when: {user: "(?i)greeting", model: gpt-5.5}
    say:
      - reasoning: {summary: [Looking first.], text: A longer thought.}
      - message: {text: On it., phase: commentary, deltas: [On, " it."]}
      - exec_command: {cmd: ls, workdir: /tmp}
      - function_call: {name: get_weather, arguments: {city: Rome}}
      - function_call: {name: broken, namespace: odd, arguments: "{no json"}
      - custom_tool_call: {name: exec, input: text(1)}
      - web_search: greetings
  - when: {tool_output: "exited with code 0"}
    say:
      - apply_patch: |
          *** Begin Patch
          *** Delete File: a
          *** End Patch
    usage: {input_tokens: 100, output_tokens: 5}
  - say: [{refusal: No.}, {item: {type: image_generation_call, result: aGk=}}]
    end: {incomplete: max_output_tokens}
    times: 2
  - when: {kind: compaction}
    say: [{compaction: sealed}]
    times: null
  - end: {failed: {code: server_error, message: Something broke.}}
faults:
  - on: createResponse
    after: 1
    times: 2
    answer: {status: 503, body: {error: {message: Busy}}, headers: {retry-after: "1"}}
  - {on: createResponse, cut_after: 0}
  - on: readUsage
    times: null
    answer: {status: 500, body: down}
"""

ACCEPTED = {
    "empty": {},
    "echo": {"name": "echo"},
    "message": {"model": [{"say": [{"message": "Hi"}]}]},
    "deltas alone": {"model": [{"say": [{"message": {"deltas": ["H", "i"]}}]}]},
    "silence": {"model": [{"say": []}]},
    "two steps": {"model": [{"when": {"user": "a"}, "times": None}, {"when": {"user": "b"}}]},
    "unlimited for each kind": {"model": [{"times": None}, {"times": None, "when": {"kind": "prewarm"}}]},
    "unlimited for each model": {
        "model": [{"times": None, "when": {"model": slug}} for slug in ("gpt-5.4", "gpt-5.5")] + [{"times": None}],
    },
    "refusal to approve": {"settings": {"device_pending_status": 403}},
    "cut": {"faults": [{"on": "createResponse", "cut_after": 3}]},
}

#: What neither the loader nor the published schema accepts, with a part of the message.
MALFORMED = {
    "misspelt top key": ({"modle": []}, "Write 'model'"),
    "misspelt setting": ({"settings": {"auto_aprove": True}}, "Write 'auto_approve'"),
    "misspelt say": ({"model": [{"say": [{"mesage": "Hi"}]}]}, "Write 'message'"),
    "misspelt when": ({"model": [{"when": {"users": "a"}}]}, "Write 'user'"),
    "misspelt message": ({"model": [{"say": [{"message": {"txt": "Hi"}}]}]}, "Write 'text'"),
    "misspelt end": ({"model": [{"end": {"faild": {"code": "a", "message": "b"}}}]}, "Write 'failed'"),
    "misspelt fault": ({"faults": [{"on": "createResponse", "cut_aftr": 1}]}, "Write 'cut_after'"),
    "misspelt fault answer": ({"faults": [{"on": "readUsage", "answer": {"stats": 500}}]}, "Write 'status'"),
    "two kinds in one entry": ({"model": [{"say": [{"message": "a", "refusal": "b"}]}]}, "model[0].say[0]"),
    "no kind in an entry": ({"model": [{"say": [{}]}]}, "model[0].say[0]"),
    "message without text": ({"model": [{"say": [{"message": {"phase": "commentary"}}]}]}, "message"),
    "unknown phase": ({"model": [{"say": [{"message": {"text": "a", "phase": "end"}}]}]}, "phase"),
    "command without cmd": ({"model": [{"say": [{"exec_command": {"command": "ls"}}]}]}, "'cmd'"),
    "call without name": ({"model": [{"say": [{"function_call": {"arguments": {}}}]}]}, "'name'"),
    "item without type": ({"model": [{"say": [{"item": {"id": "x"}}]}]}, "'type'"),
    "text for a list": ({"model": "hello"}, "array"),
    "number for text": ({"name": 3}, "string"),
    "no times": ({"model": [{"times": 0}]}, "times"),
    "unknown end": ({"model": [{"end": "cancelled"}]}, "end"),
    "unknown kind": ({"model": [{"when": {"kind": "turns"}}]}, "turn"),
    "negative usage": ({"model": [{"usage": {"input_tokens": -1}}]}, "usage"),
    "odd pending status": ({"settings": {"device_pending_status": 400}}, "403"),
    "status out of range": ({"faults": [{"on": "readUsage", "answer": {"status": 99}}]}, "status"),
    "fault nowhere": ({"faults": [{"cut_after": 1}]}, "'on'"),
    "later format": ({"scenario": 2}, "scenario"),
}

#: What is well-formed and yet cannot be.
IMPOSSIBLE = {
    "pattern": ({"model": [{"when": {"user": "(a"}}]}, "regular expression"),
    "operation": ({"faults": [{"on": "createRespons", "cut_after": 1}]}, "Write createResponse"),
    "account": ({"settings": {"auto_approve_account": "tema"}}, "Write team"),
    "model": ({"model": [{"when": {"model": "gpt-5.55"}}]}, "Write gpt-5.5"),
    "fault that does nothing": ({"faults": [{"on": "createResponse"}]}, "neither"),
    "fault that does both": ({"faults": [{"on": "createResponse", "cut_after": 1, "answer": {"status": 500}}]}, "both"),
    "cut of what does not stream": ({"faults": [{"on": "readUsage", "cut_after": 1}]}, "which streams"),
    "step behind an endless one": ({"model": [{"times": None}, {"say": []}]}, "can be reached"),
    "speech in a prewarm": ({"model": [{"when": {"kind": "prewarm"}, "say": [{"message": "a"}]}]}, "prewarm"),
    "deltas of another text": (
        {"model": [{"say": [{"message": {"text": "ab", "deltas": ["a"]}}]}]},
        "make up the text",
    ),
}

UNREADABLE = {
    "bad YAML": "a: [\n",
    "aliases that explode": "\n".join(["x0: &x0 [a]", *(f"x{n + 1}: &x{n + 1} [{f'*x{n},' * 9}]" for n in range(9))]),
    "an alias of itself": "x: &x\n - *x\n",
    "very deep": "\n" + "[" * 10_000,
    "very long": "\n" + "x" * 1_000_000,
    "a repeated key": "name: a\nname: b\n",
    "a key that is a list": "[a]: b\n",
    "an object of Python": "name: !!python/object/apply:os.getcwd []\n",
    "not a number": "settings: {device_interval: .nan}\n",
    "a number of many digits": f"settings:\n  device_interval: {'9' * 5000}\n",
    "a list": "- a\n",
    "nothing": "\n",
    "a missing file": "no-such-scenario.yaml",
    "a zero byte in a path": "a\0b.yaml",
}


def test_every_kind_of_entry_is_read() -> None:
    scenario = load_scenario(FULL)

    assert [next(iter(entry)) for entry in scenario.model[0].say][:3] == ["reasoning", "message", "exec_command"]
    assert scenario.model[1].usage == {"input_tokens": 100, "output_tokens": 5}
    assert scenario.faults[0].answer == FaultAnswer(503, {"error": {"message": "Busy"}}, {"retry-after": "1"})
    assert scenario.settings.auto_approve_account == "team"


def test_a_file_gives_the_same_as_its_text(tmp_path: Path) -> None:
    file = tmp_path / "full.yaml"
    file.write_text(FULL, encoding="utf-8")

    assert load_scenario(file) == load_scenario(str(file)) == load_scenario(FULL)


def test_json_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(ACCEPTED["message"]), encoding="utf-8")

    assert load_scenario(file) == load_scenario(ACCEPTED["message"])


def test_a_scenario_made_in_python_is_checked_too() -> None:
    fine = Scenario(model=[Step(say=[{"message": "Hi"}], end={"incomplete": "max_output_tokens"})])
    misspelt = Scenario(model=[Step(say=[{"mesage": "Hi"}])])

    assert load_scenario(fine) == fine
    with pytest.raises(Problem, match="Write 'message'"):
        load_scenario(misspelt)


def test_the_word_on_is_a_key_and_not_a_boolean() -> None:
    assert load_scenario("faults:\n  - on: createResponse\n    cut_after: 2\n").faults == [
        Fault(on="createResponse", cut_after=2)
    ]


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=ACCEPTED)
def test_loader_and_schema_accept_the_same(data) -> None:
    jsonschema.validate(data, scenario_schema())

    load_scenario(data)


@pytest.mark.parametrize(("data", "part"), MALFORMED.values(), ids=MALFORMED)
def test_loader_and_schema_refuse_the_same(data, part: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, scenario_schema())

    with pytest.raises(Problem) as caught:
        load_scenario(data)
    assert part in str(caught.value)


@pytest.mark.parametrize(("data", "part"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_refused(data, part: str) -> None:
    jsonschema.validate(data, scenario_schema())

    with pytest.raises(Problem) as caught:
        load_scenario(data)
    assert part in str(caught.value)


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_gives_a_problem(text: str) -> None:
    with pytest.raises(Problem) as caught:
        load_scenario(text)
    assert len(str(caught.value)) < 1_000


def test_values_that_are_not_json_give_a_problem() -> None:
    with pytest.raises(Problem, match="plain values"):
        load_scenario({"name": object()})


def test_a_problem_names_file_line_key_and_the_closest_right_one(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("name: wrong\nmodel:\n  - say:\n      - message: Hi\n      - refusl: No\n", encoding="utf-8")

    with pytest.raises(Problem) as caught:
        load_scenario(file)

    assert caught.value.doing == f"reading {file}, line 5, at model[0].say[1].refusl"
    assert caught.value.found == "'refusl'"
    assert caught.value.advice == "Write 'refusal'."


def test_the_published_schema_names_every_field_of_the_python_form() -> None:
    schema = scenario_schema()
    forms = {"Settings": Settings, "Step": Step, "When": When, "Fault": Fault, "FaultAnswer": FaultAnswer}

    for name, form in forms.items():
        assert set(schema["$defs"][name]["properties"]) == set(form.__struct_fields__)
    assert set(schema["properties"]) == set(Scenario.__struct_fields__)


@pytest.mark.parametrize("word", ["On", "no", "Yes", "2026-01-02"])
def test_a_word_that_older_yaml_takes_for_something_else_stays_text(word: str) -> None:
    assert load_scenario(f"model:\n  - say: [message: {word}]\n").model[0].say == [{"message": word}]
