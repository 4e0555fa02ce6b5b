"""What the model says, and what fails, where the library has no scenario for it; over POST unless it says otherwise."""

from __future__ import annotations

from typing import Any

from codex_conformance.clients.capabilities import LONG_TURN

__all__ = [
    "ANSWER",
    "OVERLOADED",
    "PLAIN",
    "PROMPT",
    "REFUSAL",
    "SEALED",
    "answering",
    "compacting",
    "ending",
    "every",
    "failing",
    "over_websocket",
    "refusal",
    "refusing",
    "saying",
    "tool_turn",
]

Json = dict[str, Any]

#: Text of one, two, three and four bytes for a character.
PROMPT = "Wann ist Flut? 潮 🌊"
ANSWER = "Hochwasser über Mittag: 潮汐 🌊, um zwölf."

#: What a compaction holds; nobody but the service can read it.
SEALED = "gAAAAABv-c2VhLTQy"

_POST = {"websocket": False}


def answering(*faults: Json) -> Json:
    """Return a scenario in which the model gives the answer, and these faults strike."""
    return saying({"message": ANSWER}, faults=list(faults))


def saying(*items: Json, **more: Any) -> Json:
    """Return a scenario in which every response says these items."""
    return {"settings": _POST, "model": [{"say": list(items), "times": None}], **more}


def over_websocket(scenario: Json) -> Json:
    """Return a scenario in which the same happens over WebSocket."""
    return {name: value for name, value in scenario.items() if name != "settings"}


def every(**fault: Any) -> Json:
    """Return a fault that strikes each request for a response."""
    return {"on": "createResponse", "times": None, **fault}


def ending(end: Json) -> Json:
    """Return a scenario in which each response ends like this, after half of an answer."""
    return {"settings": _POST, "model": [{"say": [{"message": "Hochwasser"}], "end": end, "times": None}]}


def failing(code: str, message: str = "The model has failed: xyzzy.") -> Json:
    """Return a scenario in which each response fails with a code."""
    return ending({"failed": {"code": code, "message": message}})


def refusing(status: int, body: Any, *, headers: Json | None = None, times: int | None = None) -> Json:
    """Return a scenario in which requests for a response are refused; the first ones, or all of them."""
    answer = {"status": status, "headers": headers or {}, "body": body}
    return answering({"on": "createResponse", "times": times, "answer": answer})


def refusal(code: str, message: str = "Not now: xyzzy.", kind: str = "server_error") -> Json:
    """Return the body of a refusal."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def tool_turn(*calls: Json, websocket: bool = False) -> Json:
    """Return a scenario in which the model makes calls, and gives its answer when they are answered."""
    model = [{"say": list(calls)}, {"say": [{"message": ANSWER}], "times": None}]
    return {"model": model} if websocket else {"settings": _POST, "model": model}


def compacting(*faults: Json, **answer: Any) -> Json:
    """Return a scenario in which the conversation has to be compacted after a call; ``answer`` is what comes of it."""
    compaction = {"say": [{"compaction": SEALED}], **answer, "when": {"kind": "compaction"}, "times": None}
    end = {"say": [{"message": ANSWER}], "times": None}
    return {**LONG_TURN, "model": [*LONG_TURN["model"], compaction, end], "faults": list(faults)}


#: Nothing is special.
PLAIN = answering()

OVERLOADED = refusing(503, refusal("server_is_overloaded", "The servers are overloaded."))
REFUSAL = refusing(400, refusal("invalid_value", "The request is not understood: xyzzy.", "invalid_request_error"))
