"""Every message fits the contract of its release, in ten releases from 0.80 to the newest."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client, RpcError
from codex_schemas import Problem
from codex_schemas.app_server import example_params, latest, load, versions

#: Ten releases that are spread evenly over those since 0.80.
_SINCE = [version for version in versions() if int(version.split(".")[1]) >= 80]
RELEASES = [_SINCE[round(step * (len(_SINCE) - 1) / 9)] for step in range(10)]

SCENARIO = {
    "model": [
        {
            "when": {"tool_output": "."},
            "say": [{"reasoning": {"summary": ["Done."]}}, {"message": {"text": "Done.", "phase": "final_answer"}}],
            "times": None,
        },
        {"when": {"user": "run"}, "say": [{"exec_command": {"cmd": "ls -l", "output": "a\n"}}], "times": None},
        {
            "when": {"user": "patch"},
            "say": [{"apply_patch": "*** Begin Patch\n*** Add File: a.txt\n+a\n*** End Patch\n"}],
            "times": None,
        },
        {"when": {"user": "search"}, "say": [{"web_search": "tides"}, {"message": "Found."}], "times": None},
        {
            "when": {"user": "fail"},
            "say": [],
            "end": {"failed": {"code": "server_error", "message": "no"}},
            "times": None,
        },
        {"say": [{"message": "Hello there."}], "times": None},
    ]
}


@pytest.fixture(params=RELEASES)
def version(request) -> str:
    return str(request.param)


def test_they_are_ten_and_reach_the_newest():
    assert len(set(RELEASES)) == 10
    assert RELEASES[0] == "0.80.0"
    assert RELEASES[-1] == latest()


def test_turns_of_every_kind(client, real_time, version):
    """The client checks every message against the contract."""
    user = client(version=version, scenario=SCENARIO)
    thread = user.ask("thread/start", {"approvalPolicy": "on-request", "sandbox": "workspace-write"})["thread"]["id"]

    ends = []
    for wish in ("hello", "run", "patch", "search", "fail"):
        user.ask("turn/start", {"threadId": thread, "input": [{"type": "text", "text": wish}]})
        messages = user.take()
        for request in [message for message in messages if "id" in message]:
            user.reply(request["id"], {"decision": "accept"})
        messages += user.take()
        while "turn/completed" not in {message["method"] for message in messages}:
            # Retries have their pauses.
            real_time.seconds = user.server.wake_at()
            user.wake()
            messages += user.take()
        ends += [message["params"]["turn"]["status"] for message in messages if message["method"] == "turn/completed"]

    assert ends == ["completed"] * 4 + ["failed"]


def test_every_request_of_the_contract_gets_a_fitting_answer(client, version):
    """Requests with the smallest params: the answer is a result that fits, or an error."""
    user = client(version=version, scenario=SCENARIO)
    thread = user.ask("thread/start", {})["thread"]["id"]
    contract = load(version, experimental=True)

    outcomes = {}
    for method in contract.methods.values():
        if method.sender == "client" and method.kind == "request" and method.name != "initialize":
            params = example_params(contract, method.name)
            if isinstance(params, dict) and "threadId" in params:
                params["threadId"] = thread
            identifier = user.begin(method.name, params)
            outcomes[method.name] = outcome(user, identifier)

    assert outcomes["thread/start"] == "result"
    assert list(outcomes.values()).count("result") >= 5


def outcome(user: Client, identifier: int) -> str:
    try:
        user.result(identifier)
    except RpcError as error:
        return error.message
    except Problem:
        return "later"
    return "result"
