"""What several checks of the ChatGPT backend ask alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from codex_conformance.probes import Answer, HttpProbe, at, require
from codex_conformance.targets import Credentials

__all__ = [
    "PROMPT",
    "create_task",
    "environment_of",
    "new_task",
    "pages",
    "percent",
    "task_ids",
    "turn",
    "usage",
    "workspace",
]

Json = dict[str, Any]

#: A task that costs a real service little.
PROMPT = "Add a line to the README that says hello."
#: Pages after which a list counts as one without end.
_MOST_PAGES = 200


def usage(http: HttpProbe, credentials: Credentials | None = None) -> Answer:
    """Return the answer of ``usage``, which is there."""
    return http.call("readUsage", credentials=credentials or http.account()).require_status(200)


def percent(answer: Answer, window: str = "primary_window") -> int:
    """Return how full a window is."""
    found: int = answer.at(f"/rate_limit/{window}/used_percent", int)
    return found


def turn(http: HttpProbe, model: str, credentials: Credentials | None = None) -> Answer:
    """Take one turn of a model on the ChatGPT backend, and return the answer, whatever it is."""
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hello."}]}
    body = {"model": model, "instructions": "Be short.", "input": [said], "stream": True, "store": False}
    return http.call("createResponse", json=body, credentials=credentials or http.account(), face="codex")


def environment_of(http: HttpProbe, credentials: Credentials) -> str:
    """Return the id of an environment in which tasks can run."""
    answer = http.call("listEnvironments", credentials=credentials).require_status(200)
    environment: str = answer.at("/0/id", str)
    return environment


def new_task(environment: str, *, attempts: int = 1, text: str = PROMPT) -> Json:
    """Return the body that creates a task, as codex sends it."""
    content = [{"content_type": "text", "text": text}]
    body: Json = {
        "new_task": {"environment_id": environment, "branch": "main", "run_environment_in_qa_mode": False},
        "input_items": [{"type": "message", "role": "user", "content": content}],
    }
    return {**body, "metadata": {"best_of_n": attempts}} if attempts > 1 else body


def create_task(http: HttpProbe, credentials: Credentials, *, attempts: int = 1, text: str = PROMPT) -> str:
    """Create a task and return its id, from either place where it may stand."""
    body = new_task(environment_of(http, credentials), attempts=attempts, text=text)
    answer = http.call("createTask", json=body, credentials=credentials).require_status(200, 201)
    made: str = answer.at("/task/id" if answer.has("/task/id") else "/id", str)
    return made


def pages(http: HttpProbe, credentials: Credentials, limit: int, **query: str) -> Iterator[list[Json]]:
    """Yield the tasks page by page, for as long as there is a cursor."""
    wanted = {"limit": str(limit), "task_filter": "current", **query}
    for _ in range(_MOST_PAGES):
        answer = http.call("listTasks", query=wanted, credentials=credentials).require_status(200)
        yield answer.at("/items", list)
        cursor = answer.at("/cursor") if answer.has("/cursor") else None
        if cursor is None:
            return
        wanted["cursor"] = str(cursor)
    require(holds=False, expected=f"a last page within {_MOST_PAGES}", found="one more cursor")


def task_ids(http: HttpProbe, credentials: Credentials, limit: int, most_pages: int | None = None) -> list[str]:
    """Return the ids of the tasks in the order of the pages."""
    shown = islice(pages(http, credentials, limit), most_pages)
    return [at(item, "/id", str) for page in shown for item in page]


@contextmanager
def workspace(http: HttpProbe, account: str = "plus") -> Iterator[Json]:
    """Change what our world keeps of the workspace of an account, by its record; it needs our control calls."""
    state = http.world.control("GET", "/world")
    yield state["accounts"][account]["workspaces"][0]
    http.world.control("PUT", "/world", state)
