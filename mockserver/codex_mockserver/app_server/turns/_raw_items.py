"""The raw items of a turn, for clients that asked for them: what goes to the model and comes from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codex_mockserver.app_server.turns.active import ActiveTurn

__all__ = ["tell_answer_item", "tell_context", "tell_output", "tell_shell_item", "tell_user_item"]

Json = dict[str, Any]

_HARNESS: Json = {"provenance": {"hook": False, "type": "harness"}}

#: What codex puts before the first message of the user: role, and for each part its tag, its kind and its origin.
#: Parts without a kind are those of releases that do not tell kinds.
_CONTEXT: tuple[tuple[str, tuple[tuple[str, str, Json], ...]], ...] = (
    (
        "developer",
        (
            ("skills_instructions", "host_skills.instructions", {"provenance": {"type": "skills"}}),
            ("permissions instructions", "permissions.instructions", _HARNESS),
            (
                "deferred_tools",
                "tools.deferred_namespaces",
                {"provenance": {"namespace": "tool_search", "type": "tool"}},
            ),
        ),
    ),
    ("user", (("environment_context", "environments.environment_context", _HARNESS),)),
)
#: The part that only releases have that tell kinds.
_NEWER = "deferred_tools"

#: What releases that tell no kinds leave out of an answer's items.
_PLAIN_CONTENT = ("annotations", "logprobs")
_PLAIN_ITEM = ("id", "status")


def tell_context(active: ActiveTurn) -> None:
    """Tell what the model sees before the thread's first message."""
    if not active.thread.record.tells_raw_events or len(active.thread.turns) > 1:
        return
    newer = active.server.traits.tells_raw_kinds
    for role, parts in _CONTEXT:
        kept = [part for part in parts if newer or part[0] != _NEWER]
        content = [{"type": "input_text", "text": f"<{tag}>\nscripted\n</{tag}>"} for tag, _, _ in kept]
        kinds = {
            "content_item_kinds": [kind for _, kind, _ in kept],
            "content_item_metadata": [origin for _, _, origin in kept],
        }
        _tell(active, {"type": "message", "role": role, "content": content}, kinds)


def tell_shell_item(active: ActiveTurn, item: Json) -> None:
    """Tell what a command of the user gave."""
    _tell(active, item, {"content_item_kinds": ["shell.user_command"], "content_item_metadata": [_HARNESS]})


def tell_user_item(active: ActiveTurn, item: Json) -> None:
    """Tell a message of the user."""
    kinds = [f"user.{part['type'].removeprefix('input_')}" for part in item["content"]]
    origins = [{"provenance": {"type": "user"}} for _ in kinds]
    _tell(active, item, {"content_item_kinds": kinds, "content_item_metadata": origins})


def tell_output(active: ActiveTurn, item: Json) -> None:
    """Tell what a tool gave."""
    _tell(active, item, {})


def tell_answer_item(active: ActiveTurn, item: Json) -> None:
    """Tell an item of the model's."""
    if not active.thread.record.tells_raw_events:
        return
    if active.server.traits.tells_raw_kinds:
        kinds = {"content_item_kinds": ["unknown" for _ in item["content"]]} if item["type"] == "message" else {}
        metadata = {"internal_chat_message_metadata_passthrough": {**kinds, "turn_id": active.record.id}}
        active.notify("rawResponseItem/completed", {"item": {**item, **metadata}})
        return
    plain = _without(item, _PLAIN_ITEM)
    if item["type"] == "message":
        plain["content"] = [_without(part, _PLAIN_CONTENT) for part in item["content"]]
    active.notify("rawResponseItem/completed", {"item": plain})


def _tell(active: ActiveTurn, item: Json, kinds: Json) -> None:
    """Tell an item that codex made itself."""
    if not active.thread.record.tells_raw_events:
        return
    if active.server.traits.tells_raw_kinds:
        now = active.server.world.now()
        metadata = {**kinds, "create_time": now, "turn_id": active.record.id}
        identifier = f"msg_{active.server.world.ids.uuid7(now)}"
        item = {**item, "id": identifier, "internal_chat_message_metadata_passthrough": metadata}
    active.notify("rawResponseItem/completed", {"item": item})


def _without(value: Json, names: Sequence[str]) -> Json:
    return {name: part for name, part in value.items() if name not in names}
