"""A model that fails: the words and the kind of the error, and what is tried again."""

from __future__ import annotations

import pytest

CONFIG = {
    "model_provider": "mine",
    "model_providers": {"mine": {"name": "mine", "request_max_retries": 0, "stream_max_retries": 0}},
}
RESETS = {"type": "usage_limit_reached", "resets_at": 1_900_000_000}
LIMIT = "hit your usage limit."
NO_ROOM = "Codex ran out of room in the model's context window."

#: An answer of the service, what 0.141.0 makes of it, and what 0.169.0 does: message and ``codexErrorInfo``.
ANSWERS = {
    "400": ({"status": 400, "body": "bad"}, ("bad", "other"), ("bad", "other")),
    "400 context": (
        {"status": 400, "body": {"error": {"code": "context_length_exceeded", "message": "long"}}},
        ('{"error":{"code":"context_length_exceeded","message":"long"}}', "other"),
        (NO_ROOM, "contextWindowExceeded"),
    ),
    "400 policy": (
        {"status": 400, "body": {"error": {"code": "cyber_policy", "message": "no"}}},
        ("no", "cyberPolicy"),
        ("no", "cyberPolicy"),
    ),
    "401": (
        {"status": 401, "body": "no auth"},
        ("unexpected status 401 Unauthorized: no auth, url: ", "other"),
        ("unexpected status 401 Unauthorized: no auth, url: ", {"httpConnectionFailed": {"httpStatusCode": 401}}),
    ),
    "404 model": (
        {"status": 404, "body": {"error": {"code": "model_not_found", "message": "none"}}},
        ("unexpected status 404 Not Found: none, url: ", "other"),
        ("none", "modelNotFound"),
    ),
    "404 empty": (
        {"status": 404},
        ("unexpected status 404 Not Found: Unknown error, url: ", "other"),
        ("unexpected status 404 Not Found: Unknown error, url: ", {"httpConnectionFailed": {"httpStatusCode": 404}}),
    ),
    "429": (
        {"status": 429, "body": "slow"},
        (
            "exceeded retry limit, last status: 429 Too Many Requests",
            {"responseTooManyFailedAttempts": {"httpStatusCode": 429}},
        ),
        (
            "exceeded retry limit, last status: 429 Too Many Requests",
            {"responseTooManyFailedAttempts": {"httpStatusCode": 429}},
        ),
    ),
    "429 free": (
        {"status": 429, "body": {"error": {**RESETS, "plan_type": "free"}}},
        (f"You've {LIMIT} Upgrade to Plus", "usageLimitExceeded"),
        (f"You\u2019ve {LIMIT} Upgrade to Plus", "usageLimitExceeded"),
    ),
    "429 without a way out": (
        {"status": 429, "body": {"error": RESETS}},
        (f"You've {LIMIT} Try again at Mar 17th, 2030 5:46 PM.", "usageLimitExceeded"),
        (f"You\u2019ve {LIMIT} Try again at Mar 17th, 2030 5:46 PM.", "usageLimitExceeded"),
    ),
    "429 not included": (
        {"status": 429, "body": {"error": {"type": "usage_not_included"}}},
        ("To use Codex with your ChatGPT plan, upgrade to Plus", "usageLimitExceeded"),
        ("To use Codex with your ChatGPT plan, upgrade to Plus", "usageLimitExceeded"),
    ),
    "500": (
        {"status": 500},
        ("We're currently experiencing high demand", "internalServerError"),
        ("We\u2019re currently experiencing high demand", "internalServerError"),
    ),
    "503 overloaded": (
        {"status": 503, "body": {"error": {"code": "server_is_overloaded"}}},
        ("Selected model is at capacity.", "serverOverloaded"),
        ("Selected model is at capacity.", "serverOverloaded"),
    ),
    "503 slow down": (
        {"status": 503, "body": {"error": {"code": "slow_down", "message": "later"}}},
        ("Selected model is at capacity.", "serverOverloaded"),
        ("rate limit exceeded: later", "rateLimitExceeded"),
    ),
    "503 policy": (
        {"status": 503, "body": {"error": {"code": "policy_capacity_unavailable", "message": "x"}}},
        ("unexpected status 503 Service Unavailable: x, url: ", "other"),
        ("Policy-restricted capacity is unavailable.", "policyCapacityUnavailable"),
    ),
}

