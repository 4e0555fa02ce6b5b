"""Reading scenarios: what is accepted, and what the published schema says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codex_mockserver.faults import KINDS, At, CallMatch, Chunk, CloseFrame, Fault, FaultAnswer, Heartbeat, Surface
from codex_mockserver.model import Chaos, Pacing, Pause, Scenario, Settings, Step, When, load_scenario, scenario_schema
from codex_mockserver.world import AccountSetup, CreditsSetup, WindowSetup
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
  - {on: createResponse, at: 0, cut: true}
  - on: readUsage
    times: null
    answer: {status: 500, body: down}
"""
SAYS_A_WORD = {"say": [{"message": "word"}]}


def fault(**parts) -> dict:
    return {"on": "createResponse", **parts}


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
    "editor's schema": {"$schema": "./scenario.schema.json"},
    "accounts": {
        "accounts": {
            "plus": {
                "plan": "hyperdrive",
                "primary": {"used_percent": 100, "resets_in_seconds": 60},
                "secondary": None,
            },
            "alice": {"like": "team", "credits": {"balance": "5.00"}, "routing": False, "token_life": 60},
        },
        "settings": {"auto_approve_account": "alice"},
        "faults": [fault(cut=True, when={"account": "alice"})],
    },
    "pacing": {
        "pacing": {
            "first_token": 0.5,
            "tokens_per_second": 50,
            "jitter": 0.5,
            "seed": 3,
            "pauses": [{"at": 3, "seconds": 1}, {"at": {"event": "response.completed"}, "seconds": 1}],
        },
    },
    "every way to name calls": {
        "faults": [
            fault(on=on, delay=0.1) for on in ("readUsage", ["readUsage", "createTask"], {"surface": "oauth"}, "all")
        ],
    },
    "every way to name a place": {
        "faults": [
            fault(hold="gate", at=at)
            for at in (
                "request",
                "answer",
                0,
                "last",
                "end",
                {"event": "response.completed"},
                {"event": "response.output_text.delta", "occurrence": 3},
                {"number": 3, "byte": 10},
                {"number": 3, "byte": "character"},
            )
        ],
    },
    "every match": {
        "faults": [
            fault(
                on="readTask",
                reset=True,
                after=1,
                times=None,
                every=3,
                name="odd tasks",
                when={
                    "method": "GET",
                    "path": {"task_id": "^task_"},
                    "query": {"page": None},
                    "header": {"user-agent": "codex"},
                    "body": {"/a/0": None},
                    "account": "team",
                },
            )
        ],
    },
    "a gate that nothing opens": {"faults": [fault(hold="never", at=3)]},
    "an event that is inserted": {
        "faults": [fault(insert={"type": "brand.new"}, at=1), fault(cut=True, at={"event": "brand.new"})],
    },
    "a place that the client's tools decide": {
        "model": [{"say": [{"exec_command": {"cmd": "ls"}}]}],
        "faults": [fault(cut=True, at=100)],
    },
    "a place in one of two steps": {
        "model": [SAYS_A_WORD, {"say": [{"message": "many words to say"}]}],
        "faults": [fault(cut=True, at=10)],
    },
    "the end of a step": {"model": [SAYS_A_WORD], "faults": [fault(cut=True, at=9), fault(drop=True, at=8)]},
    "stream faults everywhere": {
        "faults": [fault(on="all", at=3, cut=True), fault(on={"surface": "responses"}, bom=True)]
    },
    "an endless fault of some calls": {
        "faults": [
            fault(answer={"status": 500}, times=None, when={"account": "team"}),
            fault(answer={"status": 501}, times=None, after=3),
            fault(answer={"status": 502}),
        ],
    },
    "chaos": {"chaos": {"seed": 7, "rate": 0.1, "faults": [fault(on="all", reset=True, name="rain")]}},
    "cut": {"faults": [{"on": "createResponse", "at": 3, "cut": True}]},
}

#: Everything in a scenario that has fields.
FORMS = (
    Settings,
    AccountSetup,
    WindowSetup,
    CreditsSetup,
    Step,
    When,
    Pacing,
    Pause,
    Chaos,
    Fault,
    FaultAnswer,
    Surface,
    CallMatch,
    At,
    CloseFrame,
    Heartbeat,
    Chunk,
)


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
    assert load_scenario("faults:\n  - on: createResponse\n    drop: true\n    at: 2\n").faults == [
        Fault(on="createResponse", drop=True, at=2)
    ]


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=ACCEPTED)
def test_loader_and_schema_accept_the_same(published_schema, data) -> None:
    assert published_schema.is_valid(data)

    scenario = load_scenario(data)

    assert load_scenario(scenario) == scenario


def test_the_published_schema_names_every_field_of_the_python_form() -> None:
    schema = scenario_schema()

    for form in FORMS:
        assert set(schema["$defs"][form.__name__]["properties"]) == set(form.__struct_fields__)
    assert set(schema["properties"]) - {"$schema"} == set(Scenario.__struct_fields__)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_stands_in_the_schema_with_what_it_does(kind: str) -> None:
    schema = scenario_schema()
    entry = schema["$defs"]["Fault"]["properties"][kind]
    named = [schema["$defs"][part["$ref"].rsplit("/", 1)[-1]] for part in entry.get("anyOf", ()) if "$ref" in part]

    assert any("description" in part or part.get("title") for part in [entry, *named]) or kind == "answer"


@pytest.mark.parametrize("word", ["On", "no", "Yes", "2026-01-02"])
def test_a_word_that_older_yaml_takes_for_something_else_stays_text(word: str) -> None:
    assert load_scenario(f"model:\n  - say: [message: {word}]\n").model[0].say == [{"message": word}]
