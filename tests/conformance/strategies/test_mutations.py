"""Messages that are one step away from one that fits."""

import json

import pytest

from codex_conformance.strategies import UNKNOWN, frame_forms, mutants, reach_of, request_forms

VALUE = {"type": "response.create", "model": "gpt-5.5", "input": [{"role": "user", "content": "Hi"}], "store": True}


@pytest.fixture(scope="module")
def frame():
    """Return the form of the frame that asks for a response."""
    return next(form for form in frame_forms() if (form.type, form.service) == ("response.create", "public"))


@pytest.fixture(scope="module")
def made(frame):
    """Return each mutant of a frame by what was done."""
    return {str(mutation): value for mutation, value in mutants(frame, VALUE)}


def test_every_mutation_has_a_name_of_its_own(frame, made):
    assert len(made) == len(list(mutants(frame, VALUE)))


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("/model was removed", {"model": ...}),
        ("/model was made null", {"model": None}),
        ("/model was emptied", {"model": ""}),
        ("/model was made an unknown word", {"model": UNKNOWN}),
        ("/store was made a text", {"store": "true"}),
        ("/input was made an object", {"input": {}}),
        ("/input/0/role was removed", {"input": [{"content": "Hi"}]}),
        (f"/input/0/{UNKNOWN} was added", {"input": [{"role": "user", "content": "Hi", UNKNOWN: UNKNOWN}]}),
    ],
    ids=str,
)
def test_a_mutation_does_what_it_says(made, what, changes):
    assert made[what] == {key: part for key, part in (VALUE | changes).items() if part is not ...}


def test_the_message_itself_stays_as_it_is(made):
    assert VALUE["input"] == [{"role": "user", "content": "Hi"}]
    assert json.dumps(VALUE) not in map(json.dumps, made.values())


def test_parts_that_travel_as_texts_stay_texts():
    form = next(form for form in request_forms("responses") if form.operation.id == "listInputItems")
    value = {"path": {"response_id": "resp_1"}, "query": {"limit": 5}, "header": {}}
    limits = [mutant["query"].get("limit", "") for _, mutant in mutants(form, value)]
    assert {type(each) for each in limits if each != 5} == {str}


def test_a_path_is_not_made_another_path():
    form = next(form for form in frame_forms() if form.type == "response.create")
    words = [value["cwd"] for _, value in mutants(form, {"cwd": "/here"}) if "cwd" in value]
    assert {word for word in words if isinstance(word, str)} == {""}


@pytest.mark.parametrize(
    "method", ["command/exec", "fs/remove", "process/spawn", "thread/shellCommand", "plugin/install"]
)
def test_what_reaches_the_machine_is_known(method):
    assert reach_of(method)


@pytest.mark.parametrize("method", ["thread/start", "turn/start", "fs/readFile", "model/list", "account/read"])
def test_what_stays_inside_is_known(method):
    assert not reach_of(method)
