"""What ``codex exec --json`` prints: one event on each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import msgspec

__all__ = ["JsonEvents"]

Json = dict[str, Any]
#: Names and values in their order; a name may come twice, as it does in a web search.
Pairs = list[tuple[str, Any]]

_STATUS = {"inProgress": "in_progress", "completed": "completed", "failed": "failed", "declined": "declined"}
_ACTIONS = {"search": "search", "openPage": "open_page", "findInPage": "find_in_page", "other": "other"}
_USAGE = {
    "input_tokens": "inputTokens",
    "cached_input_tokens": "cachedInputTokens",
    "cache_write_input_tokens": "cacheWriteInputTokens",
    "output_tokens": "outputTokens",
    "reasoning_output_tokens": "reasoningOutputTokens",
}


class JsonEvents:
    """Makes lines of the notifications of a turn.

    Args:
        counts_cache_writes: Whether the release tells how many tokens were written into the cache.
    """

    def __init__(self, *, counts_cache_writes: bool) -> None:
        self._numbers: dict[str, int] = {}
        self._todo: Pairs | None = None
        names = [name for name in _USAGE if counts_cache_writes or name != "cache_write_input_tokens"]
        self._usage = dict.fromkeys(names, 0)

    def begin(self, thread: Json, _prompt: str) -> Iterator[str]:
        """Yield the first line, from the answer to ``thread/start`` or ``thread/resume``."""
        yield _line([("type", "thread.started"), ("thread_id", thread["thread"]["id"])])

    def end(self) -> Iterator[str]:
        """Yield nothing: the end of the turn was the last event."""
        yield from ()

    def tell(self, message: Json) -> Iterator[str]:
        """Yield the lines that a notification becomes."""
        if (teller := self._TELLERS.get(message["method"])) is not None:
            yield from teller(self, message["params"])

    def _turn_started(self, _params: Json) -> Iterator[str]:
        yield _line([("type", "turn.started")])

    def _item_started(self, params: Json) -> Iterator[str]:
        item = params["item"]
        if item["type"] in _STARTING:
            yield self._item("item.started", item["id"], _ITEMS[item["type"]](item))

    def _item_completed(self, params: Json) -> Iterator[str]:
        item = params["item"]
        form = _ITEMS.get(item["type"])
        if form is not None and (pairs := form(item)):
            yield self._item("item.completed", item["id"], pairs)

    def _plan_updated(self, params: Json) -> Iterator[str]:
        kind = "item.started" if self._todo is None else "item.updated"
        items = [{"text": step["step"], "completed": step["status"] == "completed"} for step in params["plan"]]
        self._todo = [("type", "todo_list"), ("items", items)]
        yield self._item(kind, "todo", self._todo)

    def _warned(self, params: Json) -> Iterator[str]:
        text = params.get("message") or params["summary"]
        # Each warning is an item of its own.
        yield self._item("item.completed", f"warning {len(self._numbers)}", [("type", "error"), ("message", text)])

    def _erred(self, params: Json) -> Iterator[str]:
        yield _line([("type", "error"), ("message", _told(params["error"]))])

    def _usage_updated(self, params: Json) -> Iterator[str]:
        total = params["tokenUsage"]["total"]
        self._usage = {name: total.get(_USAGE[name], 0) for name in self._usage}
        yield from ()

    def _turn_completed(self, params: Json) -> Iterator[str]:
        turn = params["turn"]
        if self._todo is not None:
            yield self._item("item.completed", "todo", self._todo)
        if turn["status"] == "completed":
            yield _line([("type", "turn.completed"), ("usage", self._usage)])
        elif turn["status"] == "failed":
            yield _line([("type", "turn.failed"), ("error", {"message": _told(turn["error"])})])

    def _item(self, kind: str, identifier: str, pairs: Pairs) -> str:
        number = self._numbers.setdefault(identifier, len(self._numbers))
        return _line([("type", kind), ("item", _Object([("id", f"item_{number}"), *pairs]))])

    #: Who tells a notification.
    _TELLERS: ClassVar[dict[str, Callable[[JsonEvents, Json], Iterator[str]]]] = {
        "turn/started": _turn_started,
        "item/started": _item_started,
        "item/completed": _item_completed,
        "turn/plan/updated": _plan_updated,
        "warning": _warned,
        "configWarning": _warned,
        "deprecationNotice": _warned,
        "error": _erred,
        "thread/tokenUsage/updated": _usage_updated,
        "turn/completed": _turn_completed,
    }


class _Object(list[tuple[str, Any]]):
    """An object in which a name may come twice."""


def _line(pairs: Pairs) -> str:
    fields = (
        f"{_encoded(name)}:{_line(value) if isinstance(value, _Object) else _encoded(value)}" for name, value in pairs
    )
    return f"{{{','.join(fields)}}}"


def _encoded(value: Any) -> str:
    return _line(value) if isinstance(value, _Object) else msgspec.json.encode(value).decode()


def _told(error: Json) -> str:
    details = error.get("additionalDetails")
    return f"{error['message']} ({details})" if details else str(error["message"])


def _agent_message(item: Json) -> Pairs:
    return [("type", "agent_message"), ("text", item["text"])]


def _reasoning(item: Json) -> Pairs:
    text = "\n".join(item["summary"])
    return [("type", "reasoning"), ("text", text)] if text.strip() else []


def _command(item: Json) -> Pairs:
    return [
        ("type", "command_execution"),
        ("command", item["command"]),
        ("aggregated_output", item["aggregatedOutput"] or ""),
        ("exit_code", item["exitCode"]),
        ("status", _STATUS[item["status"]]),
    ]


def _file_change(item: Json) -> Pairs:
    changes = [{"path": change["path"], "kind": change["kind"]["type"]} for change in item["changes"]]
    status = "failed" if item["status"] == "declined" else _STATUS[item["status"]]
    return [("type", "file_change"), ("changes", changes), ("status", status)]


def _mcp_tool_call(item: Json) -> Pairs:
    result, error = item["result"], item["error"]
    if result is not None:
        meta = {"_meta": result["_meta"]} if result.get("_meta") is not None else {}
        result = {"content": result["content"], **meta, "structured_content": result.get("structuredContent")}
    return [
        ("type", "mcp_tool_call"),
        ("server", item["server"]),
        ("tool", item["tool"]),
        ("arguments", item["arguments"]),
        ("result", result),
        ("error", error and {"message": error["message"]}),
        ("status", _STATUS[item["status"]]),
    ]


def _web_search(item: Json) -> Pairs:
    given = item["action"] or {"type": "other"}
    action = {"type": _ACTIONS[given["type"]]}
    action |= {name: given[name] for name in ("query", "queries", "url", "pattern") if given.get(name) is not None}
    return [("type", "web_search"), ("id", item["id"]), ("query", item["query"]), ("action", action)]


#: The form of each kind of item; one without fields is not told.
_ITEMS: dict[str, Callable[[Json], Pairs]] = {
    "agentMessage": _agent_message,
    "reasoning": _reasoning,
    "commandExecution": _command,
    "fileChange": _file_change,
    "mcpToolCall": _mcp_tool_call,
    "webSearch": _web_search,
}
#: The kinds that are told when they begin, too.
_STARTING = ("commandExecution", "fileChange", "mcpToolCall", "webSearch")
