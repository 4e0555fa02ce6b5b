"""Input that waits until a thread is idle."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import is_of, items_of
from codex_conformance.suites.server.app_server._scenes import ASKING, begin

_UNKNOWN = "00000000-0000-7000-8000-000000000000"


def _input(text: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": text}]


class Queue(NamedTuple):
    """The queue of a thread."""

    client: AppServerProbe
    thread_id: str
    #: The question that the turn before the queue waits with.
    question: Any = None

    def call(self, action: str, **params: Any) -> Any:
        """Ask for something about the queue."""
        return self.client.ask(f"thread/queue/{action}", {"threadId": self.thread_id, **params})

    def add(self, *texts: str) -> list[str]:
        """Queue some inputs, and return their ids."""
        return [
            at(self.call("add", clientUserMessageId=text, input=_input(text)), "/queuedSubmission/id", str)
            for text in texts
        ]

    def waiting(self) -> list[Any]:
        """Return the texts that wait."""
        return [at(row, "/input/0/text") for row in at(self.call("list"), "/data", list)]

    def texts_that_run(self, turns: int) -> list[Any]:
        """Let the turn before the queue end, wait for as many turns in all, and return what the user said in them."""
        self.client.refuse(self.question["id"])
        for _ in range(turns):
            self.client.wait_for("turn/completed")
        self.client.settle()
        return [at(item, "/content/0/text") for item in items_of(self.client, "userMessage")]


@pytest.fixture
def queue(client: AppServerProbe) -> Queue:
    """Return the queue of a thread whose turn waits for its user."""
    thread_id = client.thread(**ASKING)
    begin(client, thread_id, "touch")
    return Queue(client, thread_id, client.wait_for("item/commandExecution/requestApproval"))


@pytest.mark.codex("app-server.queue.waits")
def test_queued_input_waits_for_the_turn(queue: Queue) -> None:
    queue.add("first", "second")
    require(queue.waiting() == ["first", "second"], expected="first and second in the queue", found=queue.waiting())
    said = [at(item, "/content/0/text") for item in items_of(queue.client, "userMessage")]
    require(said == ["touch"], expected="only the turn that runs", found=said)


@pytest.mark.codex("app-server.queue.runs")
def test_queued_input_runs_in_its_order(queue: Queue) -> None:
    queue.add("first", "second")
    said = queue.texts_that_run(3)
    require(said == ["touch", "first", "second"], expected="first and second after touch", found=said)
    require(queue.waiting() == [], expected="an empty queue", found=queue.waiting())


@pytest.mark.codex("app-server.queue.own-turns")
def test_queued_inputs_are_turns_of_their_own(queue: Queue) -> None:
    queue.add("first", "second")
    queue.texts_that_run(3)
    ended = [at(each, "/turn/id") for each in queue.client.notifications("turn/completed")]
    require(len(set(ended)) == 3, expected="three turns", found=ended)
    found = [item.get("clientId") for item in items_of(queue.client, "userMessage")][1:]
    require(found == ["first", "second"], expected="the ids of the client", found=found)


@pytest.mark.codex("app-server.queue.idle")
def test_an_idle_thread_takes_queued_input_at_once(client: AppServerProbe) -> None:
    queue = Queue(client, client.thread())
    client.turn(queue.thread_id)
    queue.add("later")
    client.wait_for("turn/completed")
    said = [at(item, "/content/0/text") for item in items_of(client, "userMessage")]
    require(said == ["hello", "later"], expected="a turn with the queued input", found=said)


@pytest.mark.codex("app-server.queue.update")
def test_changed_input_runs_as_it_was_changed(queue: Queue) -> None:
    (queued,) = queue.add("first")
    queue.call("update", queuedSubmissionId=queued, input=_input("changed"))
    said = queue.texts_that_run(2)
    require(said == ["touch", "changed"], expected="changed after touch", found=said)


@pytest.mark.codex("app-server.queue.reorder")
def test_a_queue_runs_in_its_new_order(queue: Queue) -> None:
    ids = queue.add("first", "second")
    queue.call("reorder", queuedSubmissionIds=ids[::-1])
    said = queue.texts_that_run(3)
    require(said == ["touch", "second", "first"], expected="second before first", found=said)


@pytest.mark.codex("app-server.queue.reorder-whole")
def test_an_order_that_leaves_something_out_is_refused(queue: Queue) -> None:
    ids = queue.add("first", "second")
    queue.client.refusal("thread/queue/reorder", {"threadId": queue.thread_id, "queuedSubmissionIds": ids[1:]})
    require(queue.waiting() == ["first", "second"], expected="the queue as it was", found=queue.waiting())


@pytest.mark.codex("app-server.queue.delete")
def test_deleted_input_does_not_run(queue: Queue) -> None:
    ids = queue.add("first", "second")
    deleted = [queue.call("delete", queuedSubmissionId=ids[0]).get("deleted") for _ in range(2)]
    require(deleted == [True, False], expected="deleted true, and then false", found=deleted)
    said = queue.texts_that_run(2)
    require(said == ["touch", "second"], expected="only second after touch", found=said)


@pytest.mark.codex("app-server.queue.unknown")
def test_unknown_input_is_not_changed(queue: Queue) -> None:
    params = {"threadId": queue.thread_id, "queuedSubmissionId": _UNKNOWN, "input": _input("changed")}
    queue.client.refusal("thread/queue/update", params, misuse=False)


@pytest.mark.codex("app-server.queue.told")
def test_a_queue_that_changes_is_told(queue: Queue) -> None:
    queue.add("first")
    queue.client.wait_for("thread/queue/changed", is_of(queue.thread_id))
