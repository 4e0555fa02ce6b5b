"""Reviews, and compactions: turns that nobody can steer."""

from __future__ import annotations

import json

import pytest

from codex_mockserver.app_server import RpcError

REPORT = {
    "findings": [
        {
            "title": "Bad",
            "body": "b\nc",
            "code_location": {"absolute_file_path": "/x/a.txt", "line_range": {"start": 1, "end": 2}},
        }
    ],
    "overall_explanation": "because",
}
CHANGES = {"type": "uncommittedChanges"}
SLOW = {"pacing": {"first_token": 5}}


def test_a_review_has_two_turn_ids(conversation, told, items):
    talk = conversation([{"message": json.dumps(REPORT)}])
    answer = talk.ask("review/start", {"target": CHANGES})
    messages = talk.client.take()

    outer = answer["turn"]["id"]
    inner = next(each["params"]["turn"]["id"] for each in messages if each["method"] == "turn/started")
    assert outer != inner
    assert answer["reviewThreadId"] == talk.thread
    assert told(messages)[:4] == [
        "item/started enteredReviewMode",
        "item/completed enteredReviewMode",
        "thread/status/changed",
        "turn/started",
    ]
    assert {each["params"]["turnId"] for each in messages if "turnId" in each["params"]} == {outer}
    assert messages[-1]["params"]["turn"]["id"] == outer


def test_findings_are_written_for_people(conversation, items):
    talk = conversation([{"message": json.dumps(REPORT)}])
    talk.ask("review/start", {"target": CHANGES})
    messages = talk.client.take()

    text = "because\n\nReview comment:\n\n- Bad — /x/a.txt:1-2\n  b\n  c"
    assert items(messages, "exitedReviewMode")[0]["review"] == text
    assert [item["text"] for item in items(messages, "agentMessage")] == [text]
    assert len(items(messages, "agentMessage", "started")) == 2


@pytest.mark.parametrize(
    ("target", "hint", "prompt"),
    [
        (CHANGES, "current changes", "Review the current code changes (staged, unstaged, and untracked files)"),
        (
            {"type": "baseBranch", "branch": "main"},
            "changes against 'main'",
            "Review the code changes against the base",
        ),
        (
            {"type": "commit", "sha": "1234567890", "title": "The title"},
            "commit 1234567: The title",
            'Review the code changes introduced by commit 1234567890 ("The title").',
        ),
        ({"type": "custom", "instructions": " look well "}, "look well", "look well"),
    ],
)
def test_the_targets(conversation, items, target, hint, prompt):
    talk = conversation([{"message": "Fine."}])
    talk.ask("review/start", {"target": target})
    messages = talk.client.take()

    assert items(messages, "enteredReviewMode")[0]["review"] == hint
    assert items(messages, "userMessage")[0]["content"][0]["text"].startswith(prompt)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"type": "baseBranch", "branch": " "}, "branch must not be empty"),
        ({"type": "commit", "sha": ""}, "sha must not be empty"),
        ({"type": "custom", "instructions": "\n"}, "instructions must not be empty"),
    ],
)
def test_blank_targets(conversation, target, message):
    with pytest.raises(RpcError, match=message):
        conversation().ask("review/start", {"target": target})


def test_the_inner_turn_is_the_one_to_interrupt(conversation, told, items):
    talk = conversation({"say": [{"message": "Late."}], **SLOW})
    outer = talk.ask("review/start", {"target": CHANGES})["turn"]["id"]
    inner = next(each["params"]["turn"]["id"] for each in talk.client.take("turn/started"))

    with pytest.raises(RpcError, match=f"expected active turn id {outer} but found {inner}"):
        talk.ask("turn/interrupt", {"turnId": outer})
    talk.client.take()
    talk.ask("turn/interrupt", {"turnId": inner})
    messages = talk.client.take()
    assert items(messages, "exitedReviewMode")[0]["review"] == "Reviewer failed to output a response."
    assert items(messages, "agentMessage")[0]["text"].startswith("Review was interrupted.")
    assert messages[-1]["params"]["turn"]["status"] == "interrupted"


def test_a_review_whose_model_fails(conversation, told):
    talk = conversation({"say": [], "end": {"failed": {"code": "insufficient_quota", "message": "m"}}})
    talk.ask("review/start", {"target": CHANGES})
    messages = talk.client.take()

    assert told(messages)[-7:] == [
        "error",
        "item/started exitedReviewMode",
        "item/completed exitedReviewMode",
        "item/started agentMessage",
        "item/completed agentMessage",
        "thread/readState/changed",
        "turn/completed",
    ]
    assert messages[-1]["params"]["turn"]["status"] == "failed"


