"""Servers that keep responses in a wrong way: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from http_mutants import Broken, changes_nothing

API = "/v1/responses"
STORED = f"{API}/[^/]+"


def keeps_everything(call):
    call.rewrite(store=True)
    yield


def deletes_nothing(call):
    if call.method == "DELETE":
        call.scope = {**call.scope, "method": "GET"}
    answer = yield
    if call.method == "DELETE" and answer.status == 200:
        answer.json = {"id": answer.json["id"], "object": "response", "deleted": True}


def shows_the_responses_of_others(call):
    record = call.world.state.responses.get(call.last_word)
    if record is not None:
        owner = next(
            each for each in call.world.state.accounts.values() for own in each.workspaces if own.id == record.workspace
        )
        call.token = owner.api_key
    yield


def continues_what_it_does_not_know(call):
    if call.fields.get("previous_response_id") not in call.world.state.responses:
        forget_the_previous_response(call)
    yield


def forgets_what_was_said_before(call):
    forget_the_previous_response(call)
    yield


def forget_the_previous_response(call):
    call.rewrite(previous_response_id=None)


def explains_an_unknown_response_with_404(_call):
    answer = yield
    if answer.status == 400:
        answer.status = 404


def works_in_the_foreground(call):
    call.rewrite(background=False)
    yield


def revives_what_was_cancelled(call):
    if record := call.world.state.responses.get(call.last_word):
        record.is_cancelled = False
    yield


def begins_every_page_anew(call):
    call.without_query("after")
    yield


def plays_the_whole_stream_again(call):
    call.query = "stream=true" if "stream" in call.query else ""
    yield


MUTANTS = (
    Broken(API, keeps_everything, "responses.stored.declined"),
    Broken(STORED, deletes_nothing, "responses.stored.delete"),
    Broken(STORED, shows_the_responses_of_others, "responses.stored.other-account"),
    Broken(STORED, plays_the_whole_stream_again, "responses.stored.replay-after"),
    Broken(f"{STORED}/input_items", begins_every_page_anew, "responses.input-items.pages"),
    Broken(API, continues_what_it_does_not_know, "responses.previous.unknown"),
    Broken(API, explains_an_unknown_response_with_404, "responses.previous.unknown"),
    Broken(API, forgets_what_was_said_before, "responses.previous.history"),
    Broken(API, works_in_the_foreground, "responses.background.answer"),
    Broken(STORED, revives_what_was_cancelled, "responses.background.cancelled-stays"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_memory_is_found_out_by_name(mutated, find_out, broken):
    find_out(mutated(broken.where, broken.mutation), broken)


def test_the_memory_that_was_not_broken_passes(mutated, acquit):
    acquit(mutated(".*", changes_nothing), MUTANTS)
