"""The contract of the ChatGPT backend surface says what Codex 0.141.0 and 0.169.0 send and read."""

import pytest

from codex_schemas import load


def accepts(schema: str, message: object) -> bool:
    return load("wham").validator(schema).is_valid(message)


def without(message: dict, field: str) -> dict:
    return {name: value for name, value in message.items() if name != field}


BOTH_STYLES = ("/backend-api/wham", "/api/codex")
BACKEND = ("/backend-api",)
PREFIXES = {
    BOTH_STYLES: (
        "readUsage listResetCredits consumeResetCredit readProfile queryThreadUsage queryThreadUsageV2 "
        "queryThreadEstimates readPlanLimitHistory checkAccounts sendNudgeEmail listWorkspaceMessages readUserSettings "
        "readConfigBundle readConfigRequirements listTasks readTask listSiblingTurns createTask listEnvironments "
        "listEnvironmentsByRepo"
    ),
    ("/backend-api/wham",): "readSecuritySetup",
    (*BOTH_STYLES, ""): "readAgentIdentityKeys",
    BACKEND: (
        "switchWorkspaceToken sendAnalyticsEvents listFeaturedPlugins exportCuratedPlugins listInstalledPlugins "
        "listPlugins listSuggestedPlugins listSuggestedPluginsAll listConnectors listWorkspaceConnectors callMcp "
        "openMcpStream closeMcpSession"
    ),
    ("",): "exportMetrics exportLogs exportTraces",
}


def test_every_operation_is_served_below_its_prefixes():
    expected = {operation: prefixes for prefixes, ids in PREFIXES.items() for operation in ids.split()}
    assert {operation.id: operation.prefixes for operation in load("wham").operations.values()} == expected


def test_public_operations_are_few():
    assert {operation.id for operation in load("wham").operations.values() if not operation.security} == {
        "readAgentIdentityKeys",
        "listFeaturedPlugins",
        "exportCuratedPlugins",
        "callMcp",
        "openMcpStream",
        "closeMcpSession",
        "exportMetrics",
        "exportLogs",
        "exportTraces",
    }


WINDOW = {"used_percent": 12, "limit_window_seconds": 18000, "reset_after_seconds": 60, "reset_at": 1767225600}


def usage(window: dict) -> dict:
    return {"plan_type": "pro", "rate_limit": {"allowed": True, "limit_reached": False, "primary_window": window}}


@pytest.mark.parametrize(
    ("percent", "accepted"),
    [(0, True), (100, True), (12.5, False), (-1, False), (101, False), ("12", False), (None, False)],
)
def test_used_percent_is_an_integer_up_to_100(percent, accepted):
    assert accepts("RateLimitStatusPayload", usage({**WINDOW, "used_percent": percent})) is accepted


@pytest.mark.parametrize("field", WINDOW)
def test_window_needs_every_field(field):
    assert accepts("RateLimitStatusPayload", usage(WINDOW))
    assert not accepts("RateLimitStatusPayload", usage(without(WINDOW, field)))


@pytest.mark.parametrize("field", ["limit_window_seconds", "reset_after_seconds", "reset_at"])
def test_window_fields_are_32_bit(field):
    assert accepts("RateLimitWindowSnapshot", {**WINDOW, field: 2**31 - 1})
    assert not accepts("RateLimitWindowSnapshot", {**WINDOW, field: 2**31})


