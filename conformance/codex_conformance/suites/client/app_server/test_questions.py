"""What a client answers when the app-server asks it something."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from codex_conformance.probes import require
from codex_conformance.suites.client.app_server.talks import ESCALATION, PATCH, STRANGER, insert, sent, talk
from codex_conformance.suites.client.trials import Trials

Json = dict[str, Any]

_COMMAND = "item/commandExecution/requestApproval"
#: Decisions by which nothing is granted.
_REFUSALS = ("decline", "cancel", "denied", "abort", "timed_out")
_STAMP = {"itemId": "call_stranger", "startedAtMs": 1, "cwd": "/", "reason": None}


def _question(method: str, params: Json) -> Json:
    return {"id": f"testkit-{method}", "method": method, "params": params}


_PERMISSIONS = _question(
    "item/permissions/requestApproval",
    {**STRANGER, **_STAMP, "permissions": {"network": {"enabled": True}, "fileSystem": None}},
)
_OLD_COMMAND = _question(
    "execCommandApproval",
    {"callId": "x", "conversationId": STRANGER["threadId"], "cwd": "/", "command": ["rm", "x"], "parsedCmd": []},
)
_UNKNOWN = _question("item/testkit_unknown/ask", {**STRANGER, "level": 1})
_NEW_QUESTION = talk(insert(_UNKNOWN))

#: Scenarios in which something is asked that only a person may grant.
_APPROVALS = {
    "command": talk(model=ESCALATION),
    "file-change": talk(model=PATCH),
    "permissions": talk(insert(_PERMISSIONS)),
    "old-command": talk(insert(_OLD_COMMAND)),
}
#: Scenarios in which something is asked.
_QUESTIONS = {**_APPROVALS, "unknown": _NEW_QUESTION}


def _grants(answer: Json | None) -> bool:
    """Tell whether an answer allows anything."""
    result = (answer or {}).get("result")
    if not isinstance(result, dict):
        return False
    if "decision" in result:
        return result["decision"] not in _REFUSALS
    permissions = result.get("permissions")
    return isinstance(permissions, dict) and any(permissions.values())


@pytest.mark.parametrize("scenario", _APPROVALS.values(), ids=_APPROVALS)
@pytest.mark.codex("app-server.client.approvals.not-granted")
def test_nothing_is_granted_without_a_person(trial: Trials, scenario: Json) -> None:
    questions = trial("app-server", scenario).questions
    found = [answer for _, answer in questions if _grants(answer)]
    require(not found, expected="answers that grant nothing", found=found)


@pytest.mark.codex("app-server.client.approvals.sandbox-kept")
def test_the_sandbox_is_not_turned_off(trial: Trials) -> None:
    messages = trial("app-server", talk()).messages("client")
    found = [message for message in messages if "danger" in str(message.get("params")).replace("-", "").lower()]
    require(not found, expected="no request for full access", found=found)


@pytest.mark.parametrize("scenario", _QUESTIONS.values(), ids=_QUESTIONS)
@pytest.mark.codex("app-server.client.questions.answered")
def test_every_question_is_answered(trial: Trials, scenario: Json) -> None:
    open_ = [question["method"] for question, answer in trial("app-server", scenario).questions if answer is None]
    require(not open_, expected="an answer to each request of the app-server", found=f"none to {open_}")


@pytest.mark.codex("app-server.client.questions.answered-once")
def test_a_question_is_answered_once(trial: Trials) -> None:
    outcome = trial("app-server", _NEW_QUESTION)
    messages = [said.message or {} for said in sent(outcome)]
    answers = Counter(str(message.get("id")) for message in messages if "method" not in message)
    twice = [number for number, count in answers.items() if count > 1]
    require(not twice, expected="one answer to each request of the app-server", found=twice)


@pytest.mark.codex("app-server.client.questions.unknown-refused")
def test_an_unknown_question_is_refused(trial: Trials) -> None:
    answers = [answer for question, answer in trial("app-server", _NEW_QUESTION).questions]
    require(answers and all("error" in (answer or {}) for answer in answers), expected="an error", found=answers)


@pytest.mark.codex("app-server.client.questions.go-on")
def test_an_unknown_question_does_not_end_the_turn(trial: Trials) -> None:
    outcome = trial("app-server", _NEW_QUESTION)
    require(outcome.succeeded, expected="exit code 0", found=outcome.ending)


@pytest.mark.codex("app-server.client.questions.before-the-answer")
def test_a_question_before_the_answer_to_the_turn_is_answered(trial: Trials) -> None:
    early = insert(_UNKNOWN, on="turn/start")
    outcome = trial("app-server", talk(early, {"on": "turn/start", "behind": _COMMAND}, model=ESCALATION))
    open_ = [question["method"] for question, answer in outcome.questions if answer is None]
    require(not open_, expected="an answer to each request of the app-server", found=f"none to {open_}")
