"""App-servers that do one thing wrong: each is found out by the requirement that it breaks.

A mutation of outgoing or incoming messages yields what goes on instead of a message; ``talk`` is its connection.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

OUT, IN, NOISE = "outgoing", "incoming", "take_noise"
APPROVAL = "item/commandExecution/requestApproval"


class Broken(NamedTuple):
    """A server that does one thing wrong."""

    where: str
    mutation: object
    #: The requirement that it breaks.
    requirement: str


def is_about(message, method, **params):
    """Tell whether a message is of a method, with these params."""
    return message.get("method") == method and params.items() <= message.get("params", {}).items()


def swapped(message, talk, *, is_early, is_late):
    """Hold back a message that is early until one that is late has passed."""
    if is_early(message):
        talk.memory["held"] = message
        return
    yield message
    if is_late(message) and "held" in talk.memory:
        yield talk.memory.pop("held")


def without(message, method, *names):
    """Return a request of a method without these params."""
    if message.get("method") != method:
        return message
    return {**message, "params": {name: value for name, value in message["params"].items() if name not in names}}


def decided(message, before, after):
    """Return an answer of the user with another decision than the one before."""
    if message.get("result", {}).get("decision") != before:
        return message
    return {**message, "result": {"decision": after}}


# Requests and answers.


def answers_twice(message, talk):
    yield message
    if "method" not in message:
        yield message


def answers_no_refused_request(message, talk):
    if "error" not in message:
        yield message


def writes_ids_as_text(message, talk):
    yield message if "method" in message else {**message, "id": str(message["id"])}


def reads_ids_as_numbers(message, talk):
    identifier = message.get("id")
    yield {**message, "id": int(identifier)} if str(identifier).isdigit() else message


def says_which_json_rpc_it_is(message, talk):
    yield {"jsonrpc": "2.0", **message}


def refuses_unknown_fields(message, talk):
    if "unheardOf" in json.dumps(message):
        talk.send_as_it_is({"id": message["id"], "error": {"code": -32600, "message": "unknown field"}})
    else:
        yield message


def takes_defaults_for_wrong_types(message, talk):
    yield {**message, "result": {}} if message.pop("error", None) else message


def hears_nothing_after_noise(talk, text):
    talk.is_deaf = True


def ends_at_unknown_notifications(message, talk):
    talk.is_deaf |= message.get("method") == "no/such/notification"
    yield message


def reads_bytes_as_latin(message, talk):
    text = json.dumps(message, ensure_ascii=False)
    yield json.loads(text.encode().decode("latin-1"))


# The handshake.


def needs_no_handshake(message, talk):
    talk.is_initialized = True
    yield message


def shakes_hands_again(message, talk):
    if message.get("method") == "initialize":
        talk.is_initialized = False
    yield message


def lets_nobody_opt_out(message, talk):
    if message.get("method") == "initialize":
        message["params"]["capabilities"] = {"experimentalApi": True}
    yield message


def opens_the_gate(message, talk):
    if talk.is_initialized:
        talk.is_experimental = True
    yield message


# Turns and items.


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


# Threads.


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


# Approvals.


def runs_commands_unasked(message, talk):
    if is_about(message, APPROVAL):
        talk.server.tasks.spawn(accepted(talk, message["id"]))
    else:
        yield message


def accepted(talk, identifier):
    """Let the server take an approval that nobody gave."""
    talk.server.requests.answer(talk, {"id": identifier, "result": {"decision": "accept"}})
    yield from ()


def takes_a_decline_for_a_yes(message, talk):
    yield decided(message, "decline", "accept")


def takes_a_cancel_for_a_decline(message, talk):
    yield decided(message, "cancel", "decline")


def forgets_the_session(message, talk):
    yield decided(message, "acceptForSession", "accept")


def takes_one_yes_for_all(message, talk):
    yield decided(message, "accept", "acceptForSession")


def takes_an_error_for_a_yes(message, talk):
    is_refusal = "error" in message and "method" not in message
    yield {"id": message["id"], "result": {"decision": "accept"}} if is_refusal else message


def runs_tools_whatever_the_user_says(message, talk):
    if "action" in message.get("result", {}):
        message["result"] = {"action": "accept", "content": {}}
    yield message


def confirms_nothing(message, talk):
    if not is_about(message, "serverRequest/resolved"):
        yield message


def gives_all_questions_one_id(message, talk):
    yield {**message, "id": 0} if is_about(message, APPROVAL) else message


# Several connections.


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


# Configuration, files, commands.


def overwrites_what_others_wrote(message, talk):
    yield without(message, "config/value/write", "expectedVersion")


def writes_any_file(message, talk):
    yield without(message, "config/value/write", "filePath")


def writes_half_of_a_batch(message, talk):
    if message.get("method") == "config/batchWrite":
        message["params"]["edits"] = message["params"]["edits"][:1]
    yield message


def has_no_default_model(message, talk):
    for row in message["result"]["data"] if talk.asked_for(message) == "model/list" else ():
        row["isDefault"] = False
    yield message


def always_works_on_whole_folders(message, talk):
    if message.get("method") in ("fs/copy", "fs/remove"):
        message["params"]["recursive"] = True
    yield message


def mixes_the_outputs(message, talk):
    if talk.asked_for(message) == "command/exec":
        result = message["result"]
        result.update(stdout=result["stdout"] + result["stderr"], stderr="")
    yield message


def runs_without_the_variables(message, talk):
    yield without(message, "command/exec", "env")


MUTANTS = (
    Broken(OUT, answers_twice, "rpc.one-answer"),
    Broken(OUT, answers_no_refused_request, "rpc.unknown-method"),
    Broken(OUT, writes_ids_as_text, "rpc.integer-ids"),
    Broken(IN, reads_ids_as_numbers, "rpc.text-ids"),
    Broken(OUT, says_which_json_rpc_it_is, "rpc.no-jsonrpc-member"),
    Broken(IN, refuses_unknown_fields, "rpc.unknown-fields"),
    Broken(OUT, takes_defaults_for_wrong_types, "rpc.wrong-types"),
    Broken(NOISE, hears_nothing_after_noise, "rpc.undecodable"),
    Broken(IN, ends_at_unknown_notifications, "rpc.unknown-notification"),
    Broken(IN, reads_bytes_as_latin, "rpc.characters"),
    Broken(IN, needs_no_handshake, "initialize.first"),
    Broken(IN, shakes_hands_again, "initialize.once"),
    Broken(IN, lets_nobody_opt_out, "initialize.opt-out"),
    Broken(IN, opens_the_gate, "experimental.methods"),
    Broken(IN, opens_the_gate, "experimental.fields"),
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
    Broken(OUT, knows_every_thread, "thread.unknown-refused"),
    Broken(IN, keeps_what_is_ephemeral, "thread.ephemeral"),
    Broken(IN, ignores_settings, "thread.settings-taken"),
    Broken(IN, lists_the_first_page_again, "list.pages"),
    Broken(IN, lists_all_folders, "list.folder"),
    Broken(IN, lists_archived_threads_with_the_others, "archive.hides"),
    Broken(IN, forks_to_the_end, "fork.at-a-turn"),
    Broken(IN, resumes_with_everything, "resume.without-turns"),
    Broken(OUT, announces_what_resumes, "resume.not-announced"),
    Broken(OUT, runs_commands_unasked, "approval.command-waits"),
    Broken(IN, takes_a_decline_for_a_yes, "approval.decline"),
    Broken(IN, takes_a_cancel_for_a_decline, "approval.cancel"),
    Broken(IN, forgets_the_session, "approval.for-session"),
    Broken(IN, takes_one_yes_for_all, "approval.once"),
    Broken(IN, takes_an_error_for_a_yes, "approval.no-approval"),
    Broken(IN, runs_tools_whatever_the_user_says, "mcp.declined"),
    Broken(OUT, confirms_nothing, "approval.resolved"),
    Broken(OUT, gives_all_questions_one_id, "approval.by-id"),
    Broken(OUT, tells_everybody_everything, "connection.turns-to-subscribers"),
    Broken(OUT, keeps_new_threads_to_itself, "connection.threads-told-to-all"),
    Broken(OUT, asks_nobody_again, "connection.question-survives"),
    Broken(IN, overwrites_what_others_wrote, "config.version-conflict"),
    Broken(IN, writes_any_file, "config.other-file"),
    Broken(IN, writes_half_of_a_batch, "config.batch"),
    Broken(OUT, has_no_default_model, "models.default"),
    Broken(IN, always_works_on_whole_folders, "files.copy-folder"),
    Broken(IN, always_works_on_whole_folders, "files.remove-carefully"),
    Broken(OUT, mixes_the_outputs, "exec.result"),
    Broken(IN, runs_without_the_variables, "exec.surroundings"),
)


def named(mutant: Broken) -> str:
    """Return what a mutant does, in words, and the requirement that this breaks."""
    return f"{mutant.mutation.__name__.replace('_', ' ')}: {mutant.requirement}"


@pytest.mark.parametrize("mutant", MUTANTS, ids=named)
def test_a_broken_server_is_found_out_by_name(broken, judge_app_server, outcomes, mutant):
    requirement = f"app-server.{mutant.requirement}"
    run = judge_app_server(broken(mutant.where, mutant.mutation), [requirement])

    assert outcomes(run)[requirement] == "failed"
    assert {verdict.blame for verdict in run.verdicts if verdict.outcome == "failed"} == {"implementation"}


def test_the_server_that_was_not_broken_passes(unbroken, judge_app_server, outcomes):
    asked = sorted({f"app-server.{mutant.requirement}" for mutant in MUTANTS})
    run = judge_app_server(unbroken, asked)

    assert outcomes(run) == dict.fromkeys(asked, "passed")
