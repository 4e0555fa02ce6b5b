"""Chats in which one thing is wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import json

import pytest
from http_mutants import Broken, changes_nothing

CHAT = "/v1/chat/completions"


def chunked(chunks, end="data: [DONE]\n\n"):
    return ("".join(f"data: {json.dumps(each)}\n\n" for each in chunks) + end).encode()


def forgets_the_done_marker(_call):
    answer = yield
    answer.body = chunked(answer.data, "")


def counts_unasked(_call):
    answer = yield
    chunks = answer.data
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    answer.body = chunked([*chunks, chunks[-1] | {"choices": [], "usage": usage}])


def gives_each_chunk_an_id_of_its_own(_call):
    answer = yield
    answer.body = chunked([each | {"id": f"chatcmpl-{number}"} for number, each in enumerate(answer.data)])


def never_finishes_a_choice(_call):
    answer = yield
    chunks = answer.data
    for chunk in chunks:
        for choice in chunk["choices"]:
            choice["finish_reason"] = None
    answer.body = chunked(chunks)


def stops_where_it_calls(_call):
    answer = yield
    answer.update(choices=[each | {"finish_reason": "stop"} for each in answer.json["choices"]])


MUTANTS = (
    Broken(CHAT, forgets_the_done_marker, "responses.chat.stream-done"),
    Broken(CHAT, counts_unasked, "responses.chat.usage-not-asked"),
    Broken(CHAT, gives_each_chunk_an_id_of_its_own, "responses.chat.stream-head"),
    Broken(CHAT, never_finishes_a_choice, "responses.chat.stream-finish"),
    Broken(CHAT, stops_where_it_calls, "responses.chat.tool-finish"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_chat_is_found_out_by_name(mutated, find_out, broken):
    find_out(mutated(broken.where, broken.mutation), broken)


def test_the_chat_that_was_not_broken_passes(mutated, acquit):
    acquit(mutated(".*", changes_nothing), MUTANTS)
