"""The control calls as an ASGI application beside the mocked surfaces."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._body import JSON, parse, read_body
from codex_mockserver.http._origin import origin_of
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.http._routing import Handlers, Route, RouteTable
from codex_mockserver.http.control._guard import Forbidden, check_caller
from codex_mockserver.http.control._live import follow_journal
from codex_mockserver.http.control._not_there import NotThere
from codex_mockserver.http.control._operations import OPERATIONS, ControlCall
from codex_mockserver.http.control._side_worlds import SideWorlds
from codex_mockserver.journal import Journal
from codex_mockserver.model import Script, load_scenario
from codex_mockserver.world import World
from codex_schemas import Problem, Validator, load

if TYPE_CHECKING:
    from codex_mockserver.http import App

__all__ = ["PREFIX", "Control"]

#: The paths that no vendor has: all of them are control calls.
PREFIX = "/_testkit/"

FOLLOW = "followJournal"
YAML = "application/yaml"

#: The status with which a refusal is told; 400 for all others.
_STATUS = {Forbidden: 403, NotThere: 404}


class Control:
    """Answers the control calls of an application.

    Args:
        app: What is controlled.
        token: What a caller must know; None lets every program of this machine call.
        is_side: Whether this is the application of a side world, which has no side worlds of its own.
    """

    def __init__(self, app: App, token: str | None = None, *, is_side: bool = False) -> None:
        self._app = app
        self._token = token
        #: Further worlds beside that of the application.
        self.worlds = None if is_side else SideWorlds(self._beside)

    def _beside(self, world: World, script: Script, journal: Journal) -> App:
        """Return an application like the one that is controlled, for another world."""
        app = type(self._app)(world, script, journal)
        app.control = Control(app, self._token, is_side=True)
        return app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, or pass it on to the world that it is for; what is refused is told in four parts."""
        if self.worlds is not None and (entered := self.worlds.enter(scope)) is not None:
            world, inner = entered
            return await world.serve(inner, receive, send)
        try:
            if scope["type"] == "websocket":
                raise _not_found(f"a WebSocket at {scope['path']}", None)
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            check_caller(headers, self._token)
            route, values = _find(scope)
            query = _checked_query(route, dict(parse_qsl(scope["query_string"].decode("latin-1"))))
            body = _read(route, headers, await read_body(receive))
            call = ControlCall(self._app, self.worlds, origin_of(scope, headers), values, query, body)
            if route.operation.id == FOLLOW:
                return await follow_journal(call, receive, send)
            answer = json_answer(OPERATIONS[route.operation.id](call))
            self._app.world.commit()
        except Problem as problem:
            answer = _refusal(problem)
        except Refusal as refusal:
            answer = _refusal(_unread(refusal.message))
        return await answer.send(_handshake(send) if scope["type"] == "websocket" else send, self._app.date())


@cache
def _routes() -> RouteTable:
    handlers = Handlers("control")
    operations: dict[str, Callable[..., Any]] = {**OPERATIONS, FOLLOW: follow_journal}
    for operation_id, operation in operations.items():
        handlers.operation(operation_id)(operation)
    return RouteTable(handlers.routes())


def _find(scope: Scope) -> tuple[Route, dict[str, str]]:
    methods, values = _routes().find(scope["path"])
    route = methods.get(scope["method"])
    if route is None:
        raise _not_found(f"{scope['method']} {scope['path']}", _routes().closest(scope["method"], scope["path"]))
    return route, values


def _not_found(call: str, closest: str | None) -> NotThere:
    return NotThere(
        "finding a control call",
        expected=f"one of {', '.join(sorted(load('control').operations))}, or a call inside a side world",
        found=call,
        advice=f"Closest: {closest or 'none'}.",
    )


def _handshake(send: Send) -> Send:
    """Return how a response is sent to the handshake of a WebSocket."""

    async def send_refusal(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    return send_refusal


def _checked_query(route: Route, query: dict[str, str]) -> dict[str, Any]:
    """Return the query with numbers as numbers, as the contract has its parameters."""
    parameters = {
        p["name"]: p["schema"] for p in route.operation.definition.get("parameters", ()) if p["in"] == "query"
    }
    values = {
        name: int(text) if parameters.get(name, {}).get("type") == "integer" and text.isdecimal() else text
        for name, text in query.items()
    }
    schema = {"type": "object", "properties": parameters, "additionalProperties": False}
    Validator(load("control").document, schema, f"{route.operation.id} query").check(values)
    return values


def _read(route: Route, headers: dict[str, str], body: bytes) -> Any:
    """Return the body, checked against the contract; YAML as the scenario that it is."""
    types = route.operation.request_types
    if not types:
        return None
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == YAML and YAML in types:
        return load_scenario(f"{body.decode(errors='replace')}\n")
    value = parse(body, JSON)
    load("control").request_validator(route.operation, JSON).check(value)
    return value


def _refusal(problem: Problem) -> Answer:
    status = next((status for kind, status in _STATUS.items() if isinstance(problem, kind)), 400)
    parts = ("doing", "expected", "found", "advice")
    return json_answer({"error": {part: getattr(problem, part) for part in parts}}, status)


def _unread(found: str) -> Problem:
    return Problem("reading a control call", expected="a body of JSON", found=found, advice="Send it as JSON text.")
