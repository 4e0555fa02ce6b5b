"""The tools that turn to the user: plans, questions and permissions."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Literal, TypeVar

import msgspec

from codex_mockserver.app_server._tasks import Wait
from codex_mockserver.app_server.turns._approvals import APPROVAL
from codex_mockserver.app_server.turns._asking import ask
from codex_mockserver.app_server.turns._calls import BadCall, ToolCall
from codex_mockserver.app_server.turns.active import ActiveTurn

__all__ = ["request_permissions", "request_user_input", "update_plan"]

Json = dict[str, Any]
T = TypeVar("T")

_QUESTION = "item/tool/requestUserInput"
_USER_INPUT = "waitingOnUserInput"
_PERMISSIONS = "item/permissions/requestApproval"
#: Between these a question says after how many milliseconds its client may give up.
_SHORTEST_MS, _LONGEST_MS = 60_000, 240_000
_STEPS = {"pending": "pending", "in_progress": "inProgress", "completed": "completed"}


class _Step(msgspec.Struct):
    step: str
    status: Literal["pending", "in_progress", "completed"]


class _Plan(msgspec.Struct):
    plan: list[_Step]
    explanation: str | None = None


def update_plan(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, str]:
    """Tell the subscribers the plan of the model."""
    told = call.read(_Plan)
    plan = [{"step": step.step, "status": _STEPS[step.status]} for step in told.plan]
    active.notify("turn/plan/updated", {"explanation": told.explanation, "plan": plan})
    yield from ()
    return "Plan updated"


class _Option(msgspec.Struct):
    label: str
    description: str


class _Question(msgspec.Struct):
    id: str
    header: str
    question: str
    options: list[_Option] = []


class _Questions(msgspec.Struct, rename="camel"):
    questions: list[_Question]
    auto_resolution_ms: int | None = None


class _Answers(msgspec.Struct):
    answers: Json


def request_user_input(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, str]:
    """Ask the user; only a thread in Plan mode does."""
    mode = active.thread.record.settings["mode"]
    if mode != "plan":
        raise BadCall(f"request_user_input is unavailable in {mode.capitalize()} mode")
    told = call.read(_Questions)
    if not all(each.options for each in told.questions):
        raise BadCall("request_user_input requires non-empty options for every question")
    active.begin_waiting(_USER_INPUT)
    question = {
        "itemId": call.id,
        "questions": [{"isOther": True, "isSecret": False, **msgspec.to_builtins(each)} for each in told.questions],
        "autoResolutionMs": _auto_resolution(active, told.auto_resolution_ms),
        "isBlocking": True,
    }
    answer = yield from ask(active, _QUESTION, question)
    active.end_waiting(_USER_INPUT)
    return _encoded({"answers": _read(answer, _Answers, _Answers({})).answers})


class _FileSystem(msgspec.Struct):
    read: list[str] | None = None
    write: list[str] | None = None

    def to_wire(self) -> Json:
        """Return wishes for files as the wire has them."""
        entries = [
            {"access": access, "path": {"type": "path", "path": path}}
            for access, paths in (("read", self.read), ("write", self.write))
            for path in paths or ()
        ]
        return {"entries": entries, "read": self.read, "write": self.write}


class _Wanted(msgspec.Struct):
    network: Json | None = None
    file_system: _FileSystem | None = None


class _Permissions(msgspec.Struct):
    permissions: _Wanted
    reason: str | None = None


class _Granted(msgspec.Struct):
    permissions: Json
    scope: str = "turn"


def request_permissions(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, str]:
    """Ask the user for more than the sandbox allows."""
    told = call.read(_Permissions)
    files = told.permissions.file_system
    active.begin_waiting(APPROVAL)
    question = {
        "itemId": call.id,
        "environmentId": "local",
        "startedAtMs": active.now_ms(),
        "cwd": active.thread.record.cwd,
        "reason": told.reason,
        "permissions": {"network": told.permissions.network, "fileSystem": files and files.to_wire()},
    }
    answer = yield from ask(active, _PERMISSIONS, question)
    active.end_waiting(APPROVAL)
    granted = _read(answer, _Granted, _Granted({}))
    permissions = {
        "network": granted.permissions.get("network"),
        "file_system": granted.permissions.get("fileSystem"),
    }
    return _encoded({"permissions": permissions, "scope": granted.scope})


def _read(answer: Json, kind: type[T], otherwise: T) -> T:
    """Return the result of a client's answer; something else where it is none of that kind."""
    try:
        return msgspec.convert(answer.get("result"), kind)
    except msgspec.ValidationError:
        return otherwise


def _auto_resolution(active: ActiveTurn, milliseconds: int | None) -> int | None:
    if active.server.traits.waits_for_answers or milliseconds is None:
        return None
    return max(_SHORTEST_MS, min(milliseconds, _LONGEST_MS))


def _encoded(value: Json) -> str:
    return msgspec.json.encode(value).decode()