def test_a_review_can_have_a_thread_of_its_own_in_older_releases(conversation):
    talk = conversation([{"message": "Fine."}], version="0.141.0")
    answer = talk.ask("review/start", {"target": CHANGES, "delivery": "detached"})

    methods = [each["method"] for each in talk.client.received]
    assert answer["reviewThreadId"] != talk.thread
    assert methods[0] == "thread/started"
    assert methods[-1] == "turn/completed"


def test_legacy_histories_keep_the_beginning_of_a_review_apart(conversation):
    talk = conversation([{"message": json.dumps(REPORT)}], version="0.141.0")
    talk.ask("review/start", {"target": CHANGES})
    first, last = talk.ask("thread/read", {"includeTurns": True})["thread"]["turns"]

    assert [first["id"], first["status"], first["items"][0]["type"]] == ["rollout-1", "completed", "enteredReviewMode"]
    kinds = [item["type"] for item in last["items"]]
    assert kinds == ["userMessage", "userMessage", "exitedReviewMode", "agentMessage"]
    assert last["items"][2]["review"] == "because"
    assert last["status"] == "completed"


def test_legacy_histories_of_interrupted_reviews(conversation):
    talk = conversation({"say": [{"message": "Late."}], **SLOW}, version="0.141.0")
    talk.ask("review/start", {"target": CHANGES})
    inner = next(each["params"]["turn"]["id"] for each in talk.client.take("turn/started"))
    running = talk.ask("thread/read", {"includeTurns": True})["thread"]["turns"]
    talk.ask("turn/interrupt", {"turnId": inner})
    ended = talk.ask("thread/read", {"includeTurns": True})["thread"]["turns"]

    assert [turn["status"] for turn in running] == ["completed", "inProgress"]
    assert [(turn["id"], turn["status"]) for turn in ended] == [("rollout-1", "completed"), (inner, "interrupted")]


def test_a_compaction_replaces_the_conversation(conversation, told):
    talk = conversation([{"message": "Yes."}], {"when": {"kind": "compaction"}, "say": [{"message": "In short."}]})
    talk.turn("hello")
    assert talk.ask("thread/compact/start") == {}
    messages = talk.client.take()

    assert [name for name in told(messages) if "item" in name] == [
        "item/started contextCompaction",
        "item/completed contextCompaction",
    ]
    texts = [item["content"][0]["text"] for item in talk.server.threads.find(talk.thread).conversation()]
    assert texts == ["hello", "In short."]


@pytest.mark.parametrize(("version", "warnings"), [("0.141.0", 1), ("0.169.0", 0)])
def test_older_releases_warn_of_compactions(conversation, version, warnings):
    talk = conversation(version=version)
    talk.ask("thread/compact/start")

    assert len(talk.client.take("warning")) == warnings


def test_a_compaction_that_fails(conversation, told):
    failed = {"failed": {"code": "insufficient_quota", "message": "m"}}
    talk = conversation({"when": {"kind": "compaction"}, "say": [], "end": failed})
    talk.ask("thread/compact/start")
    messages = talk.client.take()

    assert "item/completed contextCompaction" not in told(messages)
    assert messages[-1]["params"]["turn"]["error"]["codexErrorInfo"] == "usageLimitExceeded"


@pytest.mark.parametrize(("method", "params"), [("thread/compact/start", {}), ("review/start", {"target": CHANGES})])
def test_what_aborts_the_running_turn(conversation, method, params):
    talk = conversation({"say": [{"message": "Slow."}], **SLOW}, {"say": [{"message": "Fine."}], "times": None})
    turn = talk.start()
    talk.client.take()
    talk.ask(method, params)
    ended = [each["params"]["turn"] for each in talk.client.take("turn/completed")]

    assert (ended[0]["id"], ended[0]["status"]) == (turn, "interrupted")
    assert ended[1]["status"] == "completed"


@pytest.mark.parametrize(
    ("method", "params", "kind"),
    [("thread/compact/start", {}, "compact"), ("review/start", {"target": CHANGES}, "review")],
)
def test_nobody_steers_them(conversation, method, params, kind):
    step = {"say": [{"message": "Slow."}], **SLOW}
    talk = conversation({**step, "when": {"kind": "compaction"}}, step)
    talk.ask(method, params)
    turn = talk.server.threads.find(talk.thread).turn.record.id
    given = [{"type": "text", "text": "more"}]

    with pytest.raises(RpcError) as refusal:
        talk.ask("turn/steer", {"expectedTurnId": turn, "input": given})
    assert refusal.value.message == f"cannot steer a {kind} turn"
    assert refusal.value.data["codexErrorInfo"] == {"activeTurnNotSteerable": {"turnKind": kind}}
    with pytest.raises(RpcError, match=f"ActiveTurnNotSteerable {{ turn_kind: {kind.capitalize()} }}"):
        talk.ask("turn/start", {"input": given})
