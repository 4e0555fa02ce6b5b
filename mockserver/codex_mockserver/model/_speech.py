"""What a scenario says, turned into the items of a response."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any

import msgspec
from msgspec.structs import replace

from codex_mockserver.model._outcome import UNSCRIPTED, Outcome, split_outcome
from codex_mockserver.model._prompt import Json, Prompt
from codex_mockserver.model._toolbox import Tool
from codex_mockserver.world import Ids
from codex_schemas import Problem

__all__ = ["Said", "broken_off", "new_item_id", "speak", "spoken_texts", "stopped"]

_ID_LENGTH = 48
_CALL_ID_LENGTH = 24

#: The prefix of an item's id by its type.
_PREFIXES = {
    "message": "msg_",
    "reasoning": "rs_",
    "function_call": "fc_",
    "custom_tool_call": "ctc_",
    "local_shell_call": "lsh_",
    "web_search_call": "ws_",
    "image_generation_call": "ig_",
    "compaction": "cmp_",
    "file_search_call": "fs_",
    "code_interpreter_call": "ci_",
    "mcp_call": "mcp_",
    "mcp_list_tools": "mcpl_",
    "mcp_approval_request": "mcpr_",
    "tool_search_call": "tsc_",
    "computer_call": "cu_",
    "function_call_output": "fco_",
    "custom_tool_call_output": "ctco_",
}


class Said(msgspec.Struct, frozen=True):
    """One item of a response, how its text is cut into deltas, and how the call goes that it may be."""

    item: Json
    #: The deltas of its text; None cuts it by words.
    deltas: Sequence[str] | None = None
    outcome: Outcome = UNSCRIPTED


def speak(entry: Json, ids: Ids, prompt: Prompt) -> Said:
    """Return the item for one entry of ``say``, fit for the tools and wishes of the request.

    Raises:
        Problem: The request offers no tool that could do it, or the entry is of no known kind.
    """
    kind, value = next(iter(entry.items()))
    if kind not in _KINDS:
        raise Problem(
            "saying what the scenario says",
            expected="one of " + ", ".join(_KINDS),
            found=repr(kind),
            advice="Read scenarios with load_scenario(), which finds such errors early.",
        )
    said = _KINDS[kind](value, prompt)
    return Said(_identified(said.item, ids, prompt), said.deltas, said.outcome)


def spoken_texts(say: Iterable[Json]) -> Iterator[str]:
    """Yield the texts that entries of ``say`` give as the answer; a commentary is none."""
    for value in (entry["message"] for entry in say if "message" in entry):
        if isinstance(value, str):
            yield value
        elif value.get("phase") != "commentary":
            yield _text(value)


def broken_off(said: Said) -> Said:
    """Return an item as it is when its response ends too early."""
    if said.item["type"] not in _WITH_STATUS:
        return said
    return replace(said, item={**said.item, "status": "incomplete"})


def stopped(said: list[Said], stops: Sequence[str]) -> list[Said]:
    """Return what is said before the first of these texts comes."""
    for index, part in enumerate(said):
        texts = [piece["text"] for piece in part.item.get("content") or () if piece["type"] == "output_text"]
        ends = [texts[0].find(stop) for stop in stops if stop and stop in texts[0]] if texts else []
        if ends:
            return [*said[:index], _shortened(part, min(ends))]
    return said


def _shortened(said: Said, length: int) -> Said:
    """Return a message with only the beginning of its first text."""
    first, *_ = said.item["content"]
    item = {**said.item, "content": [{**first, "text": first["text"][:length]}]}
    if said.deltas is None:
        return Said(item)
    starts = accumulate(map(len, said.deltas), initial=0)
    cut = [delta[: max(0, length - start)] for start, delta in zip(starts, said.deltas, strict=False)]
    return Said(item, [delta for delta in cut if delta])


def new_item_id(kind: str, ids: Ids) -> str:
    """Return a new id for an item of a type."""
    return ids.new(_PREFIXES.get(kind, f"{kind[:4]}_"), _ID_LENGTH)


def _identified(item: Json, ids: Ids, prompt: Prompt) -> Json:
    """Give an item the ids, the status and the sealed reasoning that its type has."""
    kind = item["type"]
    whole: Json = {"type": kind, "id": new_item_id(kind, ids)}
    if kind in _CALLS:
        whole["call_id"] = ids.new("call_", _CALL_ID_LENGTH)
    if kind in _WITH_STATUS:
        whole["status"] = "completed"
    if kind == "reasoning" and prompt.wants_encrypted_reasoning:
        whole["encrypted_content"] = ids.secret()
    return whole | item


_CALLS = frozenset({"function_call", "custom_tool_call", "local_shell_call"})
_WITH_STATUS = frozenset({"message", "web_search_call", *_CALLS})


def _message(value: str | Json, _prompt: Prompt) -> Said:
    spoken: Json = {"text": value} if isinstance(value, str) else value
    item: Json = {"type": "message", "role": "assistant"}
    if "phase" in spoken:
        item["phase"] = spoken["phase"]
    part: Json = {"type": "output_text", "text": _text(spoken), "annotations": [], "logprobs": []}
    return Said({**item, "content": [part]}, spoken.get("deltas"))


def _text(spoken: Json) -> str:
    deltas: list[str] | None = spoken.get("deltas")
    text: str = spoken["text"] if deltas is None else "".join(deltas)
    return text


def _refusal(text: str, _prompt: Prompt) -> Said:
    return Said({"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": text}]})


def _reasoning(value: Json, _prompt: Prompt) -> Said:
    summary = [{"type": "summary_text", "text": text} for text in value.get("summary", ())]
    item: Json = {"type": "reasoning", "summary": summary}
    if "text" in value:
        item["content"] = [{"type": "reasoning_text", "text": value["text"]}]
    return Said(item)


def _exec_command(value: Json, prompt: Prompt) -> Said:
    arguments, outcome = split_outcome(value)
    return Said(prompt.toolbox.run_command(arguments), outcome=outcome)


def _apply_patch(value: str | Json, prompt: Prompt) -> Said:
    patch, outcome = (value, UNSCRIPTED) if isinstance(value, str) else (value["patch"], Outcome(error=value["fails"]))
    return Said(prompt.toolbox.apply_patch(patch), outcome=outcome)


def _function_call(value: Json, prompt: Prompt) -> Said:
    return _named_call("function", value, value.get("arguments", {}), prompt)


def _custom_tool_call(value: Json, prompt: Prompt) -> Said:
    return _named_call("custom", value, value["input"], prompt)


def _named_call(kind: str, value: Json, arguments: Any, prompt: Prompt) -> Said:
    """Call a tool by name, in the namespace in which the request offers it."""
    offered = prompt.toolbox.find(value["name"])
    namespace = value.get("namespace", offered.namespace if offered else None)
    return Said(Tool(kind, value["name"], namespace).call(arguments), outcome=split_outcome(value)[1])


def _web_search(query: str, _prompt: Prompt) -> Said:
    return Said({"type": "web_search_call", "action": {"type": "search", "query": query, "queries": [query]}})


#: How each kind of entry becomes an item.
_KINDS: dict[str, Callable[[Any, Prompt], Said]] = {
    "message": _message,
    "reasoning": _reasoning,
    "exec_command": _exec_command,
    "apply_patch": _apply_patch,
    "function_call": _function_call,
    "custom_tool_call": _custom_tool_call,
    "web_search": _web_search,
    "refusal": _refusal,
    "compaction": lambda text, _prompt: Said({"type": "compaction", "encrypted_content": text}),
    "item": lambda item, _prompt: Said(item),
}
