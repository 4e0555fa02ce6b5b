"""Routes that come from the contract: an operation without a handler, or the reverse, fails at start."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from codex_schemas import Operation, Problem, load

__all__ = ["Handlers", "Route", "RouteTable"]

#: Returns the answer to a call; the handler of a WebSocket is a coroutine function that also gets the socket.
AnyHandler = Callable[..., Any]


class Handlers:
    """The handlers of one surface, one for each operation of its contract."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self._handlers: dict[str, AnyHandler] = {}

    def operation(self, *operation_ids: str) -> Callable[[AnyHandler], AnyHandler]:
        """Register the decorated function as the handler of these operations."""

        def register(handler: AnyHandler) -> AnyHandler:
            for operation_id in operation_ids:
                self._handlers[operation_id] = handler
            return handler

        return register

    def routes(self) -> list[Route]:
        """Return a route for each operation and prefix.

        Raises:
            Problem: An operation has no handler, or a handler no operation.
        """
        contract = load(self.surface)
        if odd := contract.operations.keys() ^ self._handlers.keys():
            raise Problem(
                f"binding the handlers of the {self.surface} surface",
                expected="exactly one handler for each operation of the contract",
                found="only on one side: " + ", ".join(sorted(odd)),
                advice="Add the handler, or the operation to openapi.json.",
            )
        return [
            Route(operation, prefix, self._handlers[operation.id])
            for operation in contract.operations.values()
            for prefix in operation.prefixes
        ]


@dataclass(frozen=True)
class Route:
    """One operation under one prefix."""

    operation: Operation
    prefix: str
    handler: AnyHandler

    @property
    def template(self) -> str:
        """The whole path template."""
        return self.prefix + self.operation.path


class RouteTable:
    """Finds the route of a path: fixed paths by a dictionary, the others by their pattern."""

    def __init__(self, routes: list[Route]) -> None:
        self._fixed: dict[str, dict[str, Route]] = {}
        self._patterns: dict[str, tuple[re.Pattern[str], dict[str, Route]]] = {}
        for route in routes:
            self._methods_of(route.template)[route.operation.method] = route

    def find(self, path: str) -> tuple[dict[str, Route], dict[str, str]]:
        """Return the routes of a raw path by method with the values of its template; empty when unknown."""
        if (methods := self._fixed.get(path)) is not None:
            return methods, {}
        for pattern, methods in self._patterns.values():
            if match := pattern.fullmatch(path):
                return methods, {name: unquote(value) for name, value in match.groupdict().items()}
        return {}, {}

    def closest(self, method: str, path: str) -> str | None:
        """Return the ``METHOD /path`` most like an unknown one, for near misses."""
        known = [f"{m} {t}" for t, methods in [*self._fixed.items(), *self._by_template()] for m in methods]
        found = get_close_matches(f"{method} {path}", known, n=1, cutoff=0.3)
        return found[0] if found else None

    def _by_template(self) -> list[tuple[str, dict[str, Route]]]:
        return [(template, methods) for template, (_, methods) in self._patterns.items()]

    def _methods_of(self, template: str) -> dict[str, Route]:
        if "{" not in template:
            return self._fixed.setdefault(template, {})
        return self._patterns.setdefault(template, (_compile(template), {}))[1]


def _compile(template: str) -> re.Pattern[str]:
    """Turn ``/tasks/{task_id}`` into a pattern whose values hold no slash."""
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts)))
