"""What ``codex exec`` prints for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

__all__ = ["HumanText"]

Json = dict[str, Any]

_BOLD, _DIM, _ITALIC, _RED, _GREEN, _YELLOW, _MAGENTA, _CYAN = 1, 2, 3, 31, 32, 33, 35, 36
_RULE = "--------"
#: How the steps of a plan are marked.
_MARKS = {"completed": ("✓", _GREEN), "inProgress": ("→", _CYAN), "pending": ("•", _DIM)}


class HumanText:
    """Makes lines of the notifications of a turn.

    Args:
        version: The release.
        has_colours: Whether the lines may carry colours.
        repeats_diffs: Whether a diff is told again that has not changed.
    """

    def __init__(self, version: str, *, has_colours: bool, repeats_diffs: bool) -> None:
        self._version = version
        self._has_colours = has_colours
        self._repeats_diffs = repeats_diffs
        self._last_diff: str | None = None
        self._tokens: int | None = None

    def begin(self, thread: Json, prompt: str) -> Iterator[str]:
        """Yield the header, from the answer to ``thread/start`` or ``thread/resume``, which was short at first."""
        facts = {
            "workdir": thread.get("cwd"),
            "model": thread.get("model"),
            "provider": thread.get("modelProvider"),
            "approval": thread.get("approvalPolicy"),
            "sandbox": _sandbox(thread["sandbox"]) if "sandbox" in thread else None,
            "reasoning effort": thread.get("reasoningEffort") or "none",
            "reasoning summaries": "none",
            "session id": thread["thread"]["id"],
        }
        yield f"OpenAI Codex v{self._version}"
        yield _RULE
        yield from (f"{self._paint(f'{name}:', _BOLD)} {value}" for name, value in facts.items() if value is not None)
        yield _RULE
        yield self._paint("user", _CYAN)
        yield prompt

    def tell(self, message: Json) -> Iterator[str]:
        """Yield the lines that a notification becomes."""
        if (teller := self._TELLERS.get(message["method"])) is not None:
            yield from teller(self, message["params"])

    def end(self) -> Iterator[str]:
        """Yield the last lines."""
        if self._tokens is not None:
            yield self._paint("tokens used", _DIM)
            yield f"{self._tokens:,}"

    def _item_started(self, params: Json) -> Iterator[str]:
        if (teller := self._STARTED.get(params["item"]["type"])) is not None:
            yield from teller(self, params["item"])

    def _item_completed(self, params: Json) -> Iterator[str]:
        if (teller := self._COMPLETED.get(params["item"]["type"])) is not None:
            yield from teller(self, params["item"])

    def _message(self, item: Json) -> Iterator[str]:
        yield self._title("codex")
        yield item["text"]

    def _reasoning(self, item: Json) -> Iterator[str]:
        text = "\n".join(item["summary"])
        if text.strip():
            yield self._paint(text, _DIM)

    def _command_started(self, item: Json) -> Iterator[str]:
        yield self._title("exec")
        yield f"{self._paint(item['command'], _BOLD)} in {item['cwd']}"

    def _command_completed(self, item: Json) -> Iterator[str]:
        code, duration = item["exitCode"], f"in {item['durationMs'] or 0}ms:"
        done = f" succeeded {duration}" if code == 0 else f" exited {code} {duration}"
        if item["status"] == "declined":
            done = " declined"
        yield self._paint(done, _GREEN if code == 0 else _RED)
        if (item["aggregatedOutput"] or "").strip():
            yield item["aggregatedOutput"]

    def _patch_started(self, _item: Json) -> Iterator[str]:
        yield self._paint("apply patch", _BOLD)

    def _patch_completed(self, item: Json) -> Iterator[str]:
        yield f"{self._paint('patch:', _BOLD)} {item['status']}"
        yield from (self._paint(change["path"], _DIM) for change in item["changes"])

    def _tool_started(self, item: Json) -> Iterator[str]:
        yield f"{self._tool(item)} {self._paint('started', _DIM)}"

    def _tool_completed(self, item: Json) -> Iterator[str]:
        status = self._paint(item["status"], _GREEN if item["status"] == "completed" else _RED)
        yield f"{self._tool(item)} {self._paint(f'({status})', _DIM)}"

    def _tool(self, item: Json) -> str:
        name = f"{item['server']}/{item['tool']}"
        return f"{self._paint('mcp:', _BOLD)} {self._paint(name, _CYAN)}"

    def _search(self, item: Json) -> Iterator[str]:
        yield f"{self._paint('web search:', _BOLD)} {item['query']}"

    def _plan(self, params: Json) -> Iterator[str]:
        if params.get("explanation"):
            yield self._paint(params["explanation"], _ITALIC)
        for step in params["plan"]:
            mark, style = _MARKS[step["status"]]
            text = self._paint(step["step"], _DIM) if style == _DIM else step["step"]
            yield f"  {self._paint(mark, style)} {text}"

    def _diff(self, params: Json) -> Iterator[str]:
        if self._repeats_diffs or params["diff"] != self._last_diff:
            yield params["diff"]
        self._last_diff = params["diff"]

    def _warned(self, params: Json) -> Iterator[str]:
        yield f"{self._paint(self._paint('warning:', _YELLOW), _BOLD)} {params.get('message') or params['summary']}"

    def _erred(self, params: Json) -> Iterator[str]:
        yield f"{self._paint(self._paint('ERROR:', _RED), _BOLD)} {params['error']['message']}"

    def _usage(self, params: Json) -> Iterator[str]:
        total = params["tokenUsage"]["total"]
        self._tokens = total["inputTokens"] - total["cachedInputTokens"] + total["outputTokens"]
        yield from ()

    def _turn_completed(self, params: Json) -> Iterator[str]:
        turn = params["turn"]
        if turn["status"] == "failed":
            yield from self._erred(turn)
        elif turn["status"] == "interrupted":
            yield self._paint("turn interrupted", _DIM)

    def _title(self, text: str) -> str:
        return self._paint(self._paint(text, _ITALIC), _MAGENTA)

    def _paint(self, text: str, style: int) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._has_colours else text

    # Who tells an item that begins, one that is done, and a notification.
    _STARTED: ClassVar[dict[str, Callable[[HumanText, Json], Iterator[str]]]] = {
        "commandExecution": _command_started,
        "fileChange": _patch_started,
        "mcpToolCall": _tool_started,
        "webSearch": _search,
    }
    _COMPLETED: ClassVar[dict[str, Callable[[HumanText, Json], Iterator[str]]]] = {
        "agentMessage": _message,
        "reasoning": _reasoning,
        "commandExecution": _command_completed,
        "fileChange": _patch_completed,
        "mcpToolCall": _tool_completed,
        "webSearch": _search,
    }
    _TELLERS: ClassVar[dict[str, Callable[[HumanText, Json], Iterator[str]]]] = {
        "item/started": _item_started,
        "item/completed": _item_completed,
        "turn/plan/updated": _plan,
        "turn/diff/updated": _diff,
        "warning": _warned,
        "configWarning": _warned,
        "deprecationNotice": _warned,
        "error": _erred,
        "thread/tokenUsage/updated": _usage,
        "turn/completed": _turn_completed,
    }


def _sandbox(policy: Json) -> str:
    """Return the short form of a sandbox policy."""
    if policy["type"] == "dangerFullAccess":
        return "danger-full-access"
    network = " (network access enabled)" if policy.get("networkAccess") else ""
    if policy["type"] == "readOnly":
        return f"read-only{network}"
    folders = ["workdir"]
    folders += [] if policy["excludeSlashTmp"] else ["/tmp"]  # noqa: S108 (what is shown, not what is written to)
    folders += [] if policy["excludeTmpdirEnvVar"] else ["$TMPDIR"]
    return f"workspace-write [{', '.join([*folders, *policy['writableRoots']])}]{network}"
