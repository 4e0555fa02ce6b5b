"""App-servers that tell turns and items wrongly: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from app_server_mutants import IN, OUT, Broken, is_about, swapped


def ends_turns_twice(message, talk):
    yield message
    if is_about(message, "turn/completed"):
        yield message


def never_ends_turns(message, talk):
    if not is_about(message, "turn/completed"):
        yield message


def ends_turns_before_the_status(message, talk):
    return swapped(
        message,
        talk,
        is_early=lambda each: is_about(each, "thread/status/changed", status={"type": "idle"}),
        is_late=lambda each: is_about(each, "turn/completed"),
    )


def starts_turns_before_the_answer(message, talk):
    return swapped(
        message,
        talk,
        is_early=lambda each: talk.asked_for(each) == "turn/start",
        is_late=lambda each: is_about(each, "turn/started"),
    )


def announces_threads_before_the_answer(message, talk):
    return swapped(
        message,
        talk,
        is_early=lambda each: talk.asked_for(each) == "thread/start",
        is_late=lambda each: is_about(each, "thread/started"),
    )


def says_more_after_the_end_of_an_item(message, talk):
    if is_about(message, "item/completed") and "delta" in talk.memory:
        yield message
        yield talk.memory.pop("delta")
        return
    if is_about(message, "item/agentMessage/delta"):
        talk.memory["delta"] = message
    yield message


def loses_a_delta(message, talk):
    if not is_about(message, "item/agentMessage/delta", delta=" six."):
        yield message


def completes_items_twice(message, talk):
    yield message
    if is_about(message, "item/completed"):
        yield message


def begins_no_item(message, talk):
    if not is_about(message, "item/started"):
        yield message


def calls_all_items_messages(message, talk):
    if is_about(message, "item/completed"):
        message["params"]["item"]["type"] = "agentMessage"
    yield message


def names_the_thread_as_the_turn(message, talk):
    if "turnId" in message.get("params", {}):
        message["params"]["turnId"] = message["params"]["threadId"]
    yield message


def counts_only_the_last_turn(message, talk):
    if is_about(message, "thread/tokenUsage/updated"):
        usage = message["params"]["tokenUsage"]
        usage["total"] = usage["last"]
    yield message


def passes_failures_for_success(message, talk):
    if is_about(message, "turn/completed"):
        message["params"]["turn"].update(status="completed", error=None)
    yield message


def calls_every_retry_final(message, talk):
    if is_about(message, "error"):
        message["params"]["willRetry"] = False
    yield message


def calls_every_error_other(message, talk):
    if is_about(message, "turn/completed") and message["params"]["turn"]["error"]:
        message["params"]["turn"]["error"]["codexErrorInfo"] = "other"
    yield message


def interrupts_whatever_runs(message, talk):
    if message.get("method") == "turn/interrupt":
        (thread,) = talk.server.threads.loaded.values()
        message["params"]["turnId"] = thread.turn.record.id
    yield message


def steers_whatever_runs(message, talk):
    if message.get("method") == "turn/steer":
        (thread,) = talk.server.threads.loaded.values()
        message["params"]["expectedTurnId"] = thread.turn.record.id
    yield message


MUTANTS = (
    Broken(OUT, ends_turns_twice, "turn.completed-once"),
    Broken(OUT, never_ends_turns, "turn.completed-status"),
    Broken(OUT, ends_turns_before_the_status, "turn.status-before-completed"),
    Broken(OUT, starts_turns_before_the_answer, "turn.answer-before-started"),
    Broken(OUT, announces_threads_before_the_answer, "thread.answer-before-started"),
    Broken(OUT, says_more_after_the_end_of_an_item, "item.deltas-inside"),
    Broken(OUT, loses_a_delta, "item.deltas-join"),
    Broken(OUT, completes_items_twice, "item.completes-once"),
    Broken(OUT, begins_no_item, "item.begins-first"),
    Broken(OUT, calls_all_items_messages, "item.keeps-kind"),
    Broken(OUT, names_the_thread_as_the_turn, "item.names-its-turn"),
    Broken(OUT, counts_only_the_last_turn, "turn.usage-adds-up"),
    Broken(OUT, passes_failures_for_success, "failure.status"),
    Broken(OUT, calls_every_retry_final, "failure.retry"),
    Broken(OUT, calls_every_error_other, "failure.kind"),
    Broken(IN, interrupts_whatever_runs, "interrupt.other-turn"),
    Broken(IN, steers_whatever_runs, "steer.other-turn"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