@pytest.mark.parametrize("plan", ["free", "enterprise_cbp_automation", "a_later_plan"])
def test_usage_takes_any_plan_type(plan):
    assert accepts("RateLimitStatusPayload", {"plan_type": plan})


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        pytest.param({"rate_limit_reached_type": {"type": "rate_limit_reached"}}, True, id="reached-object"),
        pytest.param({"rate_limit_reached_type": {"type": "a_later_type"}}, True, id="reached-unknown"),
        pytest.param({"rate_limit_reached_type": None}, True, id="reached-null"),
        pytest.param({"rate_limit_reached_type": "rate_limit_reached"}, False, id="reached-string"),
        pytest.param({"plan_type": None}, False, id="plan-null"),
        pytest.param({"rate_limit": None, "credits": None, "spend_control": None}, True, id="sections-null"),
        pytest.param({"rate_limit": {"allowed": True}}, False, id="limit-reached-missing"),
        pytest.param({"credits": {"has_credits": True, "unlimited": False, "balance": "1.5"}}, True, id="balance-text"),
        pytest.param(
            {"credits": {"has_credits": True, "unlimited": False, "balance": 1.5}}, False, id="balance-number"
        ),
        pytest.param({"spend_control": {}}, False, id="reached-missing"),
        pytest.param({"rate_limit_reset_credits": {}}, False, id="count-missing"),
        pytest.param({"additional_rate_limits": [{"limit_name": "Example"}]}, False, id="feature-missing"),
        pytest.param({"rate_limit_upsell": ["anything"]}, True, id="upsell-any"),
        pytest.param({"a_later_field": 1}, True, id="unknown-field"),
    ],
)
def test_usage_sections_have_their_types(fields, accepted):
    assert accepts("RateLimitStatusPayload", {"plan_type": "pro", **fields}) is accepted


def test_usage_needs_a_plan_type():
    assert not accepts("RateLimitStatusPayload", {})


@pytest.mark.parametrize("field", ["id", "reset_type", "status", "granted_at"])
def test_reset_credit_needs(field):
    credit = {
        "id": "rc_1",
        "reset_type": "codex_rate_limits",
        "status": "available",
        "granted_at": "2026-01-01T00:00:00Z",
    }
    assert accepts("RateLimitResetCredits", {"available_count": 1, "credits": [credit]})
    assert not accepts("RateLimitResetCredits", {"available_count": 1, "credits": [without(credit, field)]})


@pytest.mark.parametrize("code", ["reset", "nothing_to_reset", "no_credit", "already_redeemed"])
def test_consume_answers_one_of_four_codes(code):
    assert accepts("ConsumeResetCreditResponse", {"code": code})


@pytest.mark.parametrize("body", [{"code": "refused"}, {"code": None}, {}, {"code": "reset", "windows_reset": "2"}])
def test_other_consume_answers_are_refused(body):
    assert not accepts("ConsumeResetCreditResponse", body)


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        pytest.param({"redeem_request_id": "r1"}, True, id="any-credit"),
        pytest.param({"redeem_request_id": "r1", "credit_id": "rc_1"}, True, id="chosen-credit"),
        pytest.param({"redeem_request_id": "r1", "credit_id": None}, False, id="null-credit"),
        pytest.param({"redeem_request_id": ""}, False, id="empty-id"),
        pytest.param({}, False, id="no-id"),
    ],
)
def test_consume_request_names_its_redemption(body, accepted):
    assert accepts("ConsumeResetCreditRequest", body) is accepted


@pytest.mark.parametrize(
    ("profile", "accepted"),
    [
        pytest.param({"stats": {}}, True, id="empty-stats"),
        pytest.param({"stats": {"lifetime_tokens": None, "daily_usage_buckets": None}}, True, id="nulls"),
        pytest.param({}, False, id="no-stats"),
        pytest.param({"stats": {"lifetime_tokens": 1.5}}, False, id="fraction"),
        pytest.param({"stats": {"daily_usage_buckets": [{"start_date": "2026-01-01"}]}}, False, id="no-tokens"),
        pytest.param({"stats": {"daily_usage_buckets": [{"start_date": "1 May", "tokens": 1}]}}, False, id="odd-date"),
    ],
)
def test_profile_has_stats(profile, accepted):
    assert accepts("TokenUsageProfile", profile) is accepted


@pytest.mark.parametrize(
    ("threads", "accepted"),
    [
        pytest.param(["t1"], True, id="one"),
        pytest.param([f"t{n}" for n in range(100)], True, id="hundred"),
        pytest.param([f"t{n}" for n in range(101)], False, id="hundred-and-one"),
        pytest.param(["t1", "t1"], False, id="repeated"),
        pytest.param([], False, id="none"),
    ],
)
def test_thread_usage_asks_for_1_to_100_distinct_threads(threads, accepted):
    assert accepts("ThreadUsageQuery", {"thread_ids": threads}) is accepted


