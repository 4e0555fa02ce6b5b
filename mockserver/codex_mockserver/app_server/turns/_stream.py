"""The events of the model's stream, told as items and their deltas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codex_mockserver.app_server.threads.settings import configuration
from codex_mockserver.app_server.turns._failures import lost_stream
from codex_mockserver.app_server.turns._plan_text import PlanText
from codex_mockserver.app_server.turns._raw_items import tell_answer_item
from codex_mockserver.app_server.turns.active import ActiveTurn
from codex_mockserver.app_server.turns.usage import usage_form

__all__ = ["Telling", "agent_message"]

Json = dict[str, Any]


def agent_message(identifier: str, text: str, phase: str | None = None) -> Json:
    """Return the item of what the model says."""
    return {"type": "agentMessage", "id": identifier, "text": text, "phase": phase, "memoryCitation": None}


class Telling:
    """Tells one answer of the model while it comes.

    Args:
        active: The turn that it belongs to.
        shown: What the subscribers see: ``all``, only the ``beginnings`` of messages, or ``nothing``.
    """

    def __init__(self, active: ActiveTurn, shown: str = "all") -> None:
        self._active = active
        self._shown = shown
        self._splits_plans = active.thread.record.settings["mode"] == "plan"
        self._plans: dict[str, PlanText] = {}
        #: The items that are complete.
        self.items: list[Json] = []
        self.usage: Json | None = None
        #: Whether anything came.
        self.has_begun = False
        #: Whether the event came that ends a response.
        self.has_ended = False

    def tell(self, event: Json) -> None:
        """Tell the subscribers what one event means; most mean nothing."""
        if not self.has_begun:
            self.has_begun = True
            # Over a WebSocket an answer begins with an event of the limits, which names the plan; headers do not.
            self._active.thread.workbench.knows_plan |= self._active.server.script.settings.websocket
        if (tell := _EVENTS.get(event["type"])) is not None:
            tell(self, event)

    def added(self, event: Json) -> None:
        """Tell that an item begins."""
        item = event["item"]
        if item["type"] == "message" and self._splits_plans:
            self._plans[item["id"]] = PlanText()
        elif (form := self._form(item)) is not None:
            self._active.start_item(form(self, item))

    def done(self, event: Json) -> None:
        """Tell that an item is complete."""
        item = event["item"]
        if _is_refusal(item):
            return
        _check(item)
        self.items.append(item)
        if item["id"] in self._plans:
            self._finish_plan(item)
        elif self._shown == "all" and (form := self._form(item)) is not None:
            self._active.complete_item(form(self, item))
        tell_answer_item(self._active, item)

    def text_delta(self, event: Json) -> None:
        """Tell how a message grows."""
        if (plan := self._plans.get(event["item_id"])) is not None:
            self._tell_pieces(event["item_id"], plan, plan.feed(event["delta"]))
        elif self._shown == "all":
            self._active.notify("item/agentMessage/delta", {"itemId": event["item_id"], "delta": event["delta"]})

    def summary_part(self, event: Json) -> None:
        """Tell that a summary gets a further part."""
        where = {"itemId": event["item_id"], "summaryIndex": event["summary_index"]}
        self._active.notify("item/reasoning/summaryPartAdded", where)

    def summary_delta(self, event: Json) -> None:
        """Tell how a summary grows."""
        where = {"itemId": event["item_id"], "summaryIndex": event["summary_index"]}
        self._active.notify("item/reasoning/summaryTextDelta", {**where, "delta": event["delta"]})

    def reasoning_delta(self, event: Json) -> None:
        """Tell how a reasoning grows, where it is shown at all."""
        if self.shows_reasoning:
            fields = {"delta": event["delta"], "contentIndex": event["content_index"]}
            self._active.notify("item/reasoning/textDelta", {"itemId": event["item_id"], **fields})

    def completed(self, event: Json) -> None:
        """Take the end of a response.

        Raises:
            Failure: It cannot be read.
        """
        response = event.get("response") or {}
        if "id" not in response:
            raise lost_stream("failed to parse ResponseCompleted: missing field `id`")
        self.has_ended = True
        self.usage = response.get("usage")
        if self._active.thread.record.tells_raw_events and self.usage is not None:
            metadata = {"amount": None, "metadata": self.usage}
            told = {"responseId": response["id"], "usage": usage_form(self.usage), "usageMetadata": metadata}
            self._active.notify("rawResponse/completed", told)

    def ended(self, event: Json) -> None:
        """Take the end of a response that failed; the response itself says why."""
        self.has_ended = True
        self.usage = (event.get("response") or {}).get("usage")

    def _form(self, item: Json) -> Callable[[Telling, Json], Json] | None:
        """Return what makes an item of the model's; None for one that is not told."""
        return None if self._shown == "nothing" else _ITEMS.get(item["type"])

    @property
    def shows_reasoning(self) -> bool:
        """Whether the configuration shows the reasoning itself."""
        return bool(configuration(self._active.server).get("show_raw_agent_reasoning"))

    def message(self, item: Json) -> Json:
        """Return the item of a message."""
        text = "".join(part.get("text", "") for part in item.get("content") or ())
        return agent_message(item["id"], text, item.get("phase"))

    def reasoning(self, item: Json) -> Json:
        """Return the item of a reasoning."""
        summary, content = ([part["text"] for part in item.get(name) or ()] for name in ("summary", "content"))
        return {"type": "reasoning", "id": item["id"], "summary": summary, "content": content}

    def _tell_pieces(self, item_id: str, plan: PlanText, pieces: list[tuple[str, str]]) -> None:
        """Tell pieces of a message; the item of each kind begins with its first piece."""
        for kind, text in pieces:
            is_plan = kind == "plan"
            blank = {"type": "plan", "id": self._plan_id, "text": ""} if is_plan else agent_message(item_id, "")
            if text == (plan.plan if is_plan else plan.text):
                self._active.start_item(blank)
            method = "item/plan/delta" if is_plan else "item/agentMessage/delta"
            self._active.notify(method, {"itemId": blank["id"], "delta": text})

    def _finish_plan(self, item: Json) -> None:
        plan = self._plans.pop(item["id"])
        self._tell_pieces(item["id"], plan, plan.finish())
        if plan.plan:
            self._active.complete_item({"type": "plan", "id": self._plan_id, "text": plan.plan})
        if plan.text:
            self._active.complete_item(agent_message(item["id"], plan.text, item.get("phase")))

    @property
    def _plan_id(self) -> str:
        return f"{self._active.record.id}-plan"


