"""App-servers that lose sight of agents and of what waits: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from app_server_mutants import IN, OUT, Broken, is_about, without


def is_of_an_agent(message, talk):
    """Tell whether a message is about a thread that another one has started."""
    record = talk.server.threads.known(message.get("params", {}).get("threadId", ""))
    return record is not None and record.parent_id is not None


def records(talk):
    """Return all threads, to be changed."""
    return [talk.server.threads.known(record.id) for record in list(talk.server.threads.all())]


# Agents.


def hides_the_work_of_agents(message, talk):
    if not (message.get("method", "").startswith("item/") and is_of_an_agent(message, talk)):
        yield message


def hides_that_agents_start(message, talk):
    if message.get("params", {}).get("item", {}).get("type") != "subAgentActivity":
        yield message


def forgets_whose_an_agent_is(message, talk):
    if talk.asked_for(message) == "thread/read":
        message["result"]["thread"]["parentThreadId"] = None
    yield message


def lists_agents_with_the_others(message, talk):
    if talk.asked_for(message) == "thread/list":
        rows = message["result"]["data"]
        rows += [{**rows[0], "id": record.id} for record in records(talk) if record.parent_id]
    yield message


def lists_all_threads_as_agents(message, talk):
    yield without(message, "thread/list", "parentThreadId")


def forgets_what_agents_found_out(message, talk):
    if talk.asked_for(message) == "thread/read" and message["result"]["thread"]["parentThreadId"]:
        message["result"]["thread"]["turns"] = []
    yield message


def announces_agents(message, talk):
    if is_about(message, "thread/started"):
        talk.memory["announced"] = message
    if is_about(message, "turn/started") and is_of_an_agent(message, talk):
        announced = talk.memory["announced"]
        thread = {**announced["params"]["thread"], "id": message["params"]["threadId"]}
        yield {**announced, "params": {"thread": thread}}
    yield message


def archives_the_parent_only(message, talk):
    if not (is_about(message, "thread/archived") and is_of_an_agent(message, talk)):
        yield message


def deletes_the_parent_only(message, talk):
    if is_about(message, "thread/delete"):
        for record in records(talk):
            record.parent_id = None
    yield message


# Queues.


def queued(talk):
    """Return the ids of all that waits, in its order."""
    return [each.id for record in records(talk) for each in record.queue]


def shows_an_empty_queue(message, talk):
    if talk.asked_for(message) == "thread/queue/list":
        message["result"]["data"] = []
    yield message


def runs_the_last_first(message, talk):
    if "method" not in message:
        for record in records(talk):
            record.queue.reverse()
    yield message


def forgets_the_clients_ids(message, talk):
    item = message.get("params", {}).get("item", {})
    if item.get("type") == "userMessage":
        item["clientId"] = None
    yield message


def queues_for_ever(message, talk):
    if is_about(message, "thread/queue/add"):
        names = ("clientUserMessageId", "input")
        queued = {"id": "1", "responsesapiClientMetadata": None, **{name: message["params"][name] for name in names}}
        talk.send_as_it_is({"id": message["id"], "result": {"queuedSubmission": queued}})
    else:
        yield message


def keeps_the_first_input(message, talk):
    if is_about(message, "thread/queue/update"):
        for record in records(talk):
            message["params"]["input"] = record.queue[0].input
    yield message


def keeps_the_first_order(message, talk):
    if is_about(message, "thread/queue/reorder"):
        message["params"]["queuedSubmissionIds"] = queued(talk)
    yield message


def fills_an_order_up(message, talk):
    if is_about(message, "thread/queue/reorder"):
        wanted = message["params"]["queuedSubmissionIds"]
        wanted += [each for each in queued(talk) if each not in wanted]
    yield message


def deletes_nothing(message, talk):
    if is_about(message, "thread/queue/delete"):
        talk.send_as_it_is({"id": message["id"], "result": {"deleted": True}})
    else:
        yield message


def takes_every_change(message, talk):
    yield {"id": message["id"], "result": {}} if "error" in message else message


def tells_nobody(message, talk):
    if not is_about(message, "thread/queue/changed"):
        yield message


MUTANTS = (
    Broken(OUT, hides_the_work_of_agents, "agent.told"),
    Broken(OUT, hides_that_agents_start, "agent.activity"),
    Broken(OUT, forgets_whose_an_agent_is, "agent.parent"),
    Broken(OUT, lists_agents_with_the_others, "agent.not-listed"),
    Broken(IN, lists_all_threads_as_agents, "agent.children"),
    Broken(OUT, forgets_what_agents_found_out, "agent.read"),
    Broken(OUT, announces_agents, "agent.not-announced"),
    Broken(OUT, archives_the_parent_only, "agent.archived"),
    Broken(IN, deletes_the_parent_only, "agent.deleted"),
    Broken(OUT, shows_an_empty_queue, "queue.waits"),
    Broken(IN, runs_the_last_first, "queue.runs"),
    Broken(OUT, forgets_the_clients_ids, "queue.own-turns"),
    Broken(IN, queues_for_ever, "queue.idle"),
    Broken(IN, keeps_the_first_input, "queue.update"),
    Broken(IN, keeps_the_first_order, "queue.reorder"),
    Broken(IN, fills_an_order_up, "queue.reorder-whole"),
    Broken(IN, deletes_nothing, "queue.delete"),
    Broken(OUT, takes_every_change, "queue.unknown"),
    Broken(OUT, tells_nobody, "queue.told"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
