"""The ASGI application: one world behind the routes of all surfaces."""

from __future__ import annotations

import logging
from email.utils import formatdate
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from codex_mockserver.http import oauth, responses, wham
from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._body import FORM, JSON, decompress, parse, read_body
from codex_mockserver.http._call import Call
from codex_mockserver.http._origin import origin_of
from codex_mockserver.http._refusal import Refusal, dialect_of, envelope
from codex_mockserver.http._routing import Route, RouteTable
from codex_mockserver.http._socket import Socket
from codex_mockserver.journal import Exchange, Journal
from codex_mockserver.model import Fault, Script
from codex_mockserver.world import World
from codex_mockserver.world.credentials import CredentialsRejected, authenticate
from codex_schemas import load

__all__ = ["READY_PATH", "App", "create_app"]

_log = logging.getLogger("codex_mockserver")

#: Where a mock tells its own tools what it listens on.
READY_PATH = "/_testkit/ready"


class App:
    """One world as an ASGI application."""

    def __init__(self, world: World, script: Script, journal: Journal) -> None:
        self.world = world
        self.script = script
        self.journal = journal
        #: What ``GET /_testkit/ready`` answers; None hides that path.
        self.ready: dict[str, Any] | None = None
        self._table = _route_table()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            return await _lifespan(receive, send)
        if scope["type"] == "http" and scope["path"] == READY_PATH and self.ready is not None:
            return await json_answer(self.ready).send(send, self._date())
        exchange = self._open(scope)
        try:
            if scope["type"] == "websocket":
                await self._serve_socket(scope, Socket(receive, send, exchange, self._date()), exchange)
            else:
                answer = await self._answer(scope, receive, exchange)
                exchange.answered(answer.status, answer.named_headers(), answer.body)
                self.journal.settle()
                await answer.send(send, self._date())
        finally:
            self.journal.settle()

    def _open(self, scope: Scope) -> Exchange:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        method = scope.get("method", "GET")
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        return self.journal.open(method, path, scope["query_string"].decode("latin-1"), headers)

    async def _answer(self, scope: Scope, receive: Receive, exchange: Exchange) -> Answer:
        """Route, read, check and handle one request; every refusal becomes that backend's own answer."""
        try:
            raw = await read_body(receive)
            exchange.received(decompress(raw, exchange.headers.get("content-encoding", "")))
            route, values = self._route(exchange)
            call = self._call(scope, exchange, route, values)
            call.fault = self.script.strike(self.world, call.operation.id)
            if (injected := _injected(call.fault)) is not None:
                return injected
            if route.operation.websocket:
                raise Refusal(426, "Connect with the WebSocket protocol.", headers={"upgrade": "websocket"})
            self._authenticate(call)
            call.body = _read(call)
            answer: Answer = route.handler(call)
        except Refusal as refusal:
            exchange.near_miss = exchange.near_miss or refusal.message
            return envelope(dialect_of(exchange.path), refusal)
        except Exception as error:  # noqa: BLE001 (a fault of ours must not take the connection down)
            _log.exception("answering %s %s", exchange.method, exchange.path)
            exchange.near_miss = f"fault of the mock: {error}"
            failure = Refusal(500, f"The mock failed: {error}", code="internal_error", kind="server_error")
            return envelope(dialect_of(exchange.path), failure)
        return answer

    async def _serve_socket(self, scope: Scope, socket: Socket, exchange: Exchange) -> None:
        try:
            route, values = self._route(exchange)
            if not route.operation.websocket:
                raise Refusal(404, "There is no WebSocket at this path.")
            call = self._call(scope, exchange, route, values)
            if (injected := _injected(self.script.strike(self.world, call.operation.id))) is not None:
                return await socket.refuse(injected)
            self._authenticate(call)
        except Refusal as refusal:
            exchange.near_miss = exchange.near_miss or refusal.message
            return await socket.refuse(envelope(dialect_of(exchange.path), refusal))
        await route.handler(call, socket)
        return None

    def _route(self, exchange: Exchange) -> tuple[Route, dict[str, str]]:
        methods, values = self._table.find(exchange.path)
        route = methods.get(exchange.method)
        if route is None:
            closest = self._table.closest(exchange.method, exchange.path)
            exchange.near_miss = f"no operation; closest: {closest}" if closest else "no operation"
            if methods:
                raise Refusal(405, "Method Not Allowed", headers={"allow": ", ".join(sorted(methods))})
            raise Refusal(404, "Not Found")
        exchange.surface, exchange.operation = route.operation.surface, route.operation.id
        return route, values

    def _call(self, scope: Scope, exchange: Exchange, route: Route, values: dict[str, str]) -> Call:
        return Call(
            world=self.world,
            journal=self.journal,
            script=self.script,
            operation=route.operation,
            prefix=route.prefix,
            origin=origin_of(scope, exchange.headers),
            exchange=exchange,
            headers=exchange.headers,
            path=values,
            query=dict(reversed(parse_qsl(exchange.query, keep_blank_values=True))) if exchange.query else {},
        )

    def _authenticate(self, call: Call) -> None:
        if not call.operation.security:
            return
        try:
            call.caller = authenticate(call.world, call.headers, call.operation.security)
        except CredentialsRejected as rejected:
            code = "invalid_api_key" if dialect_of(call.prefix) == "public" else rejected.code
            raise Refusal(401, rejected.message, code=code, headers={"www-authenticate": "Bearer"}) from None

    def _date(self) -> str:
        return _http_date(int(self.world.now()))


def create_app(world: World | None = None, script: Script | None = None, journal: Journal | None = None) -> App:
    """Return the ASGI application of a world; what is left out is made anew."""
    world = world or World()
    return App(world, script or Script(), Journal(world.now) if journal is None else journal)


def _read(call: Call) -> Any:
    """Parse the body in the media type that the client names and check it against the contract."""
    types = call.operation.request_types
    body = call.exchange.body
    if not types or (not body and not call.operation.body_required):
        return None
    media_type = call.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in types:
        # A client that forgets the header means JSON, except where only forms are known.
        media_type = JSON if JSON in types else FORM
    if media_type not in (JSON, FORM):
        return body
    value = parse(body, media_type)
    if "x-codex-request-schemas" in call.operation.definition:
        # Each backend has a schema of its own for this body; the handler chooses it and checks once.
        return value
    violations = load(call.operation.surface).request_validator(call.operation, media_type).violations(value)
    if violations:
        call.exchange.near_miss = str(violations[0])
        raise Refusal(400, str(violations[0]), code="invalid_request", param=violations[0].path.strip("/") or None)
    return value


@lru_cache(maxsize=4)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


@cache
def _route_table() -> RouteTable:
    return RouteTable([*responses.handlers.routes(), *oauth.handlers.routes(), *wham.handlers.routes()])


def _injected(fault: Fault | None) -> Answer | None:
    """Return the answer that a fault puts in the place of the real one."""
    if fault is None or fault.answer is None:
        return None
    return Answer(fault.answer.status, fault.answer.encoded(), JSON, dict(fault.answer.headers))


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
