"""The mock app-server answers as the real one does: the account, the configuration, files, commands and the rest."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from codex_mockserver.app_server import AppServer as Mock
from codex_mockserver.app_server import Client, RpcError
from codex_mockserver.model import load_scenario

Json = dict[str, Any]
Step = tuple[str, Json | None]

MISSING = "00000000-0000-4000-8000-000000000000"
PIXEL = "YQ=="
FREE = {"type": "dangerFullAccess"}


def write(path: str, value: Any, **more: Any) -> Step:
    return "config/value/write", {"keyPath": path, "value": value, "mergeStrategy": "replace", **more}


def run(*command: str, **params: Any) -> Step:
    return "command/exec", {"command": list(command), **params}


def spawn(*command: str, **params: Any) -> Step:
    return "process/spawn", {"command": list(command), "cwd": "<work>", "processHandle": "h", **params}


def file(method: str, path: str, **params: Any) -> Step:
    return f"fs/{method}", {"path": f"<work>/{path}", **params}


def copy(source: str, target: str, **params: Any) -> Step:
    return "fs/copy", {"sourcePath": f"<work>/{source}", "destinationPath": f"<work>/{target}", **params}


def search(query: str) -> Step:
    return "fuzzyFileSearch", {"query": query, "roots": ["<work>"]}


AREAS: dict[str, list[Step]] = {
    "account": [
        ("account/read", {}),
        ("getAuthStatus", {"includeToken": True}),
        ("account/rateLimits/read", None),
        ("account/usage/read", None),
        ("account/workspaceMessages/read", None),
        ("account/securitySetup/read", None),
        ("account/sendAddCreditsNudgeEmail", {"creditType": "credits"}),
        ("account/rateLimitResetCredit/consume", {"idempotencyKey": ""}),
        ("account/rateLimitResetCredit/consume", {"idempotencyKey": "x", "creditId": ""}),
        ("accountSession/list", {}),
        ("accountSession/switch", {"sessionId": "x", "accountId": "y"}),
        ("account/gatewayOAuth/read", {"modelProvider": "nope"}),
        ("account/bedrock/setup", {"type": "profile", "profile": "x", "region": "nowhere"}),
        ("account/gcp/setup", {"projectId": ""}),
        ("account/login/cancel", {"loginId": "nope"}),
        ("account/login/cancel", {"loginId": MISSING}),
        ("account/login/start", {"type": "chatgptAuthTokens", "accessToken": "nope", "chatgptAccountId": "x"}),
        ("account/login/start", {"type": "apiKey", "apiKey": "k"}),
        ("account/read", {}),
        ("getAuthStatus", {"includeToken": True}),
        ("account/rateLimits/read", None),
        ("account/logout", None),
        ("account/read", {}),
    ],
    "configuration": [
        write("model", "x"),
        write("a.b.c", 1),
        write("a.b", {"d": 2}, mergeStrategy="upsert"),
        write('"a.b".c', value=True),
        write("model", None),
        write("approval_policy", "bogus"),
        write("sandbox_mode", "weird"),
        write("model", 5),
        write("model.x", 1),
        write("features.apps", "yes"),
        write("features.nope", value=True),
        write("mcp_servers.x", {}),
        write("mcp_servers.x", {"command": "y"}),
        write('projects."/tmp/x".trust_level', "weird"),
        write("tools", value=True),
        write("tools.web_search", "x"),
        write("tools.web_search", value=True),
        write("apps.x", 5),
        write("analytics", value=True),
        write("analytics.enabled", "x"),
        write("profiles", 5),
        write("projects", 5),
        write("features", 5),
        write("mcp_servers", 5),
        write("model_providers.x", {}),
        write("model_providers.x.name", 5),
        write("history", 5),
        write("hide_agent_reasoning", 5),
        write("skills", 5),
        write("skills.config", 5),
        write("approval_policy", {}),
        write("approval_policy", {"a": 1}),
        write("approval_policy", []),
        write("approval_policy", "granular"),
        write("approval_policy", "on-failure"),
        write("x", [1, None]),
        write("big", 2**63),
        write("profile", "nope"),
        write("", 1),
        write("a..b", 1),
        write('a."b', 1),
        write("model", "y", expectedVersion="sha256:0"),
        write("model", "z", filePath="/nope/config.toml"),
        ("config/batchWrite", {"edits": []}),
        ("config/read", {"includeLayers": True}),
        ("config/read", {"cwd": "/nope"}),
        ("configRequirements/read", None),
        ("modelProvider/capabilities/read", {}),
        ("modelProvider/list", {}),
        ("modelProvider/config/write", {"settings": {"type": "customGateway", "name": "My Gate"}}),
        ("modelProvider/config/write", {"settings": {"type": "customGateway", "name": ""}}),
        ("modelProvider/config/write", {"settings": {"type": "customGateway", "name": "G", "baseUrl": "http://x"}}),
        ("modelProvider/config/write", {"settings": {"type": "gcp", "providerId": "gcp", "projectId": "p"}}),
        ("modelProvider/list", {}),
        ("permissionProfile/list", {}),
        ("permissionProfile/list", {"cursor": "99"}),
        ("collaborationMode/list", {}),
        ("experimentalFeature/list", {}),
        ("experimentalFeature/list", {"cursor": "9999"}),
        ("experimentalFeature/enablement/set", {"enablement": {"memories": True, "nope": True}}),
        ("skills/config/write", {"enabled": True}),
        ("skills/config/write", {"enabled": False, "name": "x"}),
        ("hooks/list", {}),
        ("model/list", {"includeHidden": True}),
        ("model/list", {"cursor": "x"}),
    ],
    "commands": [
        run("echo", "hi"),
        run("false"),
        run("cat"),
        run("cat", "nope"),
        run("printf", "%s-%d\\n", "a", "5"),
        run("sh", "-c", "echo o; echo e >&2; exit 3"),
        run("pwd"),
        run(),
        run("", sandboxPolicy=FREE),
        run("no-such-program", sandboxPolicy=FREE),
        run("echo", "a\0b", sandboxPolicy=FREE),
        run("sleep", "5", timeoutMs=50),
        run("echo", timeoutMs=-1),
        run("echo", timeoutMs=5, disableTimeout=True),
        run("echo", "0123456789", outputBytesCap=4),
        run("echo", tty=True),
        run("echo", size={"rows": 1, "cols": 1}),
        run("echo", permissionProfile="nope"),
        run("echo", permissionProfile=":nope"),
        ("command/exec/write", {"processId": "p", "deltaBase64": "!!"}),
        ("command/exec/terminate", {"processId": "p"}),
        spawn(),
        spawn("echo", processHandle=""),
        spawn("no-such-program"),
        spawn("echo", timeoutMs=-1),
        ("process/kill", {"processHandle": "h"}),
    ],
    "files": [
        file("writeFile", "a.txt", dataBase64=PIXEL),
        file("readFile", "a.txt"),
        file("readFile", "nope"),
        file("readFile", "a\0b"),
        file("readFile", "a.txt/x"),
        file("writeFile", "a.txt", dataBase64="YQ"),
        file("writeFile", "no/a.txt", dataBase64=PIXEL),
        file("createDirectory", "d/e"),
        file("createDirectory", "d", recursive=False),
        file("createDirectory", "a.txt"),
        file("getMetadata", "d"),
        file("readDirectory", "d"),
        file("readFile", "d"),
        file("writeFile", "d", dataBase64=PIXEL),
        file("readDirectory", "a.txt"),
        copy("a.txt", "d/b.txt"),
        copy("d", "d2"),
        copy("d", "d2", recursive=True),
        copy("d", "d/sub", recursive=True),
        copy("a.txt", "d"),
        copy("d", "a.txt", recursive=True),
        copy("nope", "c"),
        file("remove", "d", recursive=False),
        file("remove", "d"),
        file("remove", "nope", force=False),
        file("remove", "a.txt/x"),
        file("createDirectory", "src"),
        file("writeFile", "src/main.py", dataBase64=PIXEL),
        file("writeFile", "src/mainframe.txt", dataBase64=PIXEL),
        search("main"),
        search("mp"),
        search("src"),
        search("sr/ma"),
        search(""),
        ("fuzzyFileSearch/sessionStart", {"sessionId": "", "roots": []}),
        ("fuzzyFileSearch/sessionUpdate", {"sessionId": "s", "query": "x"}),
    ],
    "the-rest": [
        ("plugin/list", {}),
        ("plugin/read", {"pluginName": "x"}),
        ("plugin/read", {"pluginName": "x", "marketplacePath": "/nope"}),
        ("plugin/install", {"pluginName": "x", "marketplacePath": "/nope"}),
        ("plugin/uninstall", {"pluginId": "x"}),
        ("plugin/share/list", {}),
        ("marketplace/add", {"source": ""}),
        ("marketplace/add", {"source": "/nope"}),
        ("marketplace/remove", {"marketplaceName": "a/b"}),
        ("marketplace/upgrade", {"marketplaceName": "x"}),
        ("mcpServer/oauth/login", {"name": "nope"}),
        ("mcpServer/resource/read", {"server": "nope", "uri": "x"}),
        ("mcpServer/tool/call", {"server": "nope", "tool": "x", "threadId": MISSING}),
        ("app/list", {}),
        ("app/read", {"appIds": ["x"]}),
        ("environment/add", {"environmentId": "local", "execServerUrl": "ws://127.0.0.1:1/"}),
        ("environment/info", {"environmentId": "nope"}),
        ("memory/status", {"minConsolidatedThreads": 0}),
        ("mock/experimentalMethod", {"value": "x"}),
        ("remoteControl/enable", None),
        ("remoteControl/pairing/start", {}),
        ("remoteControl/pairing/status", {}),
        ("userVerification/status", {}),
        ("userVerification/enroll", {}),
        ("windowsSandbox/readiness", None),
        ("getConversationSummary", {"conversationId": MISSING}),
        ("getConversationSummary", {"rolloutPath": "rel"}),
        ("gitDiffToRemote", {"cwd": "/nope"}),
        ("externalAgentConfig/detect", {}),
        ("externalAgentConfig/import/readHistories", None),
        ("feedback/save", {"classification": "bug", "savePath": "rel"}),
    ],
}

#: Texts of the makers, and what depends on the moment.
_OWN_TEXTS = ("description", "message", "migrationMarkdown", "announcement")
_MOMENTS = ("modifiedAtMs",)


class Leap:
    """A clock that stands still, and leaps to where something is due."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def mock(codex) -> Client:
    """A client of the mock in the place of the real one: the same release, configuration and folders."""
    config = tomllib.loads((codex.home / "config.toml").read_text())
    scenario = load_scenario({"name": "surroundings", "app_server": {"account": None, "config": config}})
    places = {"home": str(codex.home), "cwd": str(codex.work), "sandbox": codex.work}
    return Client(Mock(version=codex.release, scenario=scenario, now=Leap(), **places))


