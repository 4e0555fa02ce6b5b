"""Questions to the client: the turn waits for the first answer of a subscriber."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from codex_mockserver.app_server._requests import PendingRequest
from codex_mockserver.app_server._tasks import Tasks, Wait
from codex_mockserver.app_server.turns.active import ActiveTurn
from codex_schemas.app_server import param_names

__all__ = ["ask", "question"]

Json = dict[str, Any]

#: The whole answer of a client: it has ``result`` or ``error``.
Answer = Json


class Question(Wait):
    """Wait until a subscriber answers a request, or until it takes too long.

    Args:
        active: The turn that asks.
        method: The request.
        params: Its params, spelt for the newest release.
        seconds: After how long nobody is waited for any more; None for never.
        is_quiet: Whether nobody is told that the request is settled.
    """

    def __init__(
        self, active: ActiveTurn, method: str, params: Json, seconds: float | None = None, *, is_quiet: bool = False
    ) -> None:
        self._active = active
        self._message = (method, _fit(active, method, params))
        self._seconds = seconds
        self._is_quiet = is_quiet
        self.request: PendingRequest | None = None

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Ask everyone."""
        thread = self._active.thread
        self.request = thread.server.requests.send(thread.subscribers, *self._message, thread.id, wake)
        if self._seconds is not None:
            tasks.call_at(tasks.now() + self._seconds, lambda: self._give_up(wake))

    def cancel(self) -> None:
        """Stop waiting, since the turn ends."""
        if self.request is not None:
            self._active.server.requests.withdraw(self.request)
            if not self._is_quiet:
                self._active.unresolved.append(self.request)

    def _give_up(self, wake: Callable[[Any], None]) -> None:
        if self.request is not None:
            self._active.server.requests.withdraw(self.request)
            wake({"result": {}})


def question(active: ActiveTurn, method: str, params: Json) -> Generator[Wait, Any, Answer]:
    """Ask the subscribers and return the first whole answer; nobody is told that it has come."""
    whole = {"threadId": active.thread.id, "turnId": active.record.id, **params}
    answer: Answer = yield Question(active, method, whole, is_quiet=True)
    return answer


def ask(active: ActiveTurn, method: str, params: Json, seconds: float | None = None) -> Generator[Wait, Any, Answer]:
    """Ask the subscribers, tell them that one of them has answered, and return the answer."""
    whole = {"threadId": active.thread.id, "turnId": active.record.id, **params}
    asked = Question(active, method, whole, seconds)
    answer: Answer = yield asked
    if asked.request is not None:
        active.thread.notify("serverRequest/resolved", {"requestId": asked.request.id})
    return answer


def _fit(active: ActiveTurn, method: str, params: Json) -> Json:
    """Return the params that the release knows; none is added."""
    known = param_names(active.server.contract, method)
    return {name: value for name, value in params.items() if name in known}
