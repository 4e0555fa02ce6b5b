"""Account messages made of the backend's answers, as the releases make them.

The values are those that real binaries were seen to answer; ``tests/real_codex`` compares with them live.
"""

from __future__ import annotations

from typing import Any

import pytest

from codex_schemas import ContractError, Problem, account
from codex_schemas import load as load_surface
from codex_schemas.app_server import versions

OLD, NEW = "0.141.0", "0.169.0"
ME = account.SignedIn("acct_one", "user_one", "me@example.com", "pro", last_used_at=5)
THREAD = "00000000-0000-7000-8000-000000000001"


def example(operation: str, name: str = "full") -> Any:
    """Return an answer of the backend that its contract gives as an example."""
    (answer,) = load_surface("wham").operation(operation).definition["responses"]["200"]["content"].values()
    return answer["examples"][name]["value"]


def usage(**changed: Any) -> Any:
    return {"plan_type": "free", **changed}


def window(seconds: int) -> Any:
    details = {"used_percent": 12, "limit_window_seconds": seconds, "reset_after_seconds": 3, "reset_at": 1_767_229_200}
    return {"allowed": True, "limit_reached": False, "primary_window": details}


def event(**changed: Any) -> Any:
    return {"type": "codex.rate_limits", "rate_limits": {"primary": {"used_percent": 12.5}}, **changed}


def limits(payload: Any, version: str = NEW, details: Any = None, **options: Any) -> Any:
    return account.rate_limits(payload, details, version, **options)


RESULTS = {
    "account/rateLimits/read": lambda version: limits(
        example("readUsage"), version, example("listResetCredits", "one"), signed_in=ME
    ),
    "account/usage/read": lambda version: account.usage(example("readProfile"), version),
    "account/rateLimitResetCredit/consume": lambda version: account.consume_outcome({"code": "no_credit"}, version),
    "account/sendAddCreditsNudgeEmail": lambda version: account.nudge_status(200, version),
    "account/workspaceMessages/read": lambda version: account.workspace_messages(
        example("listWorkspaceMessages", "one"), version
    ),
    "account/securitySetup/read": lambda version: account.security_setup(
        example("readSecuritySetup", "one"), version, signed_in=ME
    ),
    "account/read": lambda version: account.read(ME, example("checkAccounts", "workspace"), version),
    "accountSession/list": lambda version: account.sessions(ME, example("checkAccounts", "workspace"), version),
}


@pytest.mark.parametrize("method", RESULTS)
def test_a_result_fits_the_contract_of_every_release_that_has_it(method: str) -> None:
    having = [version for version in versions() if method in account.load(version, experimental=True).methods]

    for version in having:
        answer = {"id": 1, "result": RESULTS[method](version)}
        account.load(version, experimental=True).check(answer, "server", answers=method)
    assert having


def test_a_notification_fits_the_contract_of_every_release() -> None:
    for version in versions():
        params = account.rate_limits_updated(event(), version)
        message = {"method": "account/rateLimits/updated", "params": params}
        account.load(version, experimental=True).check(message, "server")


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(-61, None), (0, None), (1, 1), (60, 1), (18_000, 300), (18_001, 301)],
)
def test_the_length_of_a_window_is_rounded_up_to_minutes(seconds: int, minutes: int | None) -> None:
    assert limits(usage(rate_limit=window(seconds)))["rateLimits"]["primary"] == {
        "usedPercent": 12,
        "windowDurationMins": minutes,
        "resetsAt": 1_767_229_200,
    }


@pytest.mark.parametrize(
    ("plan", "version", "told"),
    [
        ("pro", OLD, "pro"),
        ("promax", OLD, "unknown"),
        ("promax", NEW, "promax"),
        ("education", OLD, "edu"),
        ("hc", NEW, "unknown"),
        ("hyperdrive", NEW, "unknown"),
    ],
)
def test_a_plan_is_told_as_the_release_knows_it(plan: str, version: str, told: str) -> None:
    assert limits(usage(plan_type=plan), version)["rateLimits"]["planType"] == told


@pytest.mark.parametrize(
    ("claim", "told"), [("hc", "enterprise"), ("education", "edu"), ("guest", "unknown"), (None, "unknown")]
)
def test_a_claimed_plan_has_more_spellings(claim: str | None, told: str) -> None:
    person = account.SignedIn("a", "u", "e", claim)

    assert account.read(person, None, NEW)["account"]["planType"] == told


def test_an_additional_limit_may_replace_the_main_one_in_the_map_only() -> None:
    other = {"limit_name": "Other", "metered_feature": "codex"}
    told = limits(usage(additional_rate_limits=[other]))

    assert told["rateLimits"]["limitName"] is None
    assert [bucket["limitName"] for bucket in told["rateLimitsByLimitId"].values()] == ["Other"]


