"""Plans, questions and permissions."""

from __future__ import annotations

import json

import pytest

DONE = [{"message": "Done."}]
PLAN_MODE = {"mode": "plan", "settings": {"model": "gpt-5.5"}}
QUESTION = {"id": "q1", "header": "H", "question": "Which?", "options": [{"label": "A", "description": "a"}]}
PLAN = {
    "explanation": "why",
    "plan": [{"step": "a", "status": "completed"}, {"step": "b", "status": "in_progress"}],
}


def call(name, **arguments):
    return [{"function_call": {"name": name, "arguments": arguments}}]


def test_a_plan_is_told(conversation):
    talk = conversation(call("update_plan", **PLAN), DONE, version="0.141.0")
    (plan,) = [each["params"] for each in talk.turn() if each["method"] == "turn/plan/updated"]

    assert plan["explanation"] == "why"
    assert plan["plan"] == [{"step": "a", "status": "completed"}, {"step": "b", "status": "inProgress"}]
    assert talk.outputs() == ["Plan updated"]


def test_the_newest_release_offers_no_plans(conversation):
    talk = conversation(call("update_plan", **PLAN), DONE, version="0.169.0")
    talk.turn()

    assert talk.outputs() == ["unsupported call: update_plan"]


@pytest.mark.parametrize("arguments", [{"plan": 5}, {"plan": [{"step": "a", "status": "later"}]}, {"plan": ["a"]}, {}])
def test_a_plan_that_is_none(conversation, arguments):
    talk = conversation(call("update_plan", **arguments), DONE, version="0.141.0")

    assert talk.turn()[-1]["params"]["turn"]["status"] == "completed"
    assert talk.outputs()[0].startswith("failed to parse function arguments: ")


def test_a_proposed_plan_is_cut_out_of_its_message(conversation, items, told):
    deltas = ["Before.\n", "<proposed", "_plan>\n# Plan\n", "- one\n</prop", "osed_plan>\nAfter", " it."]
    messages = conversation([{"message": {"deltas": deltas}}]).turn(collaborationMode=PLAN_MODE)

    (plan,) = items(messages, "plan")
    assert plan["text"] == "# Plan\n- one\n"
    assert plan["id"] == f"{messages[-1]['params']['turn']['id']}-plan"
    assert items(messages, "agentMessage")[0]["text"] == "Before.\nAfter it."
    told_of_message = told(messages)[5:-5]
    assert told_of_message == [
        "item/started agentMessage",
        "item/agentMessage/delta",
        "item/started plan",
        "item/plan/delta",
        "item/plan/delta",
        "item/agentMessage/delta",
        "item/agentMessage/delta",
        "item/completed plan",
        "item/completed agentMessage",
    ]


@pytest.mark.parametrize(
    ("text", "plan", "message"),
    [
        ("<proposed_plan>\n# Only\n</proposed_plan>", "# Only\n", None),
        (
            "Not <proposed_plan>\n# here\n</proposed_plan> either",
            None,
            "Not <proposed_plan>\n# here\n</proposed_plan> either",
        ),
        ("<proposed_pla", None, "<proposed_pla"),
        ("<proposed_plan>\nopen end", "open end", None),
    ],
)
def test_what_is_a_plan(conversation, items, text, plan, message):
    messages = conversation([{"message": text}]).turn(collaborationMode=PLAN_MODE)

    assert [item["text"] for item in items(messages, "plan")] == ([plan] if plan else [])
    assert [item["text"] for item in items(messages, "agentMessage")] == ([message] if message else [])


def test_outside_of_plan_mode_there_are_no_plans(conversation, items):
    messages = conversation([{"message": "<proposed_plan>\n# Only\n</proposed_plan>"}]).turn()

    assert items(messages, "plan") == []


def test_a_question_is_asked_in_plan_mode(conversation, release):
    talk = conversation(call("request_user_input", questions=[QUESTION]), DONE, version=release)
    *_, status, request = talk.turn(collaborationMode=PLAN_MODE)
    messages = talk.reply(request, {"answers": {"q1": {"answers": ["A"]}}})

    assert status["params"]["status"]["activeFlags"] == ["waitingOnUserInput"]
    assert request["method"] == "item/tool/requestUserInput"
    assert request["params"]["questions"] == [{"isOther": True, "isSecret": False, **QUESTION}]
    assert ("isBlocking" in request["params"]) is (release == "0.169.0")
    assert messages[0]["method"] == "serverRequest/resolved"
    assert json.loads(talk.outputs()[0]) == {"answers": {"q1": {"answers": ["A"]}}}


def test_an_error_counts_as_no_answer(conversation):
    talk = conversation(call("request_user_input", questions=[QUESTION]), DONE)
    request = talk.turn(collaborationMode=PLAN_MODE)[-1]
    talk.client.refuse(request["id"])

    assert json.loads(talk.outputs()[0]) == {"answers": {}}


@pytest.mark.parametrize(
    ("version", "given", "told"),
    [("0.141.0", 1_000, 60_000), ("0.141.0", 100_000, 100_000), ("0.141.0", 10**6, 240_000), ("0.169.0", 1_000, None)],
)
def test_how_long_a_client_may_wait(conversation, version, given, told):
    talk = conversation(call("request_user_input", questions=[QUESTION], autoResolutionMs=given), version=version)
    request = talk.turn(collaborationMode=PLAN_MODE)[-1]

    assert request["params"]["autoResolutionMs"] == told


@pytest.mark.parametrize(
    ("mode", "questions", "output"),
    [
        ("default", [QUESTION], "request_user_input is unavailable in Default mode"),
        ("plan", [{**QUESTION, "options": []}], "request_user_input requires non-empty options for every question"),
    ],
)
def test_questions_that_are_not_asked(conversation, mode, questions, output):
    talk = conversation(call("request_user_input", questions=questions), DONE)
    talk.turn(collaborationMode={**PLAN_MODE, "mode": mode})

    assert talk.outputs() == [output]


def test_permissions_are_asked_for(conversation):
    wanted = {"network": {"enabled": True}, "file_system": {"write": ["/srv"]}}
    talk = conversation(call("request_permissions", reason="net", permissions=wanted), DONE)
    *_, status, request = talk.turn()
    talk.reply(request, {"permissions": {"network": {"enabled": True}}, "scope": "session"})

    assert status["params"]["status"]["activeFlags"] == ["waitingOnApproval"]
    assert request["params"]["permissions"] == {
        "network": {"enabled": True},
        "fileSystem": {
            "entries": [{"access": "write", "path": {"type": "path", "path": "/srv"}}],
            "read": None,
            "write": ["/srv"],
        },
    }
    assert json.loads(talk.outputs()[0]) == {
        "permissions": {"network": {"enabled": True}, "file_system": None},
        "scope": "session",
    }


@pytest.mark.parametrize("answer", [None, 5, {}, {"permissions": 5, "scope": "turn"}])
def test_permissions_that_nobody_grants(conversation, answer):
    talk = conversation(call("request_permissions", permissions={"network": {"enabled": True}}), DONE)
    talk.reply(talk.turn()[-1], answer)

    assert json.loads(talk.outputs()[0])["permissions"] == {"network": None, "file_system": None}
