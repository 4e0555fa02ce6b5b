"""Agents that the model starts beside its own work."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import is_of, items_of, thread_ids, turns_of
from codex_conformance.suites.server.app_server._scenes import begin, call, message
from codex_conformance.suites.server.app_servers import AppServers

#: A model that starts an agent when it is told to go; whoever is told anything else says what the tide does.
_DELEGATING = Setup(
    settings={"features.multi_agent_v2": True},
    model=[
        {
            "when": {"user": "^go$"},
            "say": [call("spawn_agent", task_name="measure", message="measure the tide")],
        },
        {"when": {"tool_output": "measure"}, **message()},
        message("At six."),
    ],
)


class Family(NamedTuple):
    """A thread, and that of the agent that its turn has started."""

    client: AppServerProbe
    parent: str
    child: str


@pytest.fixture
def family(app_servers: AppServers) -> Family:
    """Return two threads whose turns have ended."""
    client = app_servers.client(_DELEGATING)
    parent = client.thread()
    begin(client, parent)
    client.wait_for("turn/completed", is_of(parent))
    ended = client.wait_for("turn/completed", lambda each: each.get("threadId") != parent)
    return Family(client, parent, at(ended, "/params/threadId", str))


@pytest.mark.codex("app-server.agent.told")
def test_the_work_of_an_agent_is_told(family: Family) -> None:
    texts = [
        at(each, "/item/text")
        for each in family.client.notifications("item/completed")
        if (each.get("threadId"), at(each, "/item/type")) == (family.child, "agentMessage")
    ]
    require(texts == ["At six."], expected="what the agent says, in its own thread", found=texts)


@pytest.mark.codex("app-server.agent.activity")
def test_the_turn_names_its_agent(family: Family) -> None:
    found = [(item.get("kind"), item.get("agentThreadId")) for item in items_of(family.client, "subAgentActivity")]
    require(("started", family.child) in found, expected=f"an item that names {family.child}", found=found)


@pytest.mark.codex("app-server.agent.parent")
def test_the_thread_of_an_agent_names_its_parent(family: Family) -> None:
    found = at(family.client.ask("thread/read", {"threadId": family.child}), "/thread/parentThreadId")
    require(found == family.parent, expected=family.parent, found=found)


@pytest.mark.codex("app-server.agent.not-listed")
def test_threads_of_agents_are_not_listed_with_the_others(family: Family) -> None:
    found = thread_ids(family.client)
    require(found == [family.parent], expected="the thread of the user", found=found)


@pytest.mark.codex("app-server.agent.children")
def test_the_agents_of_a_thread_are_listed(family: Family) -> None:
    found = thread_ids(family.client, parentThreadId=family.parent)
    require(found == [family.child], expected=f"the thread {family.child}", found=found)


@pytest.mark.codex("app-server.agent.read")
def test_the_turn_of_an_agent_is_read_back(family: Family) -> None:
    found = [each.get("status") for each in turns_of(family.client, family.child)]
    require(found == ["completed"], expected="one turn that is completed", found=found)


@pytest.mark.codex("app-server.agent.not-announced")
def test_an_agent_is_not_announced_as_a_thread(family: Family) -> None:
    family.client.settle()
    found = [at(each, "/thread/id") for each in family.client.notifications("thread/started")]
    require(found == [family.parent], expected="thread/started of the thread of the user", found=found)


@pytest.mark.codex("app-server.agent.archived")
def test_an_agent_is_put_away_with_its_parent(family: Family) -> None:
    family.client.ask("thread/archive", {"threadId": family.parent})
    for thread_id in (family.parent, family.child):
        family.client.wait_for("thread/archived", is_of(thread_id))


@pytest.mark.codex("app-server.agent.deleted")
def test_an_agent_is_deleted_with_its_parent(family: Family) -> None:
    family.client.ask("thread/delete", {"threadId": family.parent})
    for thread_id in (family.parent, family.child):
        family.client.wait_for("thread/deleted", is_of(thread_id))
    family.client.refusal("thread/resume", {"threadId": family.child})