@pytest.mark.parametrize(
    ("named", "own"),
    [
        ({"account_id": "acct_one", "user_id": "user_one"}, True),
        ({"account_id": "acct_one", "user_id": "user_two"}, False),
        ({"account_id": "acct_one"}, False),
        ({}, False),
    ],
    ids=["both", "another user", "account only", "nobody"],
)
@pytest.mark.parametrize("signed_in", [ME, None], ids=["signed in", "nobody signed in"])
def test_what_is_private_is_told_of_the_own_account_only(named: Any, own: bool, signed_in: Any) -> None:  # noqa: FBT001
    payload = usage(rate_limit=window(60), rate_limit_upsell={"a_b": 1}, **named)
    told = limits(payload, signed_in=signed_in)

    visible = own and signed_in is not None
    assert told["ordinaryUsageAllowed"] is (True if visible else None)
    assert told["rateLimitUpsell"] == ({"a_b": 1} if visible else None)
    assert told["accountId"] == named.get("account_id")


@pytest.mark.parametrize(
    ("granted", "seconds"),
    [
        ("2026-01-01T00:00:00Z", 1_767_225_600),
        ("2026-01-01T02:00:00.75+02:00", 1_767_225_600),
        ("1969-12-31T23:59:59.5Z", -1),
        ("soon", None),
        ("2026-01-01", None),
        ("2026-01-01T00:00:00", None),
    ],
)
def test_a_time_is_told_in_seconds_and_an_odd_one_loses_the_details(granted: str, seconds: int | None) -> None:
    credit = {"id": "one", "reset_type": "codex_rate_limits", "status": "available", "granted_at": granted}
    payload = usage(rate_limit_reset_credits={"available_count": 3})
    told = limits(payload, details={"available_count": 1, "credits": [credit]})["rateLimitResetCredits"]

    if seconds is None:
        assert told == {"availableCount": 3, "credits": None}
    else:
        assert (told["availableCount"], told["credits"][0]["grantedAt"]) == (1, seconds)


@pytest.mark.parametrize(
    ("version", "told"),
    [("0.140.0", None), (OLD, {"availableCount": 3}), (NEW, {"availableCount": 3, "credits": None})],
)
def test_without_details_a_release_tells_the_count_if_it_can(version: str, told: Any) -> None:
    result = limits(usage(rate_limit_reset_credits={"available_count": 3}), version, details={"odd": 1})

    assert result.get("rateLimitResetCredits") == told


@pytest.mark.parametrize(("percent", "told"), [(12.5, 13), (40.4, 40), (0.5, 1), (0, 0)])
def test_the_percentage_of_an_event_is_rounded(percent: float, told: int) -> None:
    params = account.rate_limits_updated(event(rate_limits={"primary": {"used_percent": percent}}), NEW)

    assert params["rateLimits"]["primary"]["usedPercent"] == told


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({}, "codex"),
        ({"limit_name": "Other"}, "other"),
        ({"limit_name": "Other", "metered_limit_name": "Codex-X"}, "codex_x"),
    ],
    ids=["unnamed", "by its name", "by its meter"],
)
def test_the_limit_of_an_event_has_an_identifier(named: Any, told: str) -> None:
    snapshot = account.rate_limits_updated(event(**named), NEW)["rateLimits"]

    assert (snapshot["limitId"], snapshot["limitName"]) == (told, None)


def test_what_an_event_leaves_out_stays_but_windows_do_not() -> None:
    balance = {"has_credits": True, "unlimited": False, "balance": "3"}
    first = account.rate_limits_updated(event(plan_type="plus", credits=balance), NEW)
    second = account.rate_limits_updated(event(rate_limits={}), NEW, before=first)
    third = account.rate_limits_updated(event(plan_type="hyperdrive"), NEW, before=second)

    assert second["rateLimits"] == {**first["rateLimits"], "primary": None}
    assert third["rateLimits"]["planType"] == "unknown"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("reset", "reset"),
        ("nothing_to_reset", "nothingToReset"),
        ("no_credit", "noCredit"),
        ("already_redeemed", "alreadyRedeemed"),
    ],
)
def test_the_outcome_of_a_reset(code: str, told: str) -> None:
    assert account.consume_outcome({"code": code}, OLD) == {"outcome": told}


def test_messages_of_a_workspace_without_the_feature() -> None:
    told = account.workspace_messages(None, NEW)

    assert told == {"featureEnabled": False, "messages": []}
    told["messages"].append("mine")
    assert account.workspace_messages(None, NEW)["messages"] == []


