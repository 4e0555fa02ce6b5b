"""What the user has to allow, before it is done."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, Refused, at, require
from codex_conformance.suites.server.app_server._reading import items_of, place
from codex_conformance.suites.server.app_server._scenes import ASKING, PATCHED, TOUCHED, begin, room

Json = dict[str, Any]

_COMMAND = "item/commandExecution/requestApproval"
_FILES = "item/fileChange/requestApproval"

#: Answers that are no approval.
_NO_APPROVAL: dict[str, Json] = {
    "unknown-decision": {"result": {"decision": "bogus"}},
    "without-decision": {"result": {}},
    "error": {"error": {"code": -32000, "message": "no"}},
}


class _Asked:
    """A turn that waits for the user."""

    def __init__(self, client: AppServerProbe, method: str, word: str, **params: Any) -> None:
        self.client = client
        self.thread_id, self.folder = room(client, **{**ASKING, **params})
        self.turn_id = begin(client, self.thread_id, word)
        self.question = client.wait_for(method)

    def decide(self, decision: str) -> Json:
        """Answer, and return the turn when it has ended."""
        self.client.reply(self.question["id"], {"decision": decision})
        return self.end()

    def end(self) -> Json:
        """Return the turn when it has ended."""
        turn: Json = self.client.wait_for("turn/completed")["params"]["turn"]
        return turn

    def made(self, name: str) -> bool:
        """Tell whether a file is in the working folder, as far as the release lets us look."""
        if "fs/getMetadata" not in self.client.contract.methods:
            return False
        try:
            self.client.ask("fs/getMetadata", {"path": f"{self.folder}/{name}"})
        except Refused:
            return False
        return True

    def statuses(self, kind: str) -> list[object]:
        """Return the statuses with which items of a kind completed."""
        return [item.get("status") for item in items_of(self.client, kind)]


@pytest.fixture
def asked(client: AppServerProbe) -> _Asked:
    """Return a turn that waits for the user to allow a command."""
    return _Asked(client, _COMMAND, "touch")


@pytest.fixture
def patch(client: AppServerProbe) -> _Asked:
    """Return a turn that waits for the user to allow a change of files."""
    return _Asked(client, _FILES, "patch")


@pytest.mark.codex("app-server.approval.names-its-item")
def test_the_question_names_an_item_that_has_started(asked: _Asked) -> None:
    params = asked.question["params"]
    item = items_of(asked.client, "commandExecution", "item/started")
    wanted = (asked.thread_id, asked.turn_id, [each.get("id") for each in item])
    found = (params.get("threadId"), params.get("turnId"), [params.get("itemId")])
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.approval.command-waits")
def test_a_command_does_not_run_before_it_is_allowed(asked: _Asked) -> None:
    asked.client.settle()
    completed = asked.statuses("commandExecution")
    require(completed == [], expected="a command that waits", found=completed)
    require(not asked.made(TOUCHED), expected=f"no {TOUCHED}", found="the file")


@pytest.mark.codex("app-server.approval.accept")
def test_a_command_that_is_accepted_runs(asked: _Asked) -> None:
    turn = asked.decide("accept")
    require(turn.get("status") == "completed", expected="completed", found=turn)
    item = at(asked.client.wait_for("item/completed", _is_command), "/params/item", dict)
    found = (item.get("status"), item.get("exitCode"))
    require(found == ("completed", 0), expected="completed with 0", found=found)


@pytest.mark.codex("app-server.approval.decline")
def test_a_command_that_is_declined_leaves_nothing(asked: _Asked) -> None:
    asked.decide("decline")
    statuses = asked.statuses("commandExecution")
    require(statuses == ["declined"], expected="one command, declined", found=statuses)
    require(not asked.made(TOUCHED), expected=f"no {TOUCHED}", found="the file")


@pytest.mark.codex("app-server.approval.decline-goes-on")
def test_the_turn_goes_on_after_a_decline(asked: _Asked) -> None:
    turn = asked.decide("decline")
    texts = [item.get("text") for item in items_of(asked.client, "agentMessage")]
    found = (turn.get("status"), texts)
    require(found == ("completed", ["Done."]), expected="completed, with an answer of the model", found=found)


@pytest.mark.codex("app-server.approval.cancel")
def test_a_cancel_interrupts_the_turn(asked: _Asked) -> None:
    turn = asked.decide("cancel")
    require(turn.get("status") == "interrupted", expected="interrupted", found=turn)
    require(not asked.made(TOUCHED), expected=f"no {TOUCHED}", found="the file")


@pytest.mark.codex("app-server.approval.for-session")
def test_what_is_accepted_for_the_session_is_not_asked_again(asked: _Asked) -> None:
    asked.decide("acceptForSession")
    turn = asked.client.turn(asked.thread_id, "touch")
    require(turn.get("status") == "completed", expected="completed", found=turn)
    questions = asked.client.notifications(_COMMAND)
    require(len(questions) == 1, expected="one question", found=questions)


@pytest.mark.codex("app-server.approval.once")
def test_what_is_accepted_once_is_asked_again(asked: _Asked) -> None:
    asked.decide("accept")
    begin(asked.client, asked.thread_id, "touch")
    again = asked.client.wait_for(_COMMAND)
    require(again["id"] != asked.question["id"], expected="a question with its own id", found=again)


@pytest.mark.codex("app-server.approval.no-approval")
@pytest.mark.parametrize("answer", _NO_APPROVAL)
def test_what_is_no_approval_runs_nothing(asked: _Asked, answer: str) -> None:
    asked.client.send({"id": asked.question["id"], **_NO_APPROVAL[answer]}, misuse=True)
    asked.end()
    statuses = asked.statuses("commandExecution")
    require(statuses in (["declined"], ["failed"]), expected="declined, or failed", found=statuses)
    require(not asked.made(TOUCHED), expected=f"no {TOUCHED}", found="the file")


@pytest.mark.codex("app-server.approval.resolved")
def test_an_answer_is_confirmed(asked: _Asked) -> None:
    asked.decide("decline")
    told = [
        (each.get("threadId"), each.get("requestId")) for each in asked.client.notifications("serverRequest/resolved")
    ]
    wanted = [(asked.thread_id, asked.question["id"])]
    require(told == wanted, expected=f"serverRequest/resolved with {wanted}", found=told)


@pytest.mark.codex("app-server.approval.waiting-flag")
def test_the_thread_says_that_it_waits(asked: _Asked) -> None:
    status = at(asked.client.ask("thread/read", {"threadId": asked.thread_id}), "/thread/status")
    wanted = {"type": "active", "activeFlags": ["waitingOnApproval"]}
    require(status == wanted, expected=str(wanted), found=status)
    asked.decide("decline")
    changes = asked.client.notifications("thread/status/changed")
    told = [at(each, "/status") for each in changes if each.get("threadId") == asked.thread_id]
    require({"type": "active", "activeFlags": []} in told[1:], expected="the flag taken back", found=told)


@pytest.mark.codex("app-server.approval.by-id")
def test_answers_find_their_questions(client: AppServerProbe) -> None:
    first = _Asked(client, _COMMAND, "touch both")
    second = client.wait_for(_COMMAND)
    require(first.question["id"] != second["id"], expected="ids that differ", found=(first.question, second))
    first.client.reply(second["id"], {"decision": "accept"})
    first.client.reply(first.question["id"], {"decision": "decline"})
    first.end()
    for _ in range(2):
        client.wait_for("item/completed", _is_command)
    found = {item.get("id"): item.get("status") for item in items_of(first.client, "commandExecution")}
    wanted = {first.question["params"]["itemId"]: "declined", second["params"]["itemId"]: "completed"}
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.approval.interrupted")
def test_an_interrupt_takes_the_question_back(asked: _Asked) -> None:
    asked.client.ask("turn/interrupt", {"threadId": asked.thread_id, "turnId": asked.turn_id})
    turn = asked.end()
    require(turn.get("status") == "interrupted", expected="interrupted", found=turn)
    asked.client.wait_for("serverRequest/resolved")
    asked.client.reply(asked.question["id"], {"decision": "accept"})
    asked.client.settle()
    require(not asked.made(TOUCHED), expected=f"no {TOUCHED} after a late answer", found="the file")


@pytest.mark.codex("app-server.approval.never")
def test_nobody_is_asked_where_the_policy_is_never(client: AppServerProbe) -> None:
    turn = client.turn(client.thread(approvalPolicy="never", sandbox="workspace-write"), "touch")
    require(turn.get("status") == "completed", expected="completed", found=turn)
    asked = client.notifications(_COMMAND)
    require(not asked, expected="no question", found=asked)


@pytest.mark.codex("app-server.approval.untrusted")
def test_a_command_that_writes_is_asked_under_untrusted(client: AppServerProbe) -> None:
    asked = _Asked(client, _COMMAND, "write", approvalPolicy="untrusted", sandbox="danger-full-access")
    asked.decide("decline")
    require(not asked.made(TOUCHED), expected=f"no {TOUCHED}", found="the file")


@pytest.mark.codex("app-server.approval.decisions-offered")
def test_the_decisions_are_offered(asked: _Asked) -> None:
    found = asked.question["params"].get("availableDecisions")
    fits = isinstance(found, list) and "accept" in found and "cancel" in found
    require(fits, expected="accept and cancel in availableDecisions", found=found)


@pytest.mark.codex("app-server.approval.file-waits")
def test_a_file_is_not_changed_before_it_is_allowed(patch: _Asked) -> None:
    require(not patch.made(PATCHED), expected=f"no {PATCHED}", found="the file")
    place(patch.client, "item/started", "fileChange")


@pytest.mark.codex("app-server.approval.file-accept")
def test_a_change_that_is_accepted_is_made(patch: _Asked) -> None:
    patch.decide("accept")
    statuses = patch.statuses("fileChange")
    require(statuses == ["completed"], expected="one change, completed", found=statuses)
    require(patch.made(PATCHED), expected=PATCHED, found="no such file")


@pytest.mark.codex("app-server.approval.file-decline")
def test_a_change_that_is_declined_is_not_made(patch: _Asked) -> None:
    turn = patch.decide("decline")
    require(turn.get("status") == "completed", expected="a turn that goes on", found=turn)
    statuses = patch.statuses("fileChange")
    require(statuses == ["declined"], expected="one change, declined", found=statuses)
    require(not patch.made(PATCHED), expected=f"no {PATCHED}", found="the file")


@pytest.mark.codex("app-server.approval.file-cancel")
def test_a_cancel_of_a_change_interrupts_the_turn(patch: _Asked) -> None:
    turn = patch.decide("cancel")
    require(turn.get("status") == "interrupted", expected="interrupted", found=turn)
    require(not patch.made(PATCHED), expected=f"no {PATCHED}", found="the file")


def _is_command(params: Json) -> bool:
    return bool(at(params, "/item/type") == "commandExecution")
