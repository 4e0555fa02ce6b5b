"""Reading scenarios: what is accepted, and what a person is told about the rest."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from codex_mockserver.faults import KINDS, At, CallMatch, Chunk, CloseFrame, Fault, FaultAnswer, Heartbeat, Surface
from codex_mockserver.model import (
    Chaos,
    Pacing,
    Pause,
    Scenario,
    Settings,
    Step,
    When,
    load_scenario,
    scenario_schema,
)
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

#: What neither the loader nor the published schema accepts, with a part of the message.
MALFORMED = {
    "misspelt top key": ({"modle": []}, "Write 'model'"),
    "misspelt setting": ({"settings": {"auto_aprove": True}}, "Write 'auto_approve'"),
    "misspelt say": ({"model": [{"say": [{"mesage": "Hi"}]}]}, "Write 'message'"),
    "misspelt when": ({"model": [{"when": {"users": "a"}}]}, "Write 'user'"),
    "misspelt message": ({"model": [{"say": [{"message": {"txt": "Hi"}}]}]}, "Write 'text'"),
    "misspelt end": ({"model": [{"end": {"faild": {"code": "a", "message": "b"}}}]}, "Write 'failed'"),
    "misspelt fault": ({"faults": [{"on": "createResponse", "comentt": "x"}]}, "Write 'comment'"),
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
    "fault nowhere": ({"faults": [{"cut": True}]}, "'on'"),
    "later format": ({"scenario": 2}, "scenario"),
    "misspelt account part": ({"accounts": {"plus": {"primry": None}}}, "Write 'primary'"),
    "misspelt window": ({"accounts": {"plus": {"primary": {"used_percnt": 1}}}}, "Write 'used_percent'"),
    "misspelt pacing": ({"pacing": {"tokens_per_secnd": 1}}, "Write 'tokens_per_second'"),
    "misspelt place": ({"faults": [fault(cut=True, at={"numbr": 1})]}, "Write 'number'"),
    "misspelt match": ({"faults": [fault(cut=True, when={"heder": {}})]}, "Write 'header'"),
    "misspelt chunk": ({"faults": [fault(chunk={"byte": 1})]}, "Write 'bytes'"),
    "misspelt chaos": ({"chaos": {"sed": 1, "rate": 1, "faults": []}}, "Write 'seed'"),
    "odd account name": ({"accounts": {"Alice Smith": {}}}, "accounts"),
    "more than full": ({"accounts": {"plus": {"primary": {"used_percent": 101}}}}, "used_percent"),
    "negative reset": ({"accounts": {"plus": {"primary": {"resets_in_seconds": -1}}}}, "resets_in_seconds"),
    "negative pacing": ({"pacing": {"first_token": -1}}, "first_token"),
    "no rate": ({"pacing": {"tokens_per_second": 0}}, "tokens_per_second"),
    "too much jitter": ({"pacing": {"tokens_per_second": 1, "jitter": 2}}, "jitter"),
    "negative delay": ({"faults": [fault(delay=-1)]}, "delay"),
    "negative silence": ({"faults": [fault(idle=-1, at=0)]}, "idle"),
    "negative place": ({"faults": [fault(cut=True, at=-1)]}, "at"),
    "unknown place": ({"faults": [fault(cut=True, at="middle")]}, "at"),
    "nothing struck": ({"faults": [fault(cut=True, times=0)]}, "times"),
    "no pieces": ({"faults": [fault(chunk=0)]}, "chunk"),
    "unknown line end": ({"faults": [fault(line_ends="lf")]}, "line_ends"),
    "comment of two lines": ({"faults": [fault(comment="a\nb", at=0)]}, "comment"),
    "false kind": ({"faults": [fault(cut=False)]}, "cut"),
    "code that no frame has": ({"faults": [fault(close={"code": 1006}, at=0)]}, "code"),
    "unknown surface": ({"faults": [fault(cut=True, on={"surface": "whom"})]}, "surface"),
    "no operations": ({"faults": [fault(cut=True, on=[])]}, "on"),
    "pointer without a slash": ({"faults": [fault(cut=True, when={"body": {"a": 1}})]}, "body"),
    "unknown method": ({"faults": [fault(cut=True, when={"method": "get"})]}, "method"),
    "rate above one": ({"chaos": {"seed": 1, "rate": 1.5, "faults": [fault(cut=True)]}}, "rate"),
    "chaos without faults": ({"chaos": {"seed": 1, "rate": 1, "faults": []}}, "faults"),
    "chaos without a seed": ({"chaos": {"rate": 1, "faults": [fault(cut=True)]}}, "seed"),
}

#: What is well-formed and yet cannot be.
IMPOSSIBLE = {
    "pattern": ({"model": [{"when": {"user": "(a"}}]}, "regular expression"),
    "operation": ({"faults": [{"on": "createRespons", "cut": True}]}, "Write createResponse"),
    "account": ({"settings": {"auto_approve_account": "tema"}}, "Write team"),
    "model": ({"model": [{"when": {"model": "gpt-5.55"}}]}, "Write gpt-5.5"),
    "fault that does nothing": ({"faults": [{"on": "createResponse"}]}, "none"),
    "fault that does both": ({"faults": [{"on": "createResponse", "cut": True, "drop": True}]}, "cut and drop"),
    "cut of what does not stream": (
        {"faults": [{"on": "readUsage", "at": 1, "cut": True}]},
        "readUsage, which has none",
    ),
    "all in a list": ({"faults": [fault(cut=True, on=["all"])]}, "on[0]"),
    "operation in a list": ({"faults": [fault(cut=True, on=["readUsage", "readUsages"])]}, "on[1]"),
    "stream fault of two operations": (
        {"faults": [fault(cut=True, at=1, on=["createResponse", "readUsage"])]},
        "readUsage, which has none",
    ),
    "place of what has none": ({"faults": [fault(bom=True, at=3)]}, "bom without at"),
    "no place of what needs one": ({"faults": [fault(drop=True)]}, "no at"),
    "answer in the stream": ({"faults": [fault(answer={"status": 500}, at=1)]}, "answer without at"),
    "delay in the stream": ({"faults": [fault(delay=1, at=1)]}, "delay at request or answer"),
    "drop before the headers": ({"faults": [fault(drop=True, at="request")]}, "drop at an event of the stream"),
    "drop of nothing": ({"faults": [fault(drop=True, at="end")]}, "Write last"),
    "drop inside an event": ({"faults": [fault(drop=True, at={"number": 1, "byte": 1})]}, "a byte inside an event"),
    "place named twice": (
        {"faults": [fault(cut=True, at={"number": 1, "event": "response.created"})]},
        "both or neither",
    ),
    "place that is a byte of nothing": ({"faults": [fault(cut=True, at={"byte": 1})]}, "both or neither"),
    "close of what is no socket": (
        {"faults": [fault(close={}, at=1, on="connectResponses")]},
        "Put it on createResponse",
    ),
    "pings of what is no socket": ({"faults": [fault(ignore_pings=True)]}, "Put it on connectResponses"),
    "event": (
        {"faults": [fault(cut=True, at={"event": "response.complete"})]},
        "Write response.completed",
    ),
    "event 12 of a stream of 9": (
        {"model": [SAYS_A_WORD], "faults": [fault(cut=True, at=12)]},
        "responses of 9 events",
    ),
    "swap of the last": ({"model": [SAYS_A_WORD], "faults": [fault(swap=True, at=8)]}, "a scripted response comes to"),
    "event that nothing says": (
        {"model": [SAYS_A_WORD], "faults": [fault(drop=True, at={"event": "response.refusal.delta"})]},
        "a scripted response comes to",
    ),
    "second of one": (
        {"model": [SAYS_A_WORD], "faults": [fault(cut=True, at={"event": "response.completed", "occurrence": 2})]},
        "a scripted response comes to",
    ),
    "pattern of a header": ({"faults": [fault(cut=True, when={"header": {"x": "(a"}})]}, "regular expression"),
    "parameter of the path": (
        {"faults": [fault(cut=True, on="readTask", when={"path": {"task": "x"}})]},
        "Write task_id",
    ),
    "account of a match": ({"faults": [fault(cut=True, when={"account": "pluss"})]}, "Write plus"),
    "fault behind an endless one": (
        {"faults": [fault(answer={"status": 500}, times=None), fault(cut=True, at=3)]},
        "a fault that can strike",
    ),
    "fault behind an endless one of its surface": (
        {"faults": [fault(cut=True, on={"surface": "wham"}, times=None), fault(delay=1, on="readUsage", after=9)]},
        "fault 1 before it",
    ),
    "chaos by count": ({"chaos": {"seed": 1, "rate": 1, "faults": [fault(cut=True, after=1)]}}, "by chance"),
    "chaos of nothing": ({"chaos": {"seed": 1, "rate": 1, "faults": [fault()]}}, "chaos.faults[0]"),
    "two rates": ({"pacing": {"tokens_per_second": 1, "events_per_second": 1}}, "one rate"),
    "jitter of nothing": ({"model": [{"pacing": {"jitter": 1}}]}, "model[0].pacing.jitter"),
    "counts that exclude each other": (
        {"expect": [{"say": "Once.", "request": {"operation": "createResponse", "times": 1, "at_least": 1}}]},
        "times: 1 and at_least: 1",
    ),
    "bounds the wrong way round": (
        {"expect": [{"say": "Twice.", "request": {"operation": "createResponse", "at_least": 3, "at_most": 2}}]},
        "expect[0].request",
    ),
    "model of a seeded account": ({"accounts": {"plus": {"like": "pro"}}}, "further account"),
    "model that is not there": ({"accounts": {"alice": {"like": "por"}}}, "Write pro"),
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


@cache
def published_schema() -> jsonschema.Draft202012Validator:
    """Return another implementation's view of the schema."""
    jsonschema.Draft202012Validator.check_schema(scenario_schema())
    return jsonschema.Draft202012Validator(scenario_schema())


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
def test_loader_and_schema_accept_the_same(data) -> None:
    assert published_schema().is_valid(data)

    scenario = load_scenario(data)

    assert load_scenario(scenario) == scenario


