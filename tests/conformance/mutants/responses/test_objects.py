"""Answers without a stream in which one thing is wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import json

import pytest
from http_mutants import Broken, changes_nothing

API = "/v1/responses"


def gives_one_id_to_all(call):
    answer = yield
    if answer.status == 200:
        answer.update(id=call.memory.setdefault("id", answer.json["id"]))


def forgets_the_metadata(_call):
    answer = yield
    answer.update(metadata={})


def cuts_without_a_word(_call):
    answer = yield
    answer.update(status="completed", incomplete_details=None)


def writes_arguments_as_an_object(_call):
    answer = yield
    calls = [each | {"arguments": json.loads(each["arguments"])} for each in answer.json["output"]]
    answer.update(output=calls)


def takes_the_item_id_for_the_call(_call):
    answer = yield
    answer.update(output=[each | {"call_id": each["id"]} for each in answer.json["output"]])


def drops_orphans(call):
    call.rewrite(input=[each for each in call.fields["input"] if each["type"] != "function_call_output"])
    yield


def ignores_the_format(call):
    call.rewrite(text={"format": {"type": "text"}})
    yield


MUTANTS = (
    Broken(API, writes_arguments_as_an_object, "responses.tools.arguments-json"),
    Broken(API, takes_the_item_id_for_the_call, "responses.tools.call-id"),
    Broken(API, drops_orphans, "responses.tools.orphan-output"),
    Broken(API, ignores_the_format, "responses.structured.schema"),
    Broken(API, gives_one_id_to_all, "responses.object.ids-unique"),
    Broken(API, forgets_the_metadata, "responses.echo.metadata"),
    Broken(API, cuts_without_a_word, "responses.end.incomplete"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_object_is_found_out_by_name(mutated, find_out, broken):
    find_out(mutated(broken.where, broken.mutation), broken)


def test_the_object_that_was_not_broken_passes(mutated, acquit):
    acquit(mutated(".*", changes_nothing), MUTANTS)
