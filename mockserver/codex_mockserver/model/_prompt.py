"""A request as the model sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from codex_mockserver.model._structured import JsonFormat, json_format
from codex_mockserver.model._toolbox import Toolbox

__all__ = ["Json", "Prompt", "read_input"]

Json = dict[str, Any]

_TURN_METADATA = "x-codex-turn-metadata"
#: The items that bring tools into a conversation.
_TOOL_ITEMS = frozenset({"additional_tools", "tool_search_output"})

_ENCRYPTED_REASONING = "reasoning.encrypted_content"


@dataclass
class Prompt:
    """A request as the model sees it: the body, and every item from the first one on."""

    body: Json
    #: The items that the request brings.
    new_items: Sequence[Json]
    #: The conversation that it continues.
    earlier: Sequence[Json] = ()
    #: The whole conversation.
    items: list[Json] = field(init=False)
    #: What is asked for: ``turn``, ``prewarm`` or ``compaction``.
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        self.items = [*self.earlier, *self.new_items]
        self.kind = self._kind()

    @property
    def model(self) -> str:
        """The model slug."""
        slug: str = self.body["model"]
        return slug

    @property
    def has_trigger(self) -> bool:
        """Whether the conversation ends by asking for a compaction item."""
        return bool(self.items) and self.items[-1].get("type") == "compaction_trigger"

    @property
    def wants_encrypted_reasoning(self) -> bool:
        """Whether reasoning items shall carry their encrypted form."""
        return _ENCRYPTED_REASONING in (self.body.get("include") or ())

    @property
    def wants_reasoning(self) -> bool:
        """Whether the request asks for reasoning, in a summary or sealed."""
        return self.wants_encrypted_reasoning or bool((self.body.get("reasoning") or {}).get("summary"))

    @cached_property
    def user_text(self) -> str:
        """The text of the user's latest message, empty without one."""
        spoken = (item for item in reversed(self.items) if item.get("type") == "message" and item["role"] == "user")
        return "\n".join(_texts(next(spoken, {}).get("content")))

    @cached_property
    def tool_outputs(self) -> list[str]:
        """The outputs that tools gave since the model last spoke, in order."""
        outputs: list[str] = []
        for item in reversed(self.items):
            if str(item.get("type")).endswith("_output"):
                outputs.insert(0, "\n".join(_texts(item.get("output"))))
            elif item.get("role") not in ("developer", "system"):
                break
        return outputs

    @cached_property
    def json_format(self) -> JsonFormat | None:
        """The JSON that a turn must bring, None where any text will do.

        Raises:
            Problem: The request's schema is none.
        """
        return json_format(self.body) if self.kind == "turn" else None

    @cached_property
    def toolbox(self) -> Toolbox:
        """The tools that the request offers."""
        brought = (tool for item in self.items if item.get("type") in _TOOL_ITEMS for tool in item["tools"])
        return Toolbox([*(self.body.get("tools") or ()), *brought])

    def _kind(self) -> str:
        if self.body.get("generate") is False:
            return "prewarm"
        return "compaction" if self.has_trigger or self._names_compaction() else "turn"

    def _names_compaction(self) -> bool:
        """Tell whether codex marks the request as a compaction that wants an ordinary message."""
        metadata = (self.body.get("client_metadata") or {}).get(_TURN_METADATA)
        if not isinstance(metadata, str) or '"request_kind":"compaction"' not in metadata.replace(" ", ""):
            return False
        try:
            return bool(msgspec.json.decode(metadata, type=dict[str, Any]).get("request_kind") == "compaction")
        except msgspec.MsgspecError:
            return False


def read_input(value: str | list[Json] | None) -> list[Json]:
    """Return the items of a request's ``input``, with its shorthands written out."""
    if isinstance(value, str):
        value = [{"role": "user", "content": value}]
    return [_written_out(item) for item in value or ()]


def _written_out(item: Json) -> Json:
    """Give a message and a reference their ``type``, and a message's text the form of a content part."""
    if item.get("type") is None and "role" not in item:
        return {**item, "type": "item_reference"}
    if item.get("type", "message") != "message":
        return item
    content = item["content"]
    if isinstance(content, str):
        kind = "output_text" if item["role"] == "assistant" else "input_text"
        content = [{"type": kind, "text": content}]
    return {**item, "type": "message", "content": content}


def _texts(content: Any) -> Iterator[str]:
    """Yield the texts of a content list or of a tool's output."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        yield from (part["text"] for part in content if isinstance(part.get("text"), str))