@pytest.mark.parametrize(("data", "part"), MALFORMED.values(), ids=MALFORMED)
def test_loader_and_schema_refuse_the_same(data, part: str) -> None:
    assert not published_schema().is_valid(data)

    with pytest.raises(Problem) as caught:
        load_scenario(data)
    assert part in str(caught.value)


@pytest.mark.parametrize(("data", "part"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_refused(data, part: str) -> None:
    assert published_schema().is_valid(data)

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

    for form in FORMS:
        assert set(schema["$defs"][form.__name__]["properties"]) == set(form.__struct_fields__)
    assert set(schema["properties"]) - {"$schema"} == set(Scenario.__struct_fields__)


def test_a_contradiction_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "model:\n  - say: [message: word]\nfaults:\n  - on: createResponse\n    cut: true\n    at: 12\n",
        encoding="utf-8",
    )

    with pytest.raises(Problem) as caught:
        load_scenario(file)

    assert caught.value.doing == f"reading {file}, line 6, at faults[0].at"
    assert caught.value.found == "responses of 9 events, without it"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_stands_in_the_schema_with_what_it_does(kind: str) -> None:
    schema = scenario_schema()
    entry = schema["$defs"]["Fault"]["properties"][kind]
    named = [schema["$defs"][part["$ref"].rsplit("/", 1)[-1]] for part in entry.get("anyOf", ()) if "$ref" in part]

    assert any("description" in part or part.get("title") for part in [entry, *named]) or kind == "answer"


@pytest.mark.parametrize("word", ["On", "no", "Yes", "2026-01-02"])
def test_a_word_that_older_yaml_takes_for_something_else_stays_text(word: str) -> None:
    assert load_scenario(f"model:\n  - say: [message: {word}]\n").model[0].say == [{"message": word}]
