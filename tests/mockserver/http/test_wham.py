"""WHAM over HTTP: every operation for every seeded account, in both path styles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from codex_mockserver.http import create_app
from codex_mockserver.world import SEEDED_NAMES, Clock, Workspace, World
from codex_mockserver.world.limits import record_turn
from codex_mockserver.world.tokens import issue_tokens
from codex_schemas import load

NOW = 1_800_000_000.0
WHAM = "/backend-api/wham"
STYLES = (WHAM, "/api/codex")
CONTRACT = load("wham")

#: A good request body of each operation that takes one; ``ENV`` stands for an environment's id.
BODIES: dict[str, Any] = {
    "consumeResetCredit": {"redeem_request_id": "request-1"},
    "queryThreadUsage": {"thread_ids": ["thread-1", "thread-2"]},
    "queryThreadUsageV2": {
        "threads": [{"thread_id": "thread-1", "created_at": None, "descendant_thread_ids": ["thread-2"]}]
    },
    "queryThreadEstimates": {
        "threads": [{"thread_id": "thread-1", "turn_ids": ["turn-1"]}],
        "include_settled_response_ids": True,
    },
    "sendNudgeEmail": {"credit_type": "credits"},
    "switchWorkspaceToken": {"workspace_id": "WORKSPACE"},
    "createTask": {
        "new_task": {"environment_id": "ENV", "branch": "main", "run_environment_in_qa_mode": False},
        "input_items": [
            {"type": "message", "role": "user", "content": [{"content_type": "text", "text": "Fix the build"}]}
        ],
        "metadata": {"best_of_n": 2},
    },
    "sendAnalyticsEvents": {"events": [{"event_type": "codex_turn_event", "event_params": {}}]},
    "callMcp": {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}},
    "exportMetrics": {"resourceMetrics": []},
    "exportLogs": {"resourceLogs": []},
    "exportTraces": {"resourceSpans": []},
}

#: Operations whose answer is not 200.
STATUSES = {"sendNudgeEmail": 204, "exportCuratedPlugins": 404, "openMcpStream": 405}


@pytest.fixture
def world() -> World:
    return World(seed=1, clock=Clock(frozen_at=NOW))


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(world=world))
    async with httpx.AsyncClient(transport=transport, base_url="https://chatgpt.com") as client:
        yield client


def credentials(world: World, name: str, workspace: Workspace | None = None) -> dict[str, str]:
    account = world.account(name)
    workspace = workspace or account.workspaces[0]
    return {"authorization": f"Bearer {account.personal_access_token}", "chatgpt-account-id": workspace.id}


def filled(value: Any, replacements: dict[str, str]) -> Any:
    """Return a body with its placeholders replaced."""
    if isinstance(value, dict):
        return {key: filled(part, replacements) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, replacements) for part in value]
    return replacements.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("name", SEEDED_NAMES)
@pytest.mark.parametrize("operation_id", CONTRACT.operations)
async def test_every_answer_fits_the_contract(
    client: httpx.AsyncClient, world: World, operation_id: str, name: str
) -> None:
    operation = CONTRACT.operation(operation_id)
    workspace = world.account(name).workspaces[0]
    record_turn(world, workspace, 1000, "thread-1")
    task = next(task.id for task in world.state.tasks.values() if task.workspace == workspace.id)
    values = {"task_id": task, "turn_id": f"{task}~assttrn_0", "provider": "github", "owner": "acme", "repo": "api"}
    body = filled(BODIES.get(operation_id), {"ENV": workspace.environments[0].id, "WORKSPACE": workspace.id})
    headers = credentials(world, name)
    if operation_id == "switchWorkspaceToken":
        world.account(name).credentials_expired = False
        headers = {"authorization": f"Bearer {issue_tokens(world, name).access_token}"}

    for prefix in operation.prefixes:
        world.state.accounts[name].workspaces[0].nudged_at = None
        path = prefix + operation.path.format_map(values)
        answer = await client.request(operation.method, path, headers=headers, json=body)

        assert answer.status_code == STATUSES.get(operation_id, 200), answer.text
        if "content-type" in answer.headers:
            validator = CONTRACT.response_validator(operation, answer.status_code, answer.headers["content-type"])
            assert validator is not None
            validator.check(answer.json())


@pytest.mark.parametrize("operation_id", [o.id for o in CONTRACT.operations.values() if o.security])
async def test_without_credentials_an_operation_is_refused(client: httpx.AsyncClient, operation_id: str) -> None:
    operation = CONTRACT.operation(operation_id)
    values = {"task_id": "t", "turn_id": "u", "provider": "github", "owner": "acme", "repo": "api"}

    for prefix in operation.prefixes:
        answer = await client.request(operation.method, prefix + operation.path.format_map(values))

        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "missing_token"


@pytest.mark.parametrize("path", ["/usage", "/accounts/check", "/tasks/list", "/environments", "/profiles/me"])
async def test_both_path_styles_answer_the_same_bytes(client: httpx.AsyncClient, world: World, path: str) -> None:
    answers = [await client.get(style + path, headers=credentials(world, "team")) for style in STYLES]

    assert answers[0].content == answers[1].content


async def test_a_reset_is_seen_in_usage_and_the_list(client: httpx.AsyncClient, world: World) -> None:
    headers = credentials(world, "limited")
    before = (await client.get(f"{WHAM}/usage", headers=headers)).json()
    body = {"redeem_request_id": "request-1"}
    codes = [
        (await client.post(f"{style}/rate-limit-reset-credits/consume", headers=headers, json=body)).json()
        for style in STYLES
    ]
    after = (await client.get(f"{WHAM}/usage", headers=headers)).json()
    listed = (await client.get(f"{WHAM}/rate-limit-reset-credits", headers=headers)).json()

    assert (before["rate_limit"]["limit_reached"], before["rate_limit_reset_credits"]["available_count"]) == (True, 1)
    assert codes == [{"code": "reset", "windows_reset": 1}, {"code": "already_redeemed", "windows_reset": 0}]
    assert (after["rate_limit"]["limit_reached"], after["rate_limit_reset_credits"]["available_count"]) == (False, 0)
    assert [credit["status"] for credit in listed["credits"]] == ["redeemed"]


async def test_a_named_credit_is_the_one_that_is_spent(client: httpx.AsyncClient, world: World) -> None:
    workspace = world.account("pro").workspaces[0]
    record_turn(world, workspace, 1000)
    body = {"redeem_request_id": "request-1", "credit_id": workspace.reset_credits[1].id}
    await client.post(f"{WHAM}/rate-limit-reset-credits/consume", headers=credentials(world, "pro"), json=body)

    assert [credit.status for credit in workspace.reset_credits] == ["available", "redeemed"]


async def test_a_second_nudge_is_refused_with_the_time_to_wait(client: httpx.AsyncClient, world: World) -> None:
    headers, path = credentials(world, "team"), f"{WHAM}/accounts/send_add_credits_nudge_email"
    first = await client.post(path, headers=headers, json={"credit_type": "credits"})
    world.clock.advance(10)
    second = await client.post(path, headers=headers, json={"credit_type": "usage_limit"})

    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 429
    assert second.headers["retry-after"] == str(24 * 3600 - 10)


async def test_a_switch_gives_a_token_for_the_other_workspace(client: httpx.AsyncClient, world: World) -> None:
    first, second = world.account("team").workspaces
    path = "/backend-api/accounts/switch-workspace-token"
    headers = {"authorization": f"Bearer {issue_tokens(world, 'team').access_token}"}
    answer = await client.post(path, headers=headers, json={"workspace_id": second.id})
    headers = {"authorization": f"Bearer {answer.json()['access_token']}", "chatgpt-account-id": second.id}
    usage = (await client.get(f"{WHAM}/usage", headers=headers)).json()

    assert usage["account_id"] == second.id != first.id


async def test_a_switch_to_a_foreign_workspace_is_refused(client: httpx.AsyncClient, world: World) -> None:
    foreign = world.account("pro").workspaces[0]
    headers = {"authorization": f"Bearer {issue_tokens(world, 'team').access_token}"}

    answer = await client.post(
        "/backend-api/accounts/switch-workspace-token", headers=headers, json={"workspace_id": foreign.id}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_workspace")


async def test_a_created_task_is_listed_read_and_completed(client: httpx.AsyncClient, world: World) -> None:
    headers, environment = credentials(world, "plus"), world.account("plus").workspaces[0].environments[0]
    body = filled(BODIES["createTask"], {"ENV": environment.id})
    made = (await client.post(f"{WHAM}/tasks", headers=headers, json=body)).json()["task"]["id"]
    listed = (await client.get(f"{WHAM}/tasks/list?limit=1&task_filter=current", headers=headers)).json()
    world.clock.advance(5)
    detail = (await client.get(f"{WHAM}/tasks/{made}", headers=headers)).json()
    turn = detail["current_assistant_turn"]["id"]
    others = (await client.get(f"{WHAM}/tasks/{made}/turns/{turn}/sibling_turns", headers=headers)).json()

    assert [item["id"] for item in listed["items"]] == [made]
    assert detail["task"]["task_status_display"]["latest_turn_status_display"]["turn_status"] == "completed"
    assert [other["turn_status"] for other in others["sibling_turns"]] == ["completed"]


async def test_a_task_reads_its_prompt_and_starting_diff_from_the_items(
    client: httpx.AsyncClient, world: World
) -> None:
    headers, environment = credentials(world, "plus"), world.account("plus").workspaces[0].environments[0]
    body = {
        "new_task": {"environment_id": environment.id, "run_environment_in_qa_mode": False},
        "input_items": [
            {"type": "message", "content": ["One", {"content_type": "text", "text": "Two"}, {"content_type": "image"}]},
            {"type": "message", "role": "assistant", "content": ["Not this"]},
            {"type": "pre_apply_patch", "output_diff": {"diff": "diff --git a/x b/x\n"}},
            {"type": "something_new"},
        ],
    }
    made = (await client.post(f"{WHAM}/tasks", headers=headers, json=body)).json()["task"]["id"]

    task = world.state.tasks[made]

    assert (task.prompt, task.starting_diff, len(task.attempts)) == ("One\n\nTwo", "diff --git a/x b/x\n", 1)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/tasks/task_e_unknown", 404),
        ("GET", "/tasks/task_e_unknown/turns/x/sibling_turns", 404),
        ("GET", "/environments/by-repo/gitlab/acme/api", 404),
        ("GET", "/tasks/list?limit=0", 400),
        ("GET", "/tasks/list?limit=101", 400),
        ("GET", "/tasks/list?limit=ten", 400),
        ("GET", "/tasks/list?limit=%D9%A1", 400),
        ("GET", f"/tasks/list?limit={'9' * 5000}", 400),
        ("GET", "/tasks/list?task_filter=mine", 400),
        ("GET", "/tasks/list?cursor=nonsense", 400),
        ("GET", "/usage/plan_limit_history?days=-1", 400),
    ],
)
async def test_a_request_that_cannot_be_served_says_why(
    client: httpx.AsyncClient, world: World, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, WHAM + path, headers=credentials(world, "plus"))

    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("operation_id", "change", "status"),
    [
        pytest.param("createTask", {"new_task": {"environment_id": "env_unknown"}}, 400, id="half a task"),
        pytest.param("createTask", {"metadata": {"best_of_n": 9}}, 400, id="nine attempts"),
        pytest.param("createTask", {"metadata": {"best_of_n": "2"}}, 400, id="attempts as text"),
        pytest.param("createTask", {"input_items": [{"type": "message", "content": []}]}, 400, id="no prompt"),
        pytest.param(
            "createTask",
            {"new_task": {"environment_id": "env_unknown", "run_environment_in_qa_mode": False}},
            404,
            id="an unknown environment",
        ),
        pytest.param("consumeResetCredit", {"redeem_request_id": ""}, 400, id="an empty request id"),
        pytest.param("sendNudgeEmail", {"credit_type": "cash"}, 400, id="an unknown credit type"),
        pytest.param("queryThreadUsage", {"thread_ids": []}, 400, id="no threads"),
        pytest.param(
            "queryThreadUsageV2",
            {"threads": [{"thread_id": "a", "created_at": None, "descendant_thread_ids": ["a"]}]},
            400,
            id="a thread below itself",
        ),
    ],
)
async def test_a_body_that_cannot_be_served_changes_nothing(
    client: httpx.AsyncClient, world: World, operation_id: str, change: dict[str, Any], status: int
) -> None:
    environment = world.account("plus").workspaces[0].environments[0].id
    body = filled(BODIES[operation_id], {"ENV": environment}) | change
    before = world.snapshot()

    answer = await client.post(
        WHAM + CONTRACT.operation(operation_id).path, headers=credentials(world, "plus"), json=body
    )

    assert answer.status_code == status, answer.text
    assert world.snapshot() == before


async def test_a_workspace_does_not_see_the_tasks_of_another(client: httpx.AsyncClient, world: World) -> None:
    first, second = world.account("team").workspaces
    task = next(task.id for task in world.state.tasks.values() if task.workspace == first.id)

    answers = [
        await client.get(f"{WHAM}/tasks/{task}", headers=credentials(world, "team", workspace))
        for workspace in (first, second)
    ]

    assert [answer.status_code for answer in answers] == [200, 404]


async def test_telemetry_may_be_protobuf(world: World) -> None:
    transport = httpx.ASGITransport(create_app(world=world))
    async with httpx.AsyncClient(transport=transport, base_url="https://ab.chatgpt.com") as client:
        answer = await client.post(
            "/otlp/v1/metrics", content=b"\x0a\x00\xff", headers={"content-type": "application/x-protobuf"}
        )

    assert (answer.status_code, answer.json()) == (200, {})


async def test_ignored_calls_are_kept_in_the_journal(world: World) -> None:
    app = create_app(world=world)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://chatgpt.com") as client:
        await client.post(
            "/backend-api/codex/analytics-events/events",
            headers=credentials(world, "plus"),
            json=BODIES["sendAnalyticsEvents"],
        )

    assert app.journal.single_request("sendAnalyticsEvents").json == BODIES["sendAnalyticsEvents"]
