"""``thread/start``: the settings of a new thread, and who hears of it."""

from __future__ import annotations

import msgspec
import pytest

from codex_mockserver.app_server import Client

READ_ONLY = {"type": "readOnly", "networkAccess": False}
WORKSPACE_WRITE = {
    "type": "workspaceWrite",
    "writableRoots": [],
    "networkAccess": False,
    "excludeTmpdirEnvVar": False,
    "excludeSlashTmp": False,
}


def tool(name, **more):
    return {"name": name, "description": "Does it", "inputSchema": {"type": "object"}, **more}


def namespace(name, *tools):
    inner = [{"type": "function", **each} for each in tools]
    return {"type": "namespace", "name": name, "description": "All of it", "tools": inner}


def test_a_plain_thread_may_only_read_and_asks_for_more(talk, release):
    started = talk(version=release).started

    assert started["sandbox"] == READ_ONLY
    assert started["approvalPolicy"] == "on-request"
    assert started["activePermissionProfile"] == {"id": ":read-only", "extends": None}
    assert started["model"] == {"0.141.0": "gpt-5.5", "0.169.0": "gpt-6.1-sol"}[release]
    assert started["thread"]["status"] == {"type": "idle"}
    assert started["thread"]["path"].endswith(f"-{started['thread']['id']}.jsonl")
    assert started["cwd"] == started["thread"]["cwd"] == "/work"


def test_the_answer_comes_before_the_notification(app_server):
    client = Client(app_server())

    client.server.receive(client.connection, '{"id": 7, "method": "thread/start", "params": {}}')

    answer, notification = (msgspec.json.decode(message) for message in client.connection.take())
    assert answer["id"] == 7
    assert notification["method"] == "thread/started"