def test_balance_usage_credits_is_decimal_text():
    spent = {"five_hour_limit_percent": 120.5, "weekly_limit_percent": None, "balance_usage_credits": "-0.25"}
    task = {"thread_id": "t1", "data_status": "available", "usage_source": "codex", "groups": [], **spent}
    assert accepts("TaskUsage", task)
    assert not accepts("TaskUsage", {**task, "balance_usage_credits": -0.25})


ENTRY = {"id": "acct_1", "workspace_backend_origin": "https://chatgpt.com", "account_routing_override": "NO_CONSTRAINT"}


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        pytest.param({}, True, id="smallest"),
        pytest.param({"name": None, "profile_picture_url": None}, True, id="name-null"),
        pytest.param({"workspace_backend_origin": "NO_CONSTRAINT"}, True, id="origin-of-the-base"),
        pytest.param({"workspace_backend_origin": "https://localhost:8443"}, True, id="origin-with-port"),
        pytest.param({"workspace_backend_origin": "http://chatgpt.com"}, False, id="origin-http"),
        pytest.param({"workspace_backend_origin": "https://user@chatgpt.com"}, False, id="origin-credentials"),
        pytest.param({"workspace_backend_origin": "https://chatgpt.com/path"}, False, id="origin-path"),
        pytest.param({"workspace_backend_origin": None}, False, id="origin-null"),
        pytest.param({"account_routing_override": "us_cr"}, True, id="override-us_cr"),
        pytest.param({"account_routing_override": "eu"}, False, id="override-unknown"),
        pytest.param({"structure": None}, False, id="structure-null"),
        pytest.param({"id": None}, False, id="id-null"),
    ],
)
def test_accounts_check_entry_routes(fields, accepted):
    assert accepts("AccountsCheckResponse", {"accounts": [{**ENTRY, **fields}]}) is accepted


def test_accounts_check_is_a_list():
    assert not accepts("AccountsCheckResponse", {"accounts": {"acct_1": {"account": {"account_id": "acct_1"}}}})


def test_account_ordering_is_not_null():
    assert not accepts("AccountsCheckResponse", {"accounts": [ENTRY], "account_ordering": None})


@pytest.mark.parametrize(("credit_type", "accepted"), [("credits", True), ("usage_limit", True), ("other", False)])
def test_nudge_names_a_credit_type(credit_type, accepted):
    assert accepts("NudgeEmailRequest", {"credit_type": credit_type}) is accepted


NOTICE = {"title": "Hello", "description": "World", "action": {"label": "Go", "url": "https://chatgpt.com/security"}}


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        pytest.param({}, True, id="plain"),
        pytest.param({"title": "x" * 257}, False, id="long-title"),
        pytest.param({"title": "a\u0007b"}, False, id="control-character"),
        pytest.param({"description": "x" * 2049}, False, id="long-description"),
        pytest.param({"action": {"label": "Go", "url": "http://chatgpt.com/"}}, False, id="http"),
        pytest.param({"action": {"label": "Go", "url": "https://user@chatgpt.com/"}}, False, id="credentials"),
        pytest.param({"action": {"label": "Go", "url": "https://chatgpt.com:444/"}}, False, id="port"),
        pytest.param({"action": {"label": "Go", "url": "https://chatgpt.com.example/"}}, False, id="other-host"),
    ],
)
def test_security_notice_leads_to_chatgpt(fields, accepted):
    assert accepts("SecuritySetup", {"notice": {**NOTICE, **fields}}) is accepted


def test_security_notice_may_be_null():
    assert accepts("SecuritySetup", {"notice": None})


TASK = {"id": "task_1", "title": "Fix", "archived": False, "has_unread_turn": False}


@pytest.mark.parametrize("field", TASK)
def test_task_list_item_needs(field):
    assert accepts("PaginatedListTaskListItem", {"items": [TASK]})
    assert not accepts("PaginatedListTaskListItem", {"items": [without(TASK, field)]})


def test_task_details_need_the_task():
    assert not accepts("CodeTaskDetailsResponse", {"current_user_turn": None})


