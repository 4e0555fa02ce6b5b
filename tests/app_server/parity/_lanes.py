"""The messages of a server, sorted into lanes: within a lane order counts, between lanes it does not."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from parity._cases import Case

__all__ = ["Said", "is_best_effort", "lanes_of"]

Json = dict[str, Any]

#: The output of commands as it comes: the published server tells what it gets hold of, of short commands often nothing.
_BEST_EFFORT = "item/commandExecution/outputDelta"

#: Notifications of a thread that come when they come: their order among themselves counts, and no other.
_FREE = frozenset(
    {
        _BEST_EFFORT,
        "deprecationNotice",
        "mcpServer/startupStatus/updated",
        "serverRequest/resolved",
        "thread/archived",
        "thread/deleted",
        "thread/goal/cleared",
        "thread/goal/updated",
        "thread/name/updated",
        "thread/queue/changed",
        "thread/readState/changed",
        "thread/reverted",
        "thread/section/changed",
        "thread/settings/updated",
        "thread/tokenUsage/updated",
        "thread/unarchived",
        "turn/diff/updated",
        "warning",
    }
)

#: What the flags of an active thread come before and after; the end of an item they do not.
_STATUS_MARKS = frozenset({"thread/status/changed", "turn/completed", "turn/started"})

#: Answers whose place among the notifications of their thread is promised. That of turn/start is not: under load
#: the published 0.169.0 sends turn/started before it, about once in a hundred turns.
_PLACED = frozenset({"review/start", "thread/start", "turn/interrupt"})

#: The pieces of output, which join to the same whole wherever they are cut.
_PIECES = frozenset({"delta", "deltaBase64"})


@dataclass(frozen=True)
class Said:
    """A message in its lane."""

    #: What it is, without what it says.
    label: str
    #: None for a message that only marks its place in a second lane.
    message: Any


def lanes_of(case: Case, messages: list[Json]) -> dict[str, list[Said]]:
    """Return what the server said on one connection, by lane."""
    sorter = _Sorter(case)
    for entry in messages:
        ((arrow, message),) = entry.items()
        if arrow == "->":
            sorter.note_client(message)
        elif "method" not in message:
            sorter.add_answer(message)
        elif message["method"] not in case.chancy:
            sorter.add(message)
    return sorter.lanes


def is_best_effort(lane: str) -> bool:
    """Tell whether a lane may as well be empty."""
    return lane.startswith(_BEST_EFFORT)


class _Sorter:
    """Sorts the messages of one connection as they come."""

    def __init__(self, case: Case) -> None:
        self.lanes: dict[str, list[Said]] = defaultdict(list)
        self._case = case
        #: The requests of the client by id.
        self._asked: dict[str, Json] = {}
        #: The lanes of open questions by id.
        self._questions: dict[str, str] = {}

    def note_client(self, message: Any) -> None:
        """Remember a request, or the place of a decision; whatever else a client says has no place."""
        if not isinstance(message, dict) or "id" not in message:
            return
        key = repr(message["id"])
        if "method" in message:
            self._asked[key] = message
        elif key in self._questions and not self._case.parallel:
            self.lanes[self._questions.pop(key)].append(Said("the decision of the client", None))

    def add_answer(self, message: Json) -> None:
        """Sort an answer."""
        asked = self._asked.get(repr(message["id"]), {})
        lane, params = f"answer {message['id']!r}", asked.get("params")
        if asked.get("method") in _PLACED and isinstance(params, dict):
            thread = params.get("threadId") or (message.get("result", {}).get("thread") or {}).get("id")
            lane = f"thread {thread}" if thread else lane
        self.lanes[lane].append(Said(f"answer to {asked.get('method')} (id {message['id']})", message))

    def add(self, message: Json) -> None:
        """Sort a notification or a question."""
        lane = self._lane(message)
        if _unloads(message) and self.lanes[lane] and self.lanes[lane][-1].message == message:
            # Under load the published server tells twice that an archived thread has left its memory.
            return
        _append(self.lanes[lane], Said(_label(message), self._content(message)))
        if "id" in message:
            self._questions[repr(message["id"])] = lane
        if message["method"] == "serverRequest/resolved":
            self._questions.pop(repr(message["params"]["requestId"]), None)
        if lane.startswith("thread ") and (message["method"] in _STATUS_MARKS or "id" in message):
            self.lanes[f"status of {lane}"].append(Said(f"the place of {message['method']}", None))

    def _lane(self, message: Json) -> str:
        method, params = message["method"], message.get("params") or {}
        thread = params.get("threadId") or (params.get("thread") or {}).get("id")
        item = params.get("itemId") or (params.get("item") or {}).get("id")
        if item and self._case.parallel:
            return f"item {item}"
        if method == "thread/status/changed" and params["status"]["type"] == "active":
            return f"status of thread {thread}"
        return f"thread {thread}" if thread and method not in _FREE else f"{method} {thread}"

    def _content(self, message: Json) -> Json:
        """Return what counts of a message: the numbers of questions are open where items run beside each other."""
        if not self._case.parallel:
            return message
        params = {key: value for key, value in message["params"].items() if key != "requestId"}
        return {"method": message["method"], "params": params}


def _unloads(message: Json) -> bool:
    """Tell whether a message says that a thread is no longer in memory."""
    return bool(message["method"] == "thread/status/changed" and message["params"]["status"]["type"] == "notLoaded")


def _append(lane: list[Said], said: Said) -> None:
    """Add a message to its lane, or a piece of output to the piece before it."""
    before = lane[-1].message if lane else None
    if before and said.label.split()[0].endswith("/outputDelta") and _stream(before) == _stream(said.message):
        lane[-1] = Said(said.label, {**said.message, "params": _joined(before["params"], said.message["params"])})
    else:
        lane.append(said)


def _stream(message: Json) -> Json:
    return {key: value for key, value in message["params"].items() if key not in _PIECES}


def _joined(params: Json, more: Json) -> Json:
    if "delta" in more:
        return {**more, "delta": params["delta"] + more["delta"]}
    whole = b64decode(params["deltaBase64"]) + b64decode(more["deltaBase64"])
    return {**more, "deltaBase64": b64encode(whole).decode()}


def _label(message: Json) -> str:
    params = message.get("params") or {}
    item = params.get("item") or {}
    return " ".join(filter(None, [message["method"], item.get("type"), item.get("id") or params.get("itemId")]))
