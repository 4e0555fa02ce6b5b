"""App-servers that mix up their connections: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from app_server_mutants import OUT, Broken, is_about

APPROVAL = "item/commandExecution/requestApproval"


def tells_everybody_everything(message, talk):
    for other in talk.server.connections:
        if other is not talk and other.is_initialized and str(message.get("method")).startswith(("turn/", "item/")):
            other.send_as_it_is(message)
    yield message


def keeps_new_threads_to_itself(message, talk):
    if not is_about(message, "thread/started") or "thread/start" in {each["method"] for each in talk.asked.values()}:
        yield message


def asks_nobody_again(message, talk):
    if is_about(message, APPROVAL) and "turn/start" not in {each["method"] for each in talk.asked.values()}:
        return
    yield message


MUTANTS = (
    Broken(OUT, tells_everybody_everything, "connection.turns-to-subscribers"),
    Broken(OUT, keeps_new_threads_to_itself, "connection.threads-told-to-all"),
    Broken(OUT, asks_nobody_again, "connection.question-survives"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