@pytest.mark.parametrize("area", AREAS)
def test_the_answers(area, codex, app_server, mock) -> None:
    steps = [step for step in _placed(AREAS[area], codex) if mock.server.wire.knows(step[0])]

    real = [(method, params, _comparable(method, app_server.call(method, params))) for method, params in steps]
    shutil.rmtree(codex.work)
    codex.work.mkdir()
    ours = [(method, params, _comparable(method, _answer(mock, method, params))) for method, params in steps]

    assert [pair for pair in zip(ours, real, strict=True) if pair[0] != pair[1]] == []


def _placed(steps: list[Step], codex: Any) -> Iterator[Step]:
    """Yield the steps with the real paths in them."""
    for method, params in steps:
        text = json.dumps(params).replace("<work>", str(codex.work))
        yield method, json.loads(text)


def _answer(mock: Client, method: str, params: Json | None) -> Json:
    identifier, tasks = mock.begin(method, params), mock.server.tasks
    try:
        while not mock.is_answered(identifier):
            tasks.now.seconds = tasks.wake_at()
            mock.wake()
        return {"result": mock.result(identifier)}
    except RpcError as error:
        return {"error": error.to_wire()}


def _comparable(method: str, answer: Json) -> Any:
    if "error" in answer:
        return answer["error"]
    return _plain(answer["result"], is_catalogue=method in ("model/list", "experimentalFeature/list"))


def _plain(value: Any, *, is_catalogue: bool) -> Any:
    """Return a result without what cannot be the same: moments, ids, and texts that are not facts."""
    if isinstance(value, dict):
        texts = _OWN_TEXTS if is_catalogue else ()
        return {
            key: "<text>" if key in texts and content is not None else _plain(content, is_catalogue=is_catalogue)
            for key, content in value.items()
            if key not in _MOMENTS
        }
    if isinstance(value, list):
        return [_plain(each, is_catalogue=is_catalogue) for each in value]
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>", value) if isinstance(value, str) else value
