"""WHAM: cloud tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._wham_query import integer
from codex_mockserver.world import tasks

__all__ = ["create_task", "list_sibling_turns", "list_tasks", "read_task"]


def _refusing(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    """Turn what the world refuses into the status that clients know."""

    @wraps(handler)
    def handle(call: Call) -> Answer:
        try:
            return handler(call)
        except tasks.NotFound as problem:
            raise Refusal(404, str(problem)) from None
        except tasks.TaskRejected as problem:
            raise Refusal(400, str(problem)) from None

    return handle


@_refusing
def create_task(call: Call) -> Answer:
    """Create a task with one or more attempts."""
    new, items = call.body["new_task"], call.body["input_items"]
    task = tasks.create(
        call.world,
        call.signed_in.workspace,
        new["environment_id"],
        "\n\n".join(text for item in items for text in _user_texts(item)),
        attempts=call.body.get("metadata", {}).get("best_of_n", 1),
        branch=new.get("branch"),
        starting_diff=next((diff for item in items if (diff := _starting_diff(item)) is not None), None),
    )
    return json_answer({"task": task})


@_refusing
def list_tasks(call: Call) -> Answer:
    """Answer one page of the workspace's tasks, newest first."""
    listed = tasks.page(
        call.world,
        call.signed_in.workspace,
        limit=integer(call, "limit", default=tasks.PAGE_SIZE, least=1, most=tasks.LARGEST_PAGE),
        task_filter=call.query.get("task_filter", "all"),
        cursor=call.query.get("cursor"),
        environment_id=call.query.get("environment_id"),
    )
    return json_answer(listed)


@_refusing
def read_task(call: Call) -> Answer:
    """Answer a task with its turns."""
    return json_answer(tasks.read(call.world, call.signed_in.workspace, call.path["task_id"]))


@_refusing
def list_sibling_turns(call: Call) -> Answer:
    """Answer the attempts beside one of a task's attempts."""
    path = call.path
    return json_answer(tasks.siblings(call.world, call.signed_in.workspace, path["task_id"], path["turn_id"]))


def _user_texts(item: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a user's message, which may be bare strings or fragments."""
    if item["type"] == "message" and item.get("role", "user") == "user":
        for part in item.get("content", []):
            text = part if isinstance(part, str) else part.get("text", "")
            if text:
                yield text


def _starting_diff(item: dict[str, Any]) -> str | None:
    diff: str | None = item.get("output_diff", {}).get("diff") if item["type"] == "pre_apply_patch" else None
    return diff
