"""What the checks of app-server clients share: scenarios, and readings of the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codex_conformance.clients import Outcome, Said
from codex_conformance.probes import require

__all__ = [
    "ANSWER",
    "ESCALATION",
    "PATCH",
    "STRANGER",
    "fault_at_answer",
    "insert",
    "message_item",
    "prompts",
    "require_answer_once",
    "sent",
    "talk",
]

Json = dict[str, Any]

#: What the model says where nothing else is said of it.
ANSWER = "High water at noon."
#: A thread and a turn that are somebody else's.
STRANGER = {"threadId": "01900000-0000-7000-8000-000000000001", "turnId": "01900000-0000-7000-8000-000000000002"}

_SPEECH: list[Json] = [{"say": [{"message": ANSWER}], "times": None}]


def _asking(tool: Json) -> list[Json]:
    return [{"say": [tool]}, {"when": {"tool_output": "."}, "say": [{"message": ANSWER}], "times": None}]


#: The model wants to leave the sandbox, and to change a file in it.
ESCALATION = _asking(
    {"exec_command": {"cmd": "touch made.txt", "sandbox_permissions": "require_escalated", "justification": "Why not?"}}
)
PATCH = _asking({"apply_patch": "*** Begin Patch\n*** Add File: new.txt\n+one\n*** End Patch"})


def talk(*faults: Json, model: Sequence[Json] = _SPEECH, **more: Any) -> Json:
    """Return a scenario with a model that speaks, and with faults of the app-server."""
    own = {"faults": list(faults), **more.pop("app_server", {})}
    return {"name": "a talk", "model": list(model), "app_server": own, **more}


def insert(message: Json, on: str = "turn/started") -> Json:
    """Return a fault by which a message comes that nobody waits for."""
    return {"on": on, "insert": message}


def fault_at_answer(**fault: Any) -> Json:
    """Return a fault that strikes just before the answer of the model is complete."""
    return {"on": "item/completed", "when": {"/params/item/type": "agentMessage"}, **fault}


def message_item(text: str) -> Json:
    """Return an item with words of a model."""
    return {"type": "agentMessage", "id": "msg_stranger", "text": text, "phase": None, "memoryCitation": None}


def sent(outcome: Outcome) -> list[Said]:
    """Return what the client has sent, lines that are no messages too."""
    return [said for said in outcome.transcript if said.side == "client"]


def prompts(outcome: Outcome) -> list[Said]:
    """Return the requests by which the client has sent its prompt; it may have turns of its own beside."""

    def has_prompt(message: Json) -> bool:
        inputs = (message.get("params") or {}).get("input")
        texts = (
            [each.get("text") for each in inputs if isinstance(each, dict)] if isinstance(inputs, list) else [inputs]
        )
        return message.get("method") == "turn/start" and outcome.trial.prompt in texts

    return [said for said in sent(outcome) if has_prompt(said.message or {})]


def require_answer_once(outcome: Outcome) -> None:
    """Judge what a client printed.

    Raises:
        Unmet: It is not the whole answer, once.
    """
    require(outcome.succeeded, expected="exit code 0", found=outcome.ending, doing=str(outcome.trial))
    count = outcome.stdout.count(ANSWER)
    require(count == 1, expected=f"{ANSWER!r} once in the output", found=f"{count} times in {outcome.stdout[-400:]!r}")
