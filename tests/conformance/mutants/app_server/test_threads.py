"""App-servers that keep threads in a wrong way: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from app_server_mutants import IN, OUT, Broken, without


def knows_every_thread(message, talk):
    yield {"id": message["id"], "result": {}} if "error" in message else message


def keeps_what_is_ephemeral(message, talk):
    yield without(message, "thread/start", "ephemeral")


def ignores_settings(message, talk):
    yield without(message, "thread/start", "model", "sandbox", "approvalPolicy")


def lists_the_first_page_again(message, talk):
    yield without(message, "thread/list", "cursor")


def lists_all_folders(message, talk):
    yield without(message, "thread/list", "cwd")


def lists_archived_threads_with_the_others(message, talk):
    if message.get("method") == "thread/archive":
        talk.send_as_it_is({"id": message["id"], "result": {}})
    else:
        yield message


def forks_to_the_end(message, talk):
    yield without(message, "thread/fork", "lastTurnId")


def resumes_with_everything(message, talk):
    yield without(message, "thread/resume", "excludeTurns")


def announces_what_resumes(message, talk):
    yield message
    if talk.asked_for(message) == "thread/resume":
        yield {"method": "thread/started", "params": {"thread": message["result"]["thread"]}}


MUTANTS = (
    Broken(OUT, knows_every_thread, "thread.unknown-refused"),
    Broken(IN, keeps_what_is_ephemeral, "thread.ephemeral"),
    Broken(IN, ignores_settings, "thread.settings-taken"),
    Broken(IN, lists_the_first_page_again, "list.pages"),
    Broken(IN, lists_all_folders, "list.folder"),
    Broken(IN, lists_archived_threads_with_the_others, "archive.hides"),
    Broken(IN, forks_to_the_end, "fork.at-a-turn"),
    Broken(IN, resumes_with_everything, "resume.without-turns"),
    Broken(OUT, announces_what_resumes, "resume.not-announced"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
