"""What checks read of a conversation: the order of its messages, and the parts of a turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codex_conformance.probes import AppServerProbe, Unmet, at, require

__all__ = [
    "has_status",
    "is_of",
    "items_of",
    "pages_of",
    "place",
    "require_answer_first",
    "require_order",
    "statuses",
    "talk",
    "text_of",
    "thread_ids",
    "turns_of",
]

Json = dict[str, Any]

#: So many pages are turned where no last one comes.
_MOST_PAGES = 10


def place(client: AppServerProbe, method: str, kind: str | None = None) -> int:
    """Return where the first message of a method came, with an item of a kind.

    Raises:
        Unmet: It did not come.
    """
    for number, each in enumerate(client.messages):
        if each.get("method") == method and (kind is None or _kind(each) == kind):
            return number
    raise Unmet(expected=f"{method}{f' of {kind}' if kind else ''}", found="none")


def require_answer_first(client: AppServerProbe, identifier: int, method: str) -> None:
    """Wait for a request's answer and for a message of a method, and require that the answer comes first."""
    client.wait_for(method)
    client.answer(identifier)
    before = client.messages[: place(client, method)]
    holds = any("method" not in each and each.get("id") == identifier for each in before)
    require(holds, expected=f"the answer before {method}", found=[each.get("method", "an answer") for each in before])


def require_order(client: AppServerProbe, *methods: str) -> None:
    """Require that the first messages of these methods came in this order."""
    places = [place(client, method) for method in methods]
    came = [each["method"] for each in client.messages if each.get("method") in methods]
    require(places == sorted(places), expected=" before ".join(methods), found=came)


def is_of(thread_id: str) -> Callable[[Json], bool]:
    """Return what is true of the params of a notification about a thread."""
    return lambda params: params.get("threadId") == thread_id


def has_status(thread_id: str, status: str) -> Callable[[Json], bool]:
    """Return what is true of the params of a notification that says that a thread has a status."""
    return lambda params: params.get("threadId") == thread_id and bool(at(params, "/status/type") == status)


def statuses(client: AppServerProbe, thread_id: str, until: str | None = None) -> list[str]:
    """Return the statuses of a thread that were told, in order, up to the first message of a method."""
    told = client.messages[: place(client, until)] if until else client.messages
    changes = [each.get("params") for each in told if each.get("method") == "thread/status/changed"]
    return [at(each, "/status/type", str) for each in changes if at(each, "/threadId") == thread_id]


def items_of(client: AppServerProbe, kind: str, method: str = "item/completed") -> list[Json]:
    """Return the items of a kind that notifications of a method told of, in order."""
    items = [at(each, "/item", dict) for each in client.notifications(method)]
    return [item for item in items if item.get("type") == kind]


def text_of(turn: Any, kind: str = "agentMessage") -> str:
    """Return what the items of a kind say in a turn as it is stored.

    Raises:
        Unmet: It has no items.
    """
    items = [item for item in at(turn, "/items", list) if item.get("type") == kind]
    if kind == "userMessage":
        return "".join(str(part.get("text", "")) for item in items for part in at(item, "/content", list))
    return "".join(str(item.get("text", "")) for item in items)


def thread_ids(client: AppServerProbe, **params: Any) -> list[str]:
    """Return the ids of the threads that are listed."""
    return [at(row, "/id", str) for row in at(client.ask("thread/list", params), "/data", list)]


def talk(client: AppServerProbe, *texts: str, **params: Any) -> tuple[str, list[str]]:
    """Start a thread, say something in it, and return its id and those of its turns."""
    thread_id = client.thread(**params)
    return thread_id, [client.turn(thread_id, text)["id"] for text in texts]


def turns_of(client: AppServerProbe, thread_id: str) -> list[Any]:
    """Return the turns of a thread as they are stored, with their items."""
    answer = client.ask("thread/read", {"threadId": thread_id, "includeTurns": True})
    return list(at(answer, "/thread/turns", list))


def pages_of(client: AppServerProbe, method: str, params: dict[str, Any]) -> list[list[Any]]:
    """Return the rows of all pages, as far as they end."""
    pages: list[list[Any]] = []
    cursor = None
    while len(pages) < _MOST_PAGES:
        answer = client.ask(method, {**params, **({"cursor": cursor} if cursor else {})})
        pages.append(at(answer, "/data", list))
        cursor = answer.get("nextCursor")
        if cursor is None:
            break
    return pages


def _kind(message: Json) -> Any:
    return ((message.get("params") or {}).get("item") or {}).get("type")