def _is_refusal(item: Json) -> bool:
    """Tell whether an item is one that codex cannot read: it never completes."""
    return item["type"] == "message" and any(part["type"] == "refusal" for part in item.get("content") or ())


def _check(item: Json) -> None:
    """Refuse an item of a fault that is none.

    Raises:
        KeyError: It lacks what every item of its type has.
    """
    for name in ("id", "call_id") if item["type"] in _CALLS else ("id",):
        item[name]


def _web_search(_telling: Telling, item: Json) -> Json:
    action = item.get("action") or {"type": "other"}
    return {"type": "webSearch", "id": item["id"], "query": action.get("query") or "", "action": action}


#: The items that call tools.
_CALLS = frozenset({"function_call", "custom_tool_call"})

#: The items that are told as they stream; calls of tools are told by what executes them.
_ITEMS: dict[str, Callable[[Telling, Json], Json]] = {
    "message": Telling.message,
    "reasoning": Telling.reasoning,
    "web_search_call": _web_search,
}


_EVENTS: dict[str, Callable[[Telling, Json], None]] = {
    "response.output_item.added": Telling.added,
    "response.output_text.delta": Telling.text_delta,
    "response.reasoning_text.delta": Telling.reasoning_delta,
    "response.reasoning_summary_part.added": Telling.summary_part,
    "response.reasoning_summary_text.delta": Telling.summary_delta,
    "response.output_item.done": Telling.done,
    "response.completed": Telling.completed,
    "response.incomplete": Telling.ended,
    "response.failed": Telling.ended,
}