@pytest.mark.parametrize(
    ("params", "field", "expected"),
    [
        ({"sandbox": "workspace-write"}, "sandbox", WORKSPACE_WRITE),
        ({"sandbox": "danger-full-access"}, "activePermissionProfile", None),
        ({"permissions": ":workspace"}, "sandbox", WORKSPACE_WRITE),
        ({"permissions": ":danger-full-access"}, "sandbox", {"type": "dangerFullAccess"}),
        ({"approvalPolicy": "never"}, "approvalPolicy", "never"),
        ({"approvalsReviewer": "auto_review"}, "approvalsReviewer", "auto_review"),
        ({"model": "nobody-knows"}, "model", "nobody-knows"),
        ({"config": {"model_reasoning_effort": "high"}}, "reasoningEffort", "high"),
        ({"config": {"sandbox_mode": "danger-full-access"}}, "sandbox", {"type": "dangerFullAccess"}),
        ({"runtimeWorkspaceRoots": ["/a", "/b"]}, "runtimeWorkspaceRoots", ["/a", "/b"]),
        ({"cwd": "below/it"}, "cwd", "/home/user/below/it"),
        ({"cwd": ""}, "cwd", "/home/user"),
        ({"multiAgentMode": "proactive"}, "multiAgentMode", "explicitRequestOnly"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_param_shows_in_the_answer(talk, params, field, expected):
    assert talk(**params).started[field] == expected


def test_a_granular_policy_is_written_out(talk):
    rules = {"sandbox_approval": True, "rules": True, "mcp_elicitations": False}

    started = talk(approvalPolicy={"granular": rules}).started

    assert started["approvalPolicy"] == {"granular": {**rules, "request_permissions": False, "skill_approval": False}}


def test_the_configuration_gives_the_defaults_and_params_win(talk):
    config = {
        "model": "gpt-5.4",
        "approval_policy": "never",
        "sandbox_mode": "workspace-write",
        "sandbox_workspace_write": {"network_access": True},
    }

    started = talk(config=config, model="gpt-5.2").started

    assert started["model"] == "gpt-5.2"
    assert started["approvalPolicy"] == "never"
    assert started["sandbox"] == {**WORKSPACE_WRITE, "networkAccess": True}


def test_a_dotted_key_of_the_request_reaches_into_a_table(talk):
    wanted = {"sandbox_mode": "workspace-write", "sandbox_workspace_write.network_access": True}

    assert talk().ask("thread/start", config=wanted)["sandbox"] == {**WORKSPACE_WRITE, "networkAccess": True}


@pytest.mark.parametrize(("version", "sandbox"), [("0.150.0", WORKSPACE_WRITE), ("0.160.0", READ_ONLY)])
def test_a_folder_in_which_somebody_may_write_is_trusted(talk, version, sandbox):
    thread = talk(version=version, sandbox="workspace-write")

    config = thread.ask("config/read")["config"]

    assert config["projects"] == {"/work": {"trust_level": "trusted"}}
    assert thread.ask("thread/start", cwd="/work")["sandbox"] == sandbox
    assert thread.ask("thread/start", cwd="/")["sandbox"] == READ_ONLY


@pytest.mark.parametrize(
    "config",
    [
        {"sandbox_mode": []},
        {"sandbox_mode": "everything"},
        {"approval_policy": {}},
        {"approval_policy": {"granular": {"rules": True}}},
        {"approval_policy": 5},
        {"model": 5},
        {"model_provider": []},
        {"projects": []},
        {"model_providers": 7},
    ],
    ids=str,
)
def test_a_strange_configuration_is_refused(talk, release, config):
    refusal = talk(version=release).refused("thread/start", config=config)

    assert refusal.message.startswith("failed to load configuration: ")


@pytest.mark.parametrize(
    "config",
    [
        {"thread_unload_delay_secs": "soon"},
        {"": 1, "..": 2},
        {"a.b": 1, "a": 2},
    ],
    ids=str,
)
def test_what_nobody_reads_is_ignored(talk, release, config):
    assert talk(version=release).ask("thread/start", config=config)["approvalPolicy"] == "on-request"


@pytest.mark.parametrize(
    ("cwd", "inside", "alone"),
    [
        ("/repo", ["/repo/AGENTS.md"], ["/repo/AGENTS.md"]),
        ("/repo/sub", ["/repo/AGENTS.md", "/repo/sub/AGENTS.md"], ["/repo/sub/AGENTS.md"]),
        ("/repo/blank", ["/repo/AGENTS.md"], []),
        ("/repo/other", ["/repo/AGENTS.md", "/repo/other/AGENTS.override.md"], ["/repo/other/AGENTS.override.md"]),
        ("/elsewhere", [], []),
    ],
)
def test_instructions_come_from_the_user_and_the_repository(talk, release, cwd, inside, alone):
    home = "/home/user/.codex/AGENTS.md"
    files = {
        home: "mine",
        "/repo/AGENTS.md": "all",
        "/repo/sub/AGENTS.md": "sub",
        "/repo/blank/AGENTS.md": " ",
        "/repo/other/AGENTS.md": "hidden",
        "/repo/other/AGENTS.override.md": "other",
    }
    for more, expected in (({"/repo/.git/HEAD": "x"}, inside), ({}, alone)):
        scenario = {"app_server": {"files": {**files, **more}}}
        assert talk(version=release, scenario=scenario, cwd=cwd).started["instructionSources"] == [home, *expected]


@pytest.mark.parametrize("setting", ["sandbox_mode", "approval_policy"])
def test_the_oldest_releases_refuse_a_strange_word_too(talk, setting):
    refusal = talk(version="0.66.0").refused("thread/start", config={setting: "zzz"})

    assert refusal.message.startswith("failed to load configuration: unknown variant `zzz`, expected one of ")


def test_environments_decide_the_roots(talk):
    where = [{"environmentId": "local", "cwd": "/elsewhere"}]

    new, old = talk(environments=where), talk(version="0.141.0", environments=where)

    assert new.started["runtimeWorkspaceRoots"] == ["/elsewhere"]
    assert new.started["thread"]["environments"] == [{**where[0], "runtimeWorkspaceRoots": ["/elsewhere"]}]
    assert old.started["runtimeWorkspaceRoots"] == ["/work"]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"permissions": ":workspace", "sandbox": "read-only"}, "`permissions` cannot be combined with `sandbox`"),
        (
            {"permissions": "nope"},
            "failed to load configuration: default_permissions requires a `[permissions]` table",
        ),
        ({"modelProvider": "nope"}, "failed to load configuration: Model provider `nope` not found"),
        ({"config": {"model_provider": "nope"}}, "failed to load configuration: Model provider `nope` not found"),
        (
            {"config": {"approval_policy": "zzz"}},
            (
                "failed to load configuration: unknown variant `zzz`, expected one of `untrusted`, `on-failure`, "
                "`on-request`, `granular`, `never`\nin `approval_policy`\n"
            ),
        ),
        ({"environments": [{"environmentId": "zz", "cwd": "/"}]}, "unknown turn environment id `zz`"),
        ({"projectId": "nope"}, "project not found: nope"),
    ],
    ids=["two sandboxes", "profile", "provider", "configured provider", "policy", "environment", "project"],
)
def test_what_does_not_exist_is_refused(talk, params, message):
    assert talk().refused("thread/start", **params).message == message