#: The code of a response that failed, with the same.
CODES = {
    "context_length_exceeded": ((NO_ROOM, "contextWindowExceeded"), (NO_ROOM, "contextWindowExceeded")),
    "insufficient_quota": (("Quota exceeded.", "usageLimitExceeded"), ("Quota exceeded.", "usageLimitExceeded")),
    "invalid_prompt": (("Oh.", "other"), ("Oh.", "other")),
    "slow_down": (
        ("Selected model is at capacity.", "serverOverloaded"),
        ("rate limit exceeded: Oh.", "rateLimitExceeded"),
    ),
    "server_error": (
        ("stream disconnected before completion: Oh.", "other"),
        ("stream disconnected before completion: Oh.", "other"),
    ),
}


def errors(messages):
    return [each["params"] for each in messages if each["method"] == "error"]


@pytest.fixture
def failing(conversation):
    """Return what starts a turn under faults, with nothing tried again unless the configuration says so."""

    def start(*faults, version=None, model=(), config=None):
        scenario = {
            "app_server": {"account": None, "config": {**CONFIG, **(config or {})}},
            "faults": [{"on": "createResponse", **fault} for fault in faults],
        }
        return conversation(*model, version=version, scenario=scenario)

    return start


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_the_service(failing, release, name):
    answer, *expected = ANSWERS[name]
    (error,) = errors(failing({"answer": answer}, version=release).turn())

    message, info = expected[release == "0.169.0"]
    assert error["error"]["message"].startswith(message)
    assert (error["error"]["codexErrorInfo"], error["willRetry"]) == (info, False)


@pytest.mark.parametrize("code", CODES)
def test_responses_that_failed(failing, release, code):
    step = {"say": [], "end": {"failed": {"code": code, "message": "Oh."}}}
    (error,) = errors(failing(version=release, model=[step]).turn())

    message, info = CODES[code][release == "0.169.0"]
    assert error["error"]["message"].startswith(message)
    assert error["error"]["codexErrorInfo"] == info


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"at": "last", "end": True}, "stream closed before response.completed"),
        ({"at": 4, "cut": True}, "Transport error: network error: error decoding response body"),
        (
            {"at": "last", "replace": {"type": "response.completed", "response": {}}},
            "failed to parse ResponseCompleted: missing field `id`",
        ),
        ({"cut": True}, "error sending request"),
    ],
    ids=["end", "cut", "unreadable end", "unsent"],
)
def test_streams_that_are_lost(failing, fault, reason):
    (error,) = errors(failing(fault).turn())

    assert error["error"]["message"] == f"stream disconnected before completion: {reason}"


def test_an_event_that_cannot_be_read_is_left_out(failing, items):
    messages = failing({"at": 4, "replace": "{nope"}, model=[[{"message": "Yes."}]]).turn()

    assert errors(messages) == []
    assert items(messages, "agentMessage")[0]["text"] == "Yes."


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.output_item.done"},
        {"type": "response.output_item.done", "item": {"type": "function_call", "id": "fc_1", "name": "exec_command"}},
        {"type": "response.output_item.added", "item": 5},
        {"type": "response.output_text.delta"},
        {"type": 5},
        "[]",
    ],
)
def test_an_event_that_is_none_is_left_out(failing, items, event):
    messages = failing({"at": 1, "insert": event}, model=[[{"message": "Yes."}]]).turn()

    assert items(messages, "agentMessage")[0]["text"] == "Yes."
    assert messages[-1]["params"]["turn"]["status"] == "completed"


