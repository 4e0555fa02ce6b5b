"""What a client asks an app-server for, and what it makes of refusals."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from codex_conformance.probes import require
from codex_conformance.suites.client.app_server.talks import (
    ANSWER,
    ESCALATION,
    STRANGER,
    prompts,
    require_answer_once,
    sent,
    talk,
)
from codex_conformance.suites.client.trials import Trials, require_failure
from codex_schemas.app_server import Conversation, latest, load, nearest

_START = "turn/start"
_OVERLOADED = {"error": {"code": -32001, "message": "Server overloaded; retry later."}}
_REFUSED = {"error": {"code": -32600, "message": "thread xyzzy is not to be had"}}
#: How often a client may ask a server that is overloaded, and the seconds that must pass before it asks again.
_MOST_ATTEMPTS = 20
_SHORTEST_PAUSE = 0.1


@pytest.mark.parametrize("model", [None, ESCALATION], ids=["speech", "a-question"])
@pytest.mark.codex("app-server.client.requests.fit-contract")
def test_every_message_fits_the_contract(trial: Trials, model: list[dict[str, object]] | None) -> None:
    release = trial.examiner.client.release
    conversation = Conversation(load(nearest(release) if release else latest(), experimental=True))
    outcome = trial("app-server", talk(model=model) if model else talk())
    found = [
        str(violation)
        for said in outcome.transcript
        for violation in conversation.violations(said.message, said.side)
        if said.side == "client"
    ]
    require(outcome.transcript and not found, expected="messages that fit the contract", found=found or "none")


@pytest.mark.codex("app-server.client.requests.one-object-a-line")
def test_every_line_is_one_object(trial: Trials) -> None:
    lines = [said.text for said in sent(trial("app-server", talk())) if said.message is None and said.text.strip()]
    require(not lines, expected="lines that are one JSON object each", found=lines)


@pytest.mark.codex("app-server.client.requests.unique-ids")
def test_every_request_has_an_id_of_its_own(trial: Trials) -> None:
    messages = trial("app-server", talk()).messages("client")
    ids = Counter(str(message["id"]) for message in messages if "method" in message and "id" in message)
    twice = [number for number, count in ids.items() if count > 1]
    require(ids and not twice, expected="each id once", found=twice or "no request")


@pytest.mark.codex("app-server.client.requests.no-experimental")
def test_nothing_experimental_is_used_without_the_capability(trial: Trials) -> None:
    refusals = [message["error"] for message in trial("app-server", talk()).messages("server") if "error" in message]
    found = [each for each in refusals if "requires experimentalApi capability" in str(each)]
    require(not found, expected="stable methods and fields alone", found=found)


@pytest.mark.codex("app-server.client.requests.prompt-once")
def test_the_prompt_is_sent_once(trial: Trials) -> None:
    found = [said.text for said in prompts(trial("app-server", talk(), prompt="When is the tide?"))]
    require(len(found) == 1, expected="one turn with the prompt", found=found)


@pytest.mark.codex("app-server.client.requests.refusal-is-failure")
def test_a_refused_turn_is_a_failure(trial: Trials) -> None:
    outcome = require_failure(trial("app-server", talk({"on": _START, "times": None, "replace": _REFUSED})))
    require("xyzzy" in outcome.output, expected="the reason of the refusal", found=outcome.ending)


@pytest.mark.codex("app-server.client.requests.refusal-not-repeated")
def test_a_refused_turn_is_not_repeated(trial: Trials) -> None:
    count = len(prompts(trial("app-server", talk({"on": _START, "times": None, "replace": _REFUSED}))))
    require(count == 1, expected="one request", found=count)


@pytest.mark.codex("app-server.client.overload.retried")
def test_an_overloaded_server_is_asked_again(trial: Trials) -> None:
    require_answer_once(trial("app-server", talk({"on": _START, "replace": _OVERLOADED})))


@pytest.mark.codex("app-server.client.overload.pause")
def test_an_overloaded_server_is_left_alone_for_a_moment(trial: Trials) -> None:
    outcome = trial("app-server", talk({"on": _START, "times": None, "replace": _OVERLOADED}))
    refused_at = {str((said.message or {}).get("id")): said.at for said in outcome.transcript if said.side == "server"}
    attempts = [(str((said.message or {}).get("id")), said.at) for said in prompts(outcome)]
    pauses = [at - refused_at.get(earlier, at) for (earlier, _), (_, at) in pairwise(attempts)]
    found = [f"{pause:.3f} s" for pause in pauses]
    require(min(pauses, default=1) >= _SHORTEST_PAUSE, expected=f"{_SHORTEST_PAUSE} s or more each time", found=found)


@pytest.mark.codex("app-server.client.overload.bounded")
def test_a_server_that_stays_overloaded_is_given_up(trial: Trials) -> None:
    outcome = require_failure(trial("app-server", talk({"on": _START, "times": None, "replace": _OVERLOADED})))
    count = len(prompts(outcome))
    require(count <= _MOST_ATTEMPTS, expected=f"{_MOST_ATTEMPTS} attempts or less", found=count)


@pytest.mark.codex("app-server.client.answers.by-id")
def test_answers_are_known_by_their_ids(trial: Trials) -> None:
    require_answer_once(trial("app-server", talk({"on": "thread/start", "behind": "thread/started"})))


@pytest.mark.codex("app-server.client.answers.strange-id")
def test_an_answer_that_nobody_waits_for_is_passed_over(trial: Trials) -> None:
    strange = {"id": "testkit-stranger", "result": {"thread": {"id": STRANGER["threadId"]}}}
    outcome = trial("app-server", talk({"on": "thread/start", "insert": strange}))
    require(ANSWER in outcome.stdout, expected=f"{ANSWER!r} in the output", found=outcome.ending)
