"""The mapping table makes of the backend's answers what the real app-server makes of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from codex_mockserver import load_scenario
from codex_mockserver.world import SEEDED_NAMES
from codex_schemas import account

#: The credentials of ``expired`` are refused: nothing is read for it.
ACCOUNTS = [name for name in SEEDED_NAMES if name != "expired"]
READ_LIMITS = "account/rateLimits/read"
READ_USAGE = "account/usage/read"
THREAD = "00000000-0000-7000-8000-000000000001"
WINDOW = {"used_percent": 12, "limit_window_seconds": 18_001, "reset_after_seconds": 3, "reset_at": 1_767_229_200}

#: A usage answer with everything in it, and with windows and plans that need care.
ODD_USAGE = {
    "plan_type": "education",
    "rate_limit": {
        "allowed": True,
        "limit_reached": False,
        "primary_window": WINDOW,
        "secondary_window": {**WINDOW, "limit_window_seconds": 0},
    },
    "additional_rate_limits": [
        {
            "limit_name": "Example",
            "metered_feature": "codex_example",
            "normal_model_slug": "gpt-example",
            "rate_limit": {"allowed": False, "limit_reached": True, "primary_window": WINDOW, "secondary_window": None},
        },
        {"limit_name": "Bare", "metered_feature": "codex_bare", "rate_limit": None},
    ],
    "credits": {"has_credits": True, "unlimited": False, "balance": "12.50", "approx_local_messages": [1, 2]},
    "spend_control": {
        "reached": True,
        "individual_limit": {
            "limit": "10",
            "used": "4",
            "remaining": "6",
            "used_percent": 40,
            "remaining_percent": 60,
            "reset_after_seconds": 5,
            "reset_at": 1_767_229_300,
        },
    },
    "rate_limit_reached_type": {"type": "workspace_owner_credits_depleted", "details": 1},
    "rate_limit_reset_credits": {"available_count": 3},
    "rate_limit_upsell": {"a_b": [1]},
}
RESET_CREDITS = {
    "available_count": 2,
    "credits": [
        {
            "id": "one",
            "reset_type": "codex_rate_limits",
            "status": "redeeming",
            "granted_at": "1969-12-31T23:59:59.5Z",
            "expires_at": None,
        },
        {
            "id": "two",
            "reset_type": "odd",
            "status": "odd",
            "granted_at": "2026-01-01T02:00:00+02:00",
            "expires_at": "2026-02-01T00:00:00.75Z",
            "title": "a title",
            "description": "a description",
        },
    ],
}
UNDATED = {**RESET_CREDITS, "credits": [{**RESET_CREDITS["credits"][0], "granted_at": "soon"}]}

SPARSE_USAGES = [
    {"plan_type": "free"},
    {"plan_type": "sci", "rate_limit_reached_type": {"type": "odd"}, "spend_control": {"reached": False}},
    {
        # An additional limit that is called as the main one.
        "plan_type": "hc",
        "additional_rate_limits": [{"limit_name": "Odd", "metered_feature": "codex"}],
        "credits": {"has_credits": False, "unlimited": True},
    },
]


@pytest.fixture
def signed_in(backend, request) -> account.SignedIn:
    """What the tokens of the account say that is logged in."""
    person = backend.world.account(getattr(request, "param", "team"))
    workspace = person.workspaces[0]
    return account.SignedIn(workspace.id, person.user_id, person.email, workspace.plan_type)


def everyone(test):
    """Run a test once for each seeded account."""
    return pytest.mark.parametrize(
        ("logged_in", "signed_in"), [(name, name) for name in ACCOUNTS], indirect=True, ids=ACCOUNTS
    )(test)


def new_only(codex) -> None:
    if not codex.is_new:
        pytest.skip("0.141.0 has no such message")


def answered(backend, operation: str) -> Any:
    """Return what the backend answered last to an operation; None where it was not asked."""
    exchanges = backend.journal.requests(operation)
    return exchanges[-1].response_json if exchanges else None


def answer_with(backend, **bodies: Any) -> None:
    """Make operations answer with a body, or with a status and nothing."""
    answers = {
        operation: {"status": body} if isinstance(body, int) else {"status": 200, "body": body}
        for operation, body in bodies.items()
    }
    faults = [{"on": operation, "times": None, "answer": answer} for operation, answer in answers.items()]
    backend.script.scenario = load_scenario({"faults": faults})


@everyone
def test_every_account(codex, backend, logged_in, signed_in) -> None:
    told = [logged_in.result(READ_LIMITS), logged_in.result(READ_USAGE), logged_in.result("account/read", {})]

    said = partial(answered, backend)
    assert told == [
        account.rate_limits(said("readUsage"), said("listResetCredits"), codex.release, signed_in=signed_in),
        account.usage(said("readProfile"), codex.release),
        account.read(signed_in, said("checkAccounts"), codex.release),
    ]


@pytest.mark.parametrize("details", [RESET_CREDITS, UNDATED, 500], ids=["readable", "unreadable", "refused"])
def test_limits_that_need_care(codex, backend, logged_in, signed_in, details) -> None:
    """Whatever comes of the details of the reset credits, with limits of one's own and of somebody else."""
    read = details if codex.is_new and details != 500 else None
    for user in (signed_in.user_id, "user-other"):
        usage = {**ODD_USAGE, "account_id": signed_in.account_id, "user_id": user}
        answer_with(backend, readUsage=usage, listResetCredits=details)

        told = logged_in.result(READ_LIMITS)

        assert account.rate_limits(usage, read, codex.release, signed_in=signed_in) == told