@pytest.mark.parametrize(("setting", "seconds"), [({}, 300.0), ({"stream_idle_timeout_ms": 2500}, 2.5)])
def test_silence_ends_a_stream(failing, real_time, setting, seconds):
    mine = {**CONFIG["model_providers"]["mine"], **setting}
    talk = failing({"at": 4, "idle": True}, config={"model_providers": {"mine": mine}})
    talk.turn()
    real_time.seconds += seconds - 0.1
    talk.client.wake()
    assert not errors(talk.client.take())
    real_time.seconds += 0.2
    talk.client.wake()

    (error,) = errors(talk.client.take())
    assert error["error"]["message"].endswith("idle timeout waiting for SSE")


def test_a_response_that_stays_incomplete(failing, release):
    step = {"say": [{"message": "Half"}], "end": {"incomplete": "max_output_tokens"}}
    (error,) = errors(failing(version=release, model=[step]).turn())

    assert error["error"]["message"].endswith("Incomplete response returned, reason: max_output_tokens")


def test_the_order_of_a_failure(failing, told):
    messages = failing({"answer": {"status": 500}}).turn()

    assert told(messages)[-4:] == [
        "thread/status/changed",
        "error",
        "thread/readState/changed",
        "turn/completed",
    ]
    assert messages[-4]["params"]["status"] == {"type": "systemError"}
    assert messages[-1]["params"]["turn"]["error"] == messages[-3]["params"]["error"]


def test_the_turn_after_a_failure_runs(failing, items):
    talk = failing({"answer": {"status": 500}}, model=[[{"message": "Better."}]])
    talk.turn()
    messages = talk.turn()

    assert items(messages, "agentMessage")[0]["text"] == "Better."
    assert messages[-1]["params"]["turn"]["status"] == "completed"


def test_a_lost_stream_is_begun_again(failing, items, told, real_time):
    config = {"model_providers": {"mine": {"name": "mine", "stream_max_retries": 2}}}
    cut = {"at": {"event": "response.output_text.done"}, "end": True}
    talk = failing(cut, model=[[{"message": "A whole answer"}]], config=config)
    messages = talk.turn()
    (error,) = errors(messages)
    real_time.seconds = 1.0
    talk.client.wake()

    assert items(messages, "agentMessage") == []
    assert error["willRetry"] is True
    assert error["error"]["message"] == "Reconnecting... 1/2"
    assert error["error"]["codexErrorInfo"] == {"responseStreamDisconnected": {"httpStatusCode": None}}
    assert items(talk.client.take(), "agentMessage")[0]["text"] == "A whole answer"


def test_a_request_is_repeated_without_a_word(failing, items, real_time):
    config = {"model_providers": {"mine": {"name": "mine", "request_max_retries": 1}}}
    talk = failing({"answer": {"status": 502}}, config=config)
    messages = talk.turn()
    real_time.seconds = 1.0
    talk.client.wake()

    assert errors(messages) == []
    assert len(items(talk.client.take(), "agentMessage")) == 1


def test_the_service_says_when_to_try_again(failing, items, real_time):
    config = {"model_providers": {"mine": {"name": "mine", "stream_max_retries": 1}}}
    talk = failing({"answer": {"status": 429, "headers": {"Retry-After": "7"}}}, config=config)
    talk.turn()
    real_time.seconds = 6.0
    talk.client.wake()
    too_early = talk.client.take()
    real_time.seconds = 7.0
    talk.client.wake()

    assert too_early == []
    assert len(items(talk.client.take(), "agentMessage")) == 1


def test_what_delays_a_request_delays_the_turn(failing, items, real_time):
    talk = failing({"delay": 3}, {"at": "answer", "hold": "gate"})
    talk.turn()
    real_time.seconds = 3.0
    talk.client.wake()
    assert items(talk.client.take(), "agentMessage") == []
    talk.server.gates.open("gate")
    talk.client.wake()

    assert len(items(talk.client.take(), "agentMessage")) == 1