def test_the_usage_of_a_thread_has_no_summary() -> None:
    costs = {"estimated_usage_credits_micros": 1, "estimated_usage_usd_micros": None, "native_usage_usd_micros": 7}
    told = account.thread_usage({"threads": [{"thread_id": THREAD, **costs, "groups": []}]}, NEW)

    assert set(told["summary"].values()) == {None}
    assert told["threadUsage"]["nativeUsageUsdMicros"] == 7
    assert account.thread_usage(None, NEW)["threadUsage"] is None


def test_sessions_list_the_workspaces_in_the_order_of_the_backend() -> None:
    check = {"accounts": [{"id": "c"}, {"id": "a"}, {"id": "d"}, {"id": "b"}], "account_ordering": ["b", "a"]}
    (session,) = account.sessions(ME, check, NEW)["sessions"]

    assert [workspace["accountId"] for workspace in session["workspaces"]] == ["b", "a", "c", "d"]
    assert {workspace["kind"] for workspace in session["workspaces"]} == {None}
    (known,) = account.sessions(ME, None, NEW)["sessions"][0]["workspaces"]
    assert known == {"accountId": "acct_one", "name": None, "imageUrl": None, "kind": None}


def test_the_account_is_told_with_its_own_entry() -> None:
    entry = {
        "id": "acct_one",
        "name": "Mine",
        "workspace_backend_origin": "https://o",
        "account_routing_override": "us",
    }
    check = {"accounts": [{"id": "other", "name": "Not mine"}, entry]}

    assert account.read(ME, check, NEW) == {
        "account": {"type": "chatgpt", "email": "me@example.com", "planType": "pro", "workspaceName": "Mine"},
        "requiresOpenaiAuth": True,
        "userId": "user_one",
        "workspaceRouting": {
            "chatgptAccountId": "acct_one",
            "backendOrigin": "https://o",
            "accountRoutingOverride": "us",
        },
    }
    assert account.read(ME, None, OLD) == {
        "account": {"type": "chatgpt", "email": "me@example.com", "planType": "pro"},
        "requiresOpenaiAuth": True,
    }


@pytest.mark.parametrize(
    ("method", "params", "version", "body"),
    [
        (
            "account/rateLimitResetCredit/consume",
            {"idempotencyKey": "k", "creditId": "c"},
            OLD,
            {"redeem_request_id": "k"},
        ),
        (
            "account/rateLimitResetCredit/consume",
            {"idempotencyKey": "k", "creditId": "c"},
            NEW,
            {"redeem_request_id": "k", "credit_id": "c"},
        ),
        (
            "account/rateLimitResetCredit/consume",
            {"idempotencyKey": "k", "creditId": None},
            NEW,
            {"redeem_request_id": "k"},
        ),
        ("account/usage/read", {"threadId": THREAD}, NEW, {"thread_ids": [THREAD]}),
        ("accountSession/switch", {"sessionId": "s", "accountId": "a"}, NEW, {"workspace_id": "a"}),
    ],
    ids=["credit that the release does not know", "credit", "no credit", "thread", "workspace"],
)
def test_the_request_that_goes_to_the_backend(method: str, params: Any, version: str, body: Any) -> None:
    assert account.request(method, params, version) == body


@pytest.mark.parametrize(
    "broken",
    [
        lambda: limits({}),
        lambda: limits([]),
        lambda: limits(usage(rate_limit={"allowed": "yes"})),
        lambda: account.consume_outcome({"code": "perhaps"}, NEW),
        lambda: account.rate_limits_updated({"type": "codex.rate_limits"}, NEW),
        lambda: account.read(ME, {"accounts": [{}]}, NEW),
    ],
    ids=["no plan", "no object", "another type", "unknown code", "no limits", "entry without id"],
)
def test_an_answer_that_no_client_can_read_is_refused(broken: Any) -> None:
    with pytest.raises(ContractError):
        broken()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: account.nudge_status(500, NEW), '"sent", "cooldown_active"'),
        (lambda: account.workspace_messages({"messages": []}, OLD), "account/workspaceMessages/read"),
        (lambda: account.sessions(ME, None, "0.999.0"), "0.169.0"),
        (lambda: account.request("account/logout", {}, NEW), "account/rateLimitResetCredit/consume"),
        (
            lambda: account.workspace_messages(
                {"messages": [{"message_id": "m", "message_type": "headline", "message_body": "b", "created_at": "x"}]},
                NEW,
            ),
            "RFC 3339",
        ),
    ],
    ids=["status", "release without the message", "release", "method without a body", "time"],
)
def test_what_cannot_be_made_is_told(wrong: Any, told: str) -> None:
    with pytest.raises(Problem, match=told):
        wrong()