@pytest.mark.parametrize(
    ("item", "accepted"),
    [
        pytest.param(
            {"type": "message", "content": ["text", {"content_type": "text", "text": "x"}]}, True, id="message"
        ),
        pytest.param({"type": "message", "content": "text"}, False, id="message-without-a-list"),
        pytest.param({"type": "output_diff", "diff": "--- a"}, True, id="output_diff"),
        pytest.param({"type": "output_diff", "diff": {"diff": "--- a"}}, False, id="output_diff-object"),
        pytest.param({"type": "pr", "output_diff": {"diff": "--- a"}}, True, id="pr"),
        pytest.param({"type": "pr", "output_diff": "--- a"}, False, id="pr-text"),
        pytest.param({"type": "pre_apply_patch", "output_diff": {"diff": "--- a"}}, True, id="pre_apply_patch"),
        pytest.param({"type": "a_later_item", "diff": 1}, True, id="unknown-type"),
        pytest.param({"diff": "--- a"}, False, id="no-type"),
    ],
)
def test_turn_item_is_read_by_its_type(item, accepted):
    assert accepts("TurnItem", item) is accepted


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        pytest.param({"task": {"id": "task_1"}}, True, id="nested"),
        pytest.param({"id": "task_1"}, True, id="flat"),
        pytest.param({}, False, id="neither"),
        pytest.param({"task": {}}, False, id="nested-without-id"),
    ],
)
def test_created_task_has_an_id(body, accepted):
    assert accepts("CreateTaskResponse", body) is accepted


@pytest.mark.parametrize("field", ["environment_id", "run_environment_in_qa_mode"])
def test_new_task_needs(field):
    task = {"environment_id": "env_1", "run_environment_in_qa_mode": False}
    items = [{"type": "message", "role": "user", "content": [{"content_type": "text", "text": "Fix"}]}]
    assert accepts("CreateTaskRequest", {"new_task": task, "input_items": items})
    assert not accepts("CreateTaskRequest", {"new_task": without(task, field), "input_items": items})


def test_environments_are_a_bare_array():
    assert accepts("EnvironmentList", [{"id": "env_1"}])
    assert not accepts("EnvironmentList", {"items": [{"id": "env_1"}]})


@pytest.mark.parametrize("bundle", [{}, {"config_toml": None}, {"requirements_toml": {"enterprise_managed": None}}])
def test_config_bundle_may_manage_nothing(bundle):
    assert accepts("ConfigBundle", bundle)


@pytest.mark.parametrize("field", ["id", "name", "contents"])
def test_config_fragment_needs(field):
    fragment = {"id": "f1", "name": "Example", "contents": ""}
    assert accepts("ConfigBundle", {"config_toml": {"enterprise_managed": [fragment]}})
    assert not accepts("ConfigBundle", {"config_toml": {"enterprise_managed": [without(fragment, field)]}})


@pytest.mark.parametrize("field", ["id", "name", "display_name"])
def test_suggested_plugin_needs(field):
    plugin = {"id": "plugin_1", "name": "example", "display_name": "Example"}
    assert accepts("SuggestedPluginList", {"enabled": True, "plugins": [plugin]})
    assert not accepts("SuggestedPluginList", {"enabled": True, "plugins": [without(plugin, field)]})
    assert not accepts("SuggestedPluginList", {"plugins": [plugin]})


@pytest.mark.parametrize(
    ("message", "accepted"),
    [
        pytest.param({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, True, id="request"),
        pytest.param({"jsonrpc": "2.0", "method": "notifications/initialized"}, True, id="notification"),
        pytest.param({"jsonrpc": "2.0", "id": "a", "result": {}}, True, id="answer"),
        pytest.param({"id": 1, "method": "tools/list"}, False, id="no-version"),
        pytest.param({"jsonrpc": "2.0", "id": 1}, False, id="neither-method-nor-result"),
        pytest.param({"jsonrpc": "2.0", "id": 1, "result": {}, "error": {"code": 1, "message": ""}}, False, id="both"),
    ],
)
def test_mcp_messages_are_json_rpc(message, accepted):
    assert accepts("JsonRpcMessage", message) is accepted
