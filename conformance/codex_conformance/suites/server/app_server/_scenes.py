"""The scene of most checks: what the model says depends on the word that the user says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at

__all__ = [
    "ASKING",
    "IN_PLAN_MODE",
    "NOBODY",
    "PATCHED",
    "SCENE",
    "TOUCHED",
    "begin",
    "call",
    "command",
    "message",
    "room",
    "run_half",
]

Json = dict[str, Any]

#: A thread that no server has.
NOBODY = "00000000-0000-7000-8000-000000000000"

#: The params of a thread in which commands that need more than the sandbox allows wait for the user, and all changes.
ASKING: Json = {"approvalPolicy": "on-request", "sandbox": "read-only"}

#: The params of a turn in which the model may ask the user.
IN_PLAN_MODE: Json = {
    "collaborationMode": {
        "mode": "plan",
        "settings": {"model": "gpt-5.5", "reasoning_effort": None, "developer_instructions": None},
    }
}

#: The files that ``touch`` and ``patch`` make.
TOUCHED = "made.txt"
PATCHED = "new.txt"


def message(text: str | Json = "Done.", **more: Any) -> Json:
    """Return a step of the model that says one message."""
    return {"say": [{"message": text}], **more}


def command(line: str, output: str = "", exit_code: int = 0, **more: Any) -> Json:
    """Return a call of the model that runs a command."""
    return {"exec_command": {"cmd": line, "output": output, "exit_code": exit_code, **more}}


def call(name: str, **arguments: Any) -> Json:
    """Return a call of the model of another tool."""
    return {"function_call": {"name": name, "arguments": arguments}}


def _stops(seconds: float) -> Json:
    """Return an answer in two deltas that stops in its middle."""
    pause = {"at": {"event": "response.output_text.done"}, "seconds": seconds}
    return message({"deltas": ["Half", " an answer"]}, pacing={"pauses": [pause]})


_TOUCH = command(
    f"touch {TOUCHED} && echo ok", "ok\n", sandbox_permissions="require_escalated", justification="May I write?"
)
_PATCH = {"apply_patch": f"*** Begin Patch\n*** Add File: {PATCHED}\n+high water\n*** End Patch"}
_CHANGES = {
    "apply_patch": (
        "*** Begin Patch\n*** Add File: new.txt\n+hello\n*** Delete File: gone.txt\n"
        "*** Update File: old.txt\n@@\n one\n-two\n+three\n*** End Patch"
    )
}
_OPTIONS = [{"label": "Here", "description": "This harbour"}, {"label": "There", "description": "Another"}]
_QUESTION = {"id": "where", "header": "Place", "question": "Where?", "options": _OPTIONS}
_PLAN = [{"step": "Look", "status": "in_progress"}, {"step": "Go", "status": "pending"}]

#: What the model says when the user says a word, and the tools have said nothing yet.
_ANSWERS: Mapping[str, Json] = {
    "half": _stops(60),
    "slow": _stops(0.5),
    "fail": {"say": [], "end": {"failed": {"code": "server_error", "message": "failed"}}},
    "overflow": {"say": [], "end": {"failed": {"code": "context_length_exceeded", "message": "too long"}}},
    "incomplete": message("Half", end={"incomplete": "max_output_tokens"}),
    "touch": {"say": [_TOUCH]},
    "touch both": {"say": [_TOUCH, _TOUCH]},
    "write": {"say": [command(f"touch {TOUCHED}")]},
    "patch": {"say": [_PATCH]},
    "change": {"say": [_CHANGES]},
    "count": {"say": [command("seq 1 5", "1\n2\n3\n4\n5\n")]},
    "exit": {"say": [command("exit 7", "", 7)]},
    "stay": {"say": [{"exec_command": {"cmd": "sleep 60", "yield_time_ms": 250, "background": True}}]},
    "sleep": {"say": [{"exec_command": {"cmd": "sleep 60", "yield_time_ms": 30000, "seconds": 60}}]},
    "many": {"say": [{"reasoning": {"summary": ["Look"]}}, {"message": "Looking."}, command("echo one", "one\n")]},
    "think": {"say": [{"reasoning": {"summary": ["**Think** hard", "Again"], "text": "raw"}}, {"message": "Done."}]},
    "phases": {"say": [{"message": {"text": "x", "phase": phase}} for phase in ("commentary", "final_answer")]},
    "search": {"say": [{"web_search": "high water"}, {"message": "At six."}]},
    "plan": message("Before.\n<proposed_plan>\n- wait for the tide\n</proposed_plan>\nAfter."),
    "steps": {"say": [call("update_plan", explanation="First", plan=_PLAN)]},
    "ask": {"say": [call("request_user_input", questions=[_QUESTION])]},
    "look up": {"say": [call("lookup", place="here")]},
    "call": {"say": [call("no_such_tool")]},
    "hundred": message(usage={"input_tokens": 100, "output_tokens": 5}),
    "two hundred": message(usage={"input_tokens": 200, "output_tokens": 5}),
}

#: One model for all checks that need no surroundings of their own. It says ``Done.`` to whatever else there is.
SCENE = Setup(
    model=[
        {"when": {"kind": "compaction"}, **message("A summary."), "times": None},
        {"when": {"user": "^many$", "tool_output": "one"}, "say": [command("echo two", "two\n")], "times": None},
        {"when": {"user": "^many$", "tool_output": "two"}, **message({"deltas": ["At", " six."]}), "times": None},
        {"when": {"tool_output": ""}, **message(), "times": None},
        *({"when": {"user": f"^{word}$"}, **answer, "times": None} for word, answer in _ANSWERS.items()),
        {**message(), "times": None},
    ]
)


def room(client: AppServerProbe, **params: Any) -> tuple[str, str]:
    """Start a thread in a folder of its own; return its id, and the folder."""
    first = client.ask("thread/start", {})
    folder = f"{at(first, '/cwd', str)}/{at(first, '/thread/id', str)}"
    if "fs/createDirectory" in client.contract.methods:
        client.ask("fs/createDirectory", {"path": folder})
    return client.thread(cwd=folder, **params), folder


def begin(client: AppServerProbe, thread_id: str, text: str = "go", **params: Any) -> str:
    """Begin a turn and return its id."""
    wanted = {"threadId": thread_id, "input": [{"type": "text", "text": text}], **params}
    turn_id: str = client.ask("turn/start", wanted)["turn"]["id"]
    return turn_id


def run_half(client: AppServerProbe, thread_id: str, word: str = "half") -> str:
    """Begin a turn whose answer stops in its middle, wait until it does, and return the turn's id."""
    turn_id = begin(client, thread_id, word)
    for _ in range(2):
        client.wait_for("item/agentMessage/delta", lambda each: each.get("threadId") == thread_id)
    return turn_id