def test_limits_that_are_sparse(codex, backend, logged_in) -> None:
    for usage in SPARSE_USAGES:
        answer_with(backend, readUsage=usage, listResetCredits=500)

        assert account.rate_limits(usage, None, codex.release) == logged_in.result(READ_LIMITS)


def test_limits_after_each_turn(codex, backend, logged_in) -> None:
    """Each notification is what the event of a response makes; not every event leads to one."""
    thread = logged_in.result("thread/start", {"cwd": str(codex.work)})["thread"]["id"]
    for _ in range(2):
        text = {"type": "text", "text": "hello", "text_elements": []}
        logged_in.result("turn/start", {"threadId": thread, "input": [text]})
        logged_in.notification("turn/completed")
    logged_in.notification("account/rateLimits/updated")

    told = [message["params"] for _, message in logged_in.said if message.get("method") == "account/rateLimits/updated"]
    events = [event for socket in backend.journal.requests("connectResponses") for event in socket.events]
    made = [
        account.rate_limits_updated(event, codex.release) for event in events if event["type"] == "codex.rate_limits"
    ]
    assert [each for each in told if each not in made] == []


def test_a_reset(codex, backend, logged_in) -> None:
    method, params = "account/rateLimitResetCredit/consume", {"idempotencyKey": "one", "creditId": "two"}
    for code in ("reset", "nothing_to_reset", "no_credit", "already_redeemed"):
        answer = {"code": code, "windows_reset": 1}
        answer_with(backend, consumeResetCredit=answer)

        assert account.consume_outcome(answer, codex.release) == logged_in.result(method, params)

    sent = backend.journal.requests("consumeResetCredit")[0].json
    assert account.request(method, params, codex.release) == sent


def test_a_nudge(codex, backend, logged_in) -> None:
    method, params = "account/sendAddCreditsNudgeEmail", {"creditType": "usage_limit"}
    for status in (204, 429):
        answer_with(backend, sendNudgeEmail=status)

        assert account.nudge_status(status, codex.release) == logged_in.result(method, params)

    sent = backend.journal.requests("sendNudgeEmail")[0].json
    assert account.request(method, params, codex.release) == sent


def test_usage_of_a_thread(codex, backend, logged_in) -> None:
    new_only(codex)
    groups = [
        {"estimated_usage_credits_micros": 1, "model": "gpt-example", "reasoning_effort": "high", "total_tokens": 9},
        {"estimated_usage_credits_micros": 2, "speed": "fast", "net_new_input_tokens": 1, "cached_input_tokens": 2},
        {"estimated_usage_credits_micros": 3, "input_tokens": 3, "output_tokens": 4},
    ]
    costs = {"estimated_usage_credits_micros": 6, "estimated_usage_usd_micros": None, "native_usage_usd_micros": 7}
    answer = {"threads": [{"thread_id": THREAD, **costs, "groups": groups}]}
    answer_with(backend, queryThreadUsage=answer)

    assert account.thread_usage(answer, codex.release) == logged_in.result(READ_USAGE, {"threadId": THREAD})
    sent = backend.journal.single_request("queryThreadUsage").json
    assert account.request(READ_USAGE, {"threadId": THREAD}, codex.release) == sent

    answer_with(backend, queryThreadUsage=404)

    assert account.thread_usage(None, codex.release) == logged_in.result(READ_USAGE, {"threadId": THREAD})


def test_messages_of_the_workspace(codex, backend, logged_in) -> None:
    new_only(codex)
    first = {"message_id": "one", "message_type": "headline", "message_body": "b", "created_at": "2026-01-01T00:00:00Z"}
    second = {"message_id": "two", "message_type": "odd", "message_body": "b", "archived_at": "2026-01-01T00:00:00.9Z"}
    answer = {"messages": [first, second]}
    answer_with(backend, listWorkspaceMessages=answer)

    assert account.workspace_messages(answer, codex.release) == logged_in.result("account/workspaceMessages/read")

    answer_with(backend, listWorkspaceMessages=404)

    assert account.workspace_messages(None, codex.release) == logged_in.result("account/workspaceMessages/read")


def test_the_security_notice(codex, backend, logged_in, signed_in) -> None:
    new_only(codex)
    action = {"label": "Set up", "url": "https://chatgpt.com/security"}
    answer = {"notice": {"title": "Add a passkey", "description": "It protects.", "action": action}}
    for given in (answer, None):
        answer_with(backend, readSecuritySetup=given or 500)

        told = logged_in.result("account/securitySetup/read")

        assert account.security_setup(given, codex.release, signed_in=signed_in) == told


def test_sessions(codex, backend, logged_in, signed_in) -> None:
    new_only(codex)
    routing = {"workspace_backend_origin": "https://chatgpt.com", "account_routing_override": "NO_CONSTRAINT"}
    check = {
        "accounts": [
            {"id": "three", "name": "Three", "structure": "workspace"},
            {"id": signed_in.account_id, "profile_picture_url": "https://picture", "structure": "personal", **routing},
            {"id": "four", "name": None, "structure": "odd"},
            {"id": "one", "name": "One"},
        ],
        "account_ordering": ["one", signed_in.account_id],
    }
    answer_with(backend, checkAccounts=check)

    for refreshed in (False, True):
        told = logged_in.result("accountSession/list", {"refreshWorkspaceMetadata": refreshed})

        person = replace(signed_in, last_used_at=told["sessions"][0]["lastUsedAt"])
        assert account.sessions(person, check if refreshed else None, codex.release) == told
