"""Whole conversations with the real app-server, message by message against the contract of its release.

The fixture checks them when a test ends: here is only what is said.
"""

from __future__ import annotations

from typing import Any

from codex_mockserver import load_scenario
from codex_schemas.app_server import load

ESCALATED = {"sandbox_permissions": "require_escalated", "justification": "to write"}
COMMAND = {"cmd": "echo high water > tides.txt; cat tides.txt", **ESCALATED}
QUESTION = {
    "id": "where",
    "header": "Place",
    "question": "Where?",
    "options": [{"label": "Here", "description": "This harbour"}, {"label": "There", "description": "Another"}],
}
LOOKUP = {"name": "lookup", "description": "Looks a tide up", "inputSchema": {"type": "object", "properties": {}}}
APPROVALS = {"item/commandExecution/requestApproval": "accept", "item/fileChange/requestApproval": "decline"}
#: Requests that need no params, and those of the newer release only.
READS = ("account/rateLimits/read", "account/usage/read", "configRequirements/read", "remoteControl/status/read")
LISTS = (
    "account/read",
    "config/read",
    "getAuthStatus",
    "mcpServerStatus/list",
    "model/list",
    "skills/list",
    "thread/list",
)
NEW_LISTS = ("accountSession/list", "project/list", "server/diagnostics", "threadSection/list")


def script(backend, *steps: list[dict[str, Any]]) -> None:
    """Let the model say these things, one list for each of its requests."""
    backend.script.scenario = load_scenario({"model": [{"say": step} for step in steps]})


def start_turn(server, thread: str, **params: Any) -> None:
    text = {"type": "text", "text": "tell me about tides", "text_elements": []}
    server.result("turn/start", {"threadId": thread, "input": [text], **params})


def test_a_turn_with_approvals(codex, backend, logged_in) -> None:
    patch = "*** Begin Patch\n*** Add File: /outside.txt\n+low water\n*** End Patch"
    reasoning = {"reasoning": {"summary": ["Look first."], "text": "It is deep."}}
    script(backend, [reasoning, {"exec_command": COMMAND}], [{"apply_patch": patch}], [{"message": "done"}])
    options = {"cwd": str(codex.work), "approvalPolicy": "on-request", "sandbox": "workspace-write"}
    # Raw events stand in the TypeScript output only.
    options["experimentalRawEvents"] = True
    thread = logged_in.result("thread/start", options)["thread"]["id"]

    start_turn(logged_in, thread)
    for approval, decision in APPROVALS.items():
        logged_in.answer(approval, {"decision": decision})

    assert logged_in.notification("turn/completed")["turn"]["status"] == "completed"
    assert logged_in.notification("rawResponseItem/completed")
    for method in ("thread/read", "thread/resume", "thread/fork"):
        assert logged_in.result(
            method, {"threadId": thread} | ({"includeTurns": True} if method == "thread/read" else {})
        )
    logged_in.result("thread/name/set", {"threadId": thread, "name": "Tides"})
    logged_in.result("thread/archive", {"threadId": thread})
    logged_in.notification("thread/archived")


def test_questions_to_the_client(codex, backend, logged_in) -> None:
    """A tool of the client's own, a question to its user, and a plan."""
    call = {"function_call": {"name": "lookup", "arguments": {"place": "here"}}}
    ask = {"function_call": {"name": "request_user_input", "arguments": {"questions": [QUESTION]}}}
    plan = {"message": "<proposed_plan>\n- wait for the tide\n</proposed_plan>"}
    script(backend, [call], [ask], [plan])
    # Without the type of a tool, as clients write it since tools could only be functions: a known deviation.
    thread = logged_in.result("thread/start", {"cwd": str(codex.work), "dynamicTools": [LOOKUP]})["thread"]["id"]
    settings = {"model": "gpt-5.5", "reasoning_effort": None, "developer_instructions": None}

    start_turn(logged_in, thread, collaborationMode={"mode": "plan", "settings": settings})
    logged_in.answer("item/tool/call", {"contentItems": [{"type": "inputText", "text": "at six"}], "success": True})
    logged_in.answer("item/tool/requestUserInput", {"answers": {"where": {"answers": ["Here"]}}})

    assert logged_in.notification("turn/completed")["turn"]["status"] == "completed"


def test_reads_and_refusals(codex, backend, logged_in) -> None:
    for method in READS:
        logged_in.result(method)
    for method in (*LISTS, *(NEW_LISTS if codex.is_new else ())):
        logged_in.result(method, {})
    logged_in.result("command/exec", {"command": ["echo", "high water"]})

    for method, params in (("thread/read", {"threadId": "none"}), ("fs/readFile", {"path": "/no/such/file"})):
        assert "error" in logged_in.call(method, params)


def test_a_failed_turn(codex, backend, logged_in) -> None:
    failure = {"code": "invalid_prompt", "message": "the sea is closed"}
    backend.script.scenario = load_scenario({"model": [{"say": [], "end": {"failed": failure}, "times": None}]})
    thread = logged_in.result("thread/start", {"cwd": str(codex.work)})["thread"]["id"]

    start_turn(logged_in, thread)

    assert logged_in.notification("turn/completed")["turn"]["status"] == "failed"


def test_a_method_of_no_release(codex, app_server) -> None:
    """What the contract does not know the binary refuses, too."""
    message = {"id": "odd", "method": "turn/strat", "params": {}}

    (violation,) = load(codex.release, experimental=True).validate(message, "client")
    answer = app_server.call("turn/strat", {})

    assert "turn/start" in violation.expected
    assert "turn/start" in answer["error"]["message"]
    app_server.said = [each for each in app_server.said if each[1].get("method") != "turn/strat"]
    app_server.said.remove(("server", answer))
