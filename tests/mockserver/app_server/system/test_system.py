"""Environments, remote control, feedback, other agents, and what depends on the machine."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest

from codex_mockserver.app_server import RpcError

CHANGED = "remoteControl/status/changed"
NEWER = "0.169.0"


@pytest.fixture
def newer(client):
    """Return a client of the release that alone has some of these methods."""
    connected = client(version=NEWER)
    connected.take()
    return connected


def test_environments(newer, refusal):
    newer.ask("environment/add", {"environmentId": "e", "execServerUrl": "ws://127.0.0.1:1/"})

    def status(identifier):
        return newer.ask("environment/status", {"environmentId": identifier})

    assert status("local") == {"status": "ready"}
    assert status("e")["status"] == "disconnected"
    assert status("nope") == {"status": "unknown", "error": "unknown environment id `nope`"}
    info = newer.ask("environment/info", {"environmentId": "local"})
    assert info == {"shell": {"name": "bash", "path": "/bin/bash"}, "cwd": "file:///home/user"}
    assert refusal(newer, "environment/info", {"environmentId": "e"})[0] == -32603


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("", "environment id cannot be empty"),
        ("local", "environment id `local` is reserved for EnvironmentManager"),
    ],
)
def test_environments_that_are_refused(newer, refusal, identifier, message):
    params = {"environmentId": identifier, "execServerUrl": "ws://127.0.0.1:1/"}

    assert refusal(newer, "environment/add", params) == (-32600, f"exec-server protocol error: {message}")


def test_remote_control_for_the_process_alone(user):
    nobody = user(account=None)

    assert nobody.ask("remoteControl/enable", {"ephemeral": True})["status"] == "connecting"
    assert [each["params"]["status"] for each in nobody.take(CHANGED)] == ["connecting", "errored"]
    assert nobody.ask("remoteControl/status/read")["status"] == "errored"
    assert nobody.ask("remoteControl/disable", {"ephemeral": True})["status"] == "disabled"


def test_remote_control_for_good(user, refusal):
    message = "remote control requires ChatGPT authentication"
    assert refusal(user(account=None), "remoteControl/enable") == (-32600, message)
    assert refusal(user(), "remoteControl/enable")[1].startswith("remote control server enrollment failed at `https://")
    assert user().ask("remoteControl/disable")["status"] == "disabled"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "remoteControl/pairing/status requires pairingCode or manualPairingCode"),
        ({"pairingCode": "x"}, "remote control pairing requires remote control to be enabled"),
        (
            {"pairingCode": "x", "manualPairingCode": "y"},
            "remoteControl/pairing/status accepts either pairingCode or manualPairingCode, not both",
        ),
    ],
    ids=["none", "one", "both"],
)
def test_pairing(user, refusal, params, message):
    assert refusal(user(), "remoteControl/pairing/status", params) == (-32600, message)


def test_feedback_is_taken_and_forgotten(user):
    someone = user()
    thread = someone.ask("thread/start", {})["thread"]["id"]

    assert someone.ask("feedback/upload", {"classification": "bug", "threadId": thread})["threadId"] == thread
    assert someone.ask("feedback/upload", {"classification": "bug"})["threadId"].startswith("no-active-thread-")


def test_feedback_that_is_refused(user, refusal):
    off = user(config={"feedback": {"enabled": False}})

    message = "sending feedback is disabled by configuration"
    assert refusal(off, "feedback/upload", {"classification": "bug"}) == (-32600, message)
    params = {"classification": "bug", "threadId": "nope"}
    assert refusal(user(), "feedback/upload", params)[1].startswith("invalid thread id: ")


def test_saved_feedback(newer, refusal):
    params = {"classification": "bug", "reason": "slow", "savePath": "/home/user/report.zip"}

    assert newer.ask("feedback/save", params)["savedPath"] == "/home/user/report.zip"

    content = base64.b64decode(newer.ask("fs/readFile", {"path": "/home/user/report.zip"})["dataBase64"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["report.json", "manifest.json"]
        assert b'"slow"' in archive.read("report.json")
    message = "failed to save feedback: feedback save path already exists"
    assert refusal(newer, "feedback/save", params) == (-32603, message)
    message = "feedback savePath must be an absolute host path"
    assert refusal(newer, "feedback/save", {**params, "savePath": "rel"}) == (-32600, message)
    assert refusal(newer, "feedback/save", {**params, "savePath": "/no/x"})[0] == -32603


ITEMS = [
    {"itemType": "CONFIG", "description": "Settings"},
    {"itemType": "SKILLS", "description": "Skills", "cwd": "/work"},
]
IMPORT = "externalAgentConfig/import"


@pytest.fixture
def migrant(user):
    return user(external_agents={"items": ITEMS, "failures": {"SKILLS": "no room"}})


def test_detecting_other_agents(migrant):
    def found(**params):
        return [item["itemType"] for item in migrant.ask("externalAgentConfig/detect", params)["items"]]

    assert found() == []
    assert found(includeHome=True) == ["CONFIG"]
    assert found(includeHome=True, cwds=["/work"]) == ["CONFIG", "SKILLS"]


def test_importing(migrant, release):
    import_id = migrant.ask(IMPORT, {"migrationItems": ITEMS})["importId"]

    progress = migrant.take(f"{IMPORT}/progress")
    (completed,) = migrant.take(f"{IMPORT}/completed")
    assert len(progress) == (2 if release == NEWER else 0)
    assert completed["params"]["importId"] == import_id
    config, skills = completed["params"]["itemTypeResults"]
    # The older release does not tell what it has brought.
    assert [each["itemType"] for each in config["successes"]] == (["CONFIG"] if release == NEWER else [])
    assert config["failures"] == []
    assert [each["message"] for each in skills["failures"]] == ["no room"]


def test_importing_nothing(migrant):
    assert migrant.ask(IMPORT, {"migrationItems": []})["importId"]
    assert migrant.take() == []


def test_the_history_of_imports(newer):
    newer.ask(IMPORT, {"migrationItems": [ITEMS[0]]})
    results = [{"itemType": "CONFIG", "successes": [{"itemType": "CONFIG"}], "failures": []}]
    newer.ask(f"{IMPORT}/recordHistory", {"providerId": "p", "itemTypeResults": results})

    latest, first = newer.ask(f"{IMPORT}/readHistories")["data"]
    assert (latest["providerId"], len(latest["successes"])) == ("p", 1)
    assert (first["providerId"], first["successes"]) == (None, [])


@pytest.mark.parametrize(("mode", "noun"), [("elevated", "elevated"), ("unelevated", "legacy")])
def test_the_sandbox_of_windows(user, mode, noun):
    someone = user()

    assert someone.ask("windowsSandbox/setupStart", {"mode": mode}) == {"started": True}
    (told,) = someone.take("windowsSandbox/setupCompleted")
    assert told["params"]["error"] == f"{noun} Windows sandbox setup is only supported on Windows"
    assert someone.ask("windowsSandbox/readiness") == {"status": "notConfigured"}


def test_the_differences_of_a_folder(user, refusal):
    someone = user(git_diffs={"/work": {"sha": "abc", "diff": "+x"}})

    assert someone.ask("gitDiffToRemote", {"cwd": "/work"}) == {"sha": "abc", "diff": "+x"}
    message = 'failed to compute git diff to remote for cwd: "/nope"'
    assert refusal(someone, "gitDiffToRemote", {"cwd": "/nope"}) == (-32600, message)


def test_a_summary(user, refusal):
    someone = user()
    thread = someone.ask("thread/start", {"cwd": "/work"})["thread"]

    for key, value in (("conversationId", thread["id"]), ("rolloutPath", thread["path"])):
        summary = someone.ask("getConversationSummary", {key: value})["summary"]
        assert (summary["conversationId"], summary["cwd"]) == (thread["id"], "/work")
    missing = "00000000-0000-4000-8000-000000000000"
    message = f"no rollout found for conversation id {missing}"
    assert refusal(someone, "getConversationSummary", {"conversationId": missing}) == (-32600, message)
    message = "failed to resolve rollout path `/home/user/.codex/rel`: file does not exist"
    assert refusal(someone, "getConversationSummary", {"rolloutPath": "rel"}) == (-32600, message)


def test_an_echo(user):
    assert user().ask("mock/experimentalMethod", {"value": "x"}) == {"echoed": "x"}


def test_memory_and_diagnostics(newer, refusal):
    assert newer.ask("memory/status", {}) == {"v2ConsolidatedThreads": 0, "v2Ready": True}
    message = "minConsolidatedThreads must be between 1 and 4096"
    assert refusal(newer, "memory/status", {"minConsolidatedThreads": 0}) == (-32602, message)
    assert newer.ask("server/diagnostics", {})["gauges"][0]["name"] == "app.requests.in_flight"
    assert newer.ask("rollout/compress") == {}


def test_nobody_can_be_verified(newer):
    assert newer.ask("userVerification/status", {})["unavailableReason"] == "providerUnavailable"
    with pytest.raises(RpcError) as caught:
        newer.ask("userVerification/enroll", {})
    assert caught.value.data == {"type": "unavailable", "reason": "providerUnavailable"}


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("create", {"accountUserId": "u", "clientId": "c"}, "hardware-backed device keys are not available"),
        ("create", {"accountUserId": "", "clientId": "c"}, "invalid device key payload: accountUserId must not be"),
        ("public", {"keyId": "x"}, "invalid device key payload: keyId must be dk_hse_"),
        ("public", {"keyId": "dk_tpm_" + 43 * "a"}, "hardware-backed device keys are not available"),
    ],
)
def test_keys_in_hardware(client, refusal, method, params, message):
    """Releases around 0.128 had them."""
    code, told = refusal(client(version="0.128.0"), f"device/key/{method}", params)

    assert (code, told.startswith(message)) == (-32600, True)
