"""What is no scenario, and what a person is told about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_mockserver.model import load_scenario
from codex_schemas import Problem

SAYS_A_WORD = {"say": [{"message": "word"}]}


def fault(**parts) -> dict:
    return {"on": "createResponse", **parts}


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


@pytest.mark.parametrize(("data", "part"), MALFORMED.values(), ids=MALFORMED)
def test_loader_and_schema_refuse_the_same(published_schema, data, part: str) -> None:
    assert not published_schema.is_valid(data)

    with pytest.raises(Problem) as caught:
        load_scenario(data)
    assert part in str(caught.value)


@pytest.mark.parametrize(("data", "part"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_be_is_refused(published_schema, data, part: str) -> None:
    assert published_schema.is_valid(data)

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
