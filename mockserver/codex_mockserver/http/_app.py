"""The ASGI application: one world behind the routes of all surfaces."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from email.utils import formatdate
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from codex_mockserver.faults import Strike
from codex_mockserver.http import chat, oauth, responses, wham
from codex_mockserver.http._answer import Answer
from codex_mockserver.http._body import FORM, JSON, decompress, parse, read_body
from codex_mockserver.http._call import Call
from codex_mockserver.http._gates import Gates
from codex_mockserver.http._http_stage import HttpStage
from codex_mockserver.http._openness import widened_answer
from codex_mockserver.http._origin import origin_of
from codex_mockserver.http._pacer import Pacer
from codex_mockserver.http._refusal import Refusal, dialect_of, envelope
from codex_mockserver.http._rejection import rejection
from codex_mockserver.http._routing import Route, RouteTable
from codex_mockserver.http._socket import Socket, SocketStage
from codex_mockserver.http._stage import connection_of
from codex_mockserver.http._strikes import strikes_of
from codex_mockserver.http.control import PREFIX, Control
from codex_mockserver.journal import Exchange, Journal
from codex_mockserver.model import Scenario, Script
from codex_mockserver.world import World
from codex_mockserver.world.credentials import CredentialsRejected, authenticate
from codex_schemas import load

__all__ = ["READY_PATH", "App", "create_app"]

_log = logging.getLogger("codex_mockserver")

#: Where a mock tells its own tools what it listens on.
READY_PATH = f"{PREFIX}ready"


class App:
    """One world as an ASGI application."""

    def __init__(self, world: World, script: Script, journal: Journal) -> None:
        self.world = world
        self.script = script
        self.journal = journal
        #: Where streams wait until a test lets them go on.
        self.gates = Gates()
        self._pacer = Pacer()
        #: Answers the control calls; None hides their paths.
        self.control: Control | None = Control(self)
        #: What a control call that asks for it learns about the addresses of the mock.
        self.ready: dict[str, Any] | None = None
        self._table = _route_table()
        script.begin(world)

    def reset(self) -> None:
        """Return the world to its first moment, empty the journal and close the gates."""
        self.world.reset()
        self.journal.clear()
        self.gates.reset()

    def use_scenario(self, scenario: Scenario) -> None:
        """Put another scenario to work, from its first step on; its accounts are set up in the world as it is."""
        self.script.replace(self.world, scenario)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            return await _lifespan(receive, send)
        if self.control is not None and scope["path"].startswith(PREFIX):
            return await self.control(scope, receive, send)
        exchange = self._open(scope)
        try:
            if scope["type"] == "websocket":
                await self._serve_socket(scope, Socket(receive, send, exchange, self.date()), exchange)
            else:
                stage = HttpStage(scope, receive, send, exchange, self.gates, self._pacer, self.date())
                await self._serve_request(scope, stage, exchange)
        finally:
            self.journal.end(exchange)

    def _open(self, scope: Scope) -> Exchange:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        method = scope.get("method", "GET")
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        return self.journal.open(method, path, scope["query_string"].decode("latin-1"), headers)

    async def _serve_request(self, scope: Scope, stage: HttpStage, exchange: Exchange) -> None:
        """Route, read, check and answer one request; every refusal becomes that backend's own answer."""
        strikes: Sequence[Strike] = ()
        try:
            raw = await read_body(stage.receive)
            exchange.received(decompress(raw, exchange.headers.get("content-encoding", "")))
            route, values = self._route(exchange)
            call = self._call(scope, exchange, route, values)
            call.strikes = strikes = strikes_of(call, call.operation)
            if strikes:
                await stage.strike(strikes, "request")
            if stage.is_over:
                return
            answer = self._handle(call, route)
        except Refusal as refusal:
            exchange.near_miss = exchange.near_miss or refusal.message
            answer = self._refuse(exchange, refusal)
        except Exception as error:  # noqa: BLE001 (a fault of ours must not take the connection down)
            _log.exception("answering %s %s", exchange.method, exchange.path)
            exchange.near_miss = f"fault of the mock: {error}"
            failure = Refusal(500, f"The mock failed: {error}", code="internal_error", kind="server_error")
            answer = envelope(dialect_of(exchange.path), failure)
        if self.script.settings.openness_probe and exchange.operation is not None:
            answer = widened_answer(load(str(exchange.surface)).operation(exchange.operation), answer)
        self.world.commit()
        await stage.give(answer, strikes)

    def _refuse(self, exchange: Exchange, refusal: Refusal) -> Answer:
        dialect = dialect_of(exchange.path)
        if dialect == "public":
            refusal.headers.setdefault("x-request-id", self.world.ids.new("req_"))
        return envelope(dialect, refusal)

    def _handle(self, call: Call, route: Route) -> Answer:
        if call.operation.websocket:
            raise Refusal(426, "Connect with the WebSocket protocol.", headers={"upgrade": "websocket"})
        self._authenticate(call)
        call.body = _read(call)
        answer: Answer = route.handler(call)
        return answer

    async def _serve_socket(self, scope: Scope, socket: Socket, exchange: Exchange) -> None:
        """Route and check a handshake, and let the handler speak on the socket."""
        try:
            route, values = self._route(exchange)
            if not route.operation.websocket:
                raise Refusal(404, "There is no WebSocket at this path.")
            call = self._call(scope, exchange, route, values)
            handshake = SocketStage(
                socket, exchange, call.connection, self.gates, self._pacer, refuse=socket.refuse_with
            )
            await handshake.strike(strikes_of(call, call.operation, "websocket"), "request")
            if handshake.is_over:
                return
            if not self.script.settings.websocket:
                raise Refusal(426, "There is no WebSocket here; use POST.")
            self._authenticate(call)
        except Refusal as refusal:
            exchange.near_miss = exchange.near_miss or refusal.message
            await socket.refuse(envelope(dialect_of(exchange.path), refusal))
        else:
            await route.handler(call, socket)

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
            gates=self.gates,
            pacer=self._pacer,
            connection=connection_of(scope),
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

    def date(self) -> str:
        """Return the world's time as HTTP writes it."""
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
        raise rejection(dialect_of(call.prefix), violations[0])
    return value


@lru_cache(maxsize=4)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


@cache
def _route_table() -> RouteTable:
    surfaces = (responses, chat, oauth, wham)
    return RouteTable([route for surface in surfaces for route in surface.handlers.routes()])


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
