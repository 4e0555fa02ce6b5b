"""App-servers that lose, or make up, what was there before they started: each is found out by what it breaks."""

from __future__ import annotations

import pytest
from app_server_mutants import IN, OUT, Broken, is_about, without

QUESTION = "item/commandExecution/requestApproval"


def found(message, talk):
    """Return the threads that are there already when a client says hello."""
    return list(talk.server.threads.all()) if is_about(message, "initialize") else []


def turns_of(message, talk, *methods):
    """Return the turns in an answer to one of these methods."""
    return message["result"]["thread"]["turns"] if talk.asked_for(message) in methods and "result" in message else []


def forgets_all_threads(message, talk):
    for record in found(message, talk):
        talk.server.threads.remove(record.id)
    yield message


def loads_every_thread(message, talk):
    for record in found(message, talk):
        talk.server.threads.load(record)
    yield message


def resumes_without_turns(message, talk):
    del turns_of(message, talk, "thread/resume")[:]
    yield message


def forgets_names(message, talk):
    for record in found(message, talk):
        record.name = None
    yield message


def brings_back_what_was_archived(message, talk):
    for record in found(message, talk):
        record.is_archived = False
    yield message


def deletes_until_the_next_start(message, talk):
    if is_about(message, "thread/delete"):
        talk.send_as_it_is({"id": message["id"], "result": {}})
    else:
        yield message


def forgets_goals(message, talk):
    for record in found(message, talk):
        record.goal = None
    yield message


def resumes_with_the_usual_model(message, talk):
    yield without(message, "turn/start", "model", "effort")


def completes_what_was_cut_off(message, talk):
    for turn in turns_of(message, talk, "thread/read"):
        turn["status"] = "completed"
    yield message


def does_not_resume_after_a_crash(message, talk):
    turns = turns_of(message, talk, "thread/resume")
    if any(turn["status"] == "interrupted" for turn in turns):
        yield {"id": message["id"], "error": {"code": -32600, "message": "the thread is broken"}}
    else:
        yield message


def asks_again_after_a_crash(message, talk):
    world = talk.server.world
    if is_about(message, QUESTION):
        world.question = message
    yield message
    if talk.asked_for(message) == "thread/resume":
        yield world.question


MUTANTS = (
    Broken(IN, forgets_all_threads, "restart.threads"),
    Broken(IN, loads_every_thread, "restart.not-loaded"),
    Broken(OUT, resumes_without_turns, "restart.resumes"),
    Broken(IN, forgets_names, "restart.names"),
    Broken(IN, brings_back_what_was_archived, "restart.archived"),
    Broken(IN, deletes_until_the_next_start, "restart.deleted"),
    Broken(IN, forgets_goals, "restart.goals"),
    Broken(IN, resumes_with_the_usual_model, "restart.settings"),
    Broken(OUT, completes_what_was_cut_off, "restart.killed-turn"),
    Broken(OUT, does_not_resume_after_a_crash, "restart.killed-thread"),
    Broken(OUT, asks_again_after_a_crash, "restart.killed-question"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