@pytest.mark.parametrize(
    ("tools", "message"),
    [
        ([tool("")], "dynamic tool name must not be empty"),
        ([tool(" x")], "dynamic tool name has leading/trailing whitespace:  x"),
        ([tool("a b")], "dynamic tool name must match ^[a-zA-Z0-9_-]+$ to match Responses API: a b"),
        ([tool("l"), tool("l")], "duplicate dynamic tool name: l"),
        ([tool("mcp__x")], "dynamic tool name is reserved: mcp__x"),
        ([tool("l", deferLoading=True)], "deferred dynamic tool must include a namespace: l"),
        (
            [tool("l", inputSchema=5)],
            "dynamic tool input schema is not supported for l: invalid type: number, expected struct JsonSchema",
        ),
        ([namespace("n")], "dynamic tool namespace must contain at least one tool: n"),
        ([namespace("", tool("a"))], "dynamic tool namespace must not be empty"),
        ([namespace("n", tool("a"), tool("a"))], "duplicate dynamic tool name in namespace n: a"),
        ([namespace("n", tool("a")), namespace("n", tool("b"))], "duplicate dynamic tool namespace: n"),
        (
            [namespace("functions", tool("a"))],
            "dynamic tool namespace collides with a reserved Responses API namespace: functions",
        ),
        (
            [namespace("x" * 65, tool("a"))],
            f"dynamic tool namespace must be at most 64 characters to match Responses API: {'x' * 65}",
        ),
        (
            [tool("a"), {"type": "function", **tool("b")}],
            "Invalid request: dynamic tools must use either canonical or legacy format consistently",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_bad_tool_is_refused(talk, release, tools, message):
    assert talk(version=release).refused("thread/start", dynamicTools=tools).message == message


def test_good_tools_are_taken(talk, release):
    tools = [{"type": "function", **tool("exec_command")}, namespace("n", tool("a", deferLoading=True))]

    assert talk(version=release, dynamicTools=tools).started["thread"]["status"] == {"type": "idle"}


def test_an_old_policy_is_warned_of_and_later_refused(talk):
    old = talk(version="0.141.0")
    old.ask("thread/start", approvalPolicy="on-failure")

    assert [message["method"] for message in old.client.take()] == ["thread/started", "warning"]
    assert "unknown variant `on-failure`" in talk().refused("thread/start", approvalPolicy="on-failure").message


def test_what_an_administrator_forbids_gives_way_to_what_is_allowed(talk, release):
    allowed = {"allowedApprovalPolicies": ["on-request", "untrusted"], "allowedSandboxModes": ["read-only"]}
    thread = talk(version=release, scenario={"app_server": {"requirements": allowed}})

    started = thread.ask("thread/start", approvalPolicy="never", sandbox="danger-full-access")

    assert (started["approvalPolicy"], started["sandbox"]) == ("on-request", READ_ONLY)
    policy, sandbox = (message["params"]["message"] for message in thread.client.take("warning"))
    assert policy.startswith(
        "Configured value for `approval_policy` is disallowed by requirements; "
        "falling back to required value OnRequest. Details: "
    )
    assert "falling back to required value ReadOnly" in sandbox
    assert thread.ask("thread/start", approvalPolicy="untrusted")["approvalPolicy"] == "untrusted"


def test_a_release_ignores_the_params_that_it_does_not_know(talk):
    thread = talk(version="0.141.0", historyMode="zzz", projectId="nope", daybreakEnabled=5)

    assert "historyMode" not in thread.started["thread"]


def test_the_oldest_releases_spell_policies_like_types(talk):
    started = talk(version="0.66.0", approvalPolicy="onRequest", sandbox="workspaceWrite").started

    assert started["approvalPolicy"] == "onRequest"
    assert started["sandbox"]["type"] == "workspaceWrite"
