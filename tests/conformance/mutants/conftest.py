"""Broken servers: small mutations of the mock, and the suites that are to find what is broken.

``judge_http(app, ids)`` and ``judge_app_server(make, ids)`` run a part of the suites on a server and return the run;
``mutated(path, mutation)`` makes an application whose calls to a path are changed on their way in or out::

    def forgets_the_state(call):
        answer = yield  # what stands above changes the call
        answer.headers["location"] = ...
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance._pytest.subjects import Subject
from codex_conformance.reports import Run
from codex_conformance.requirements import matching
from codex_conformance.targets import CAPABILITIES, Credentials, HttpTarget, Target, TargetSpec, Urls
from codex_mockserver import Journal, Script, World
from codex_mockserver.app_server import AppServer
from codex_mockserver.http import App
from codex_mockserver.http.control import PREFIX
from codex_mockserver.serving import serve_app

SPEC = TargetSpec(name="mutant", kind="mock")
APP_SERVER = ("app_server", "account")
#: Without the search for forgotten exceptions, which takes longer than the run: the run around us does it.
QUICKLY = ("-p", "no:unraisableexception", "-p", "no:threadexception")


class CallToMutant:
    """A call to a mutant, on its way in."""

    def __init__(self, scope: dict[str, Any], body: bytes, app: Mutant) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.scope = scope
        self.body = body
        #: The world that is asked.
        self.world: World = app.world
        #: What the mutation keeps from call to call; each world has its own.
        self.memory: dict[Any, Any] = app.memory

    @property
    def query(self) -> dict[str, str]:
        """The query; setting it changes the call."""
        return dict(parse_qsl(self.scope["query_string"].decode(), keep_blank_values=True))

    @query.setter
    def query(self, text: str) -> None:
        self.scope = {**self.scope, "query_string": text.encode()}

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a body of JSON or of a form; none where it is neither."""
        text = self.body.decode("utf-8", "replace")
        if text.startswith("{"):
            return json.loads(text)
        return dict(parse_qsl(text, keep_blank_values=True))

    def rewrite(self, **fields: Any) -> None:
        """Send these fields as JSON instead of the body, over those that it has."""
        self.body = json.dumps(self.fields | fields).encode()
        others = [
            (name, value) for name, value in self.scope["headers"] if name not in (b"content-type", b"content-length")
        ]
        length = str(len(self.body)).encode()
        self.scope = {
            **self.scope,
            "headers": [*others, (b"content-type", b"application/json"), (b"content-length", length)],
        }


class AnswerOfMutant:
    """The answer of a mutant, on its way out: change it as you like."""

    def __init__(self, messages: Sequence[dict[str, Any]]) -> None:
        start = messages[0]
        self.status: int = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.body = b"".join(message.get("body", b"") for message in messages[1:])

    @property
    def json(self) -> Any:
        """The body as JSON; setting it changes the answer."""
        return json.loads(self.body)

    @json.setter
    def json(self, value: Any) -> None:
        self.body = json.dumps(value).encode()
        self.headers["content-type"] = "application/json"

    def update(self, **fields: Any) -> None:
        """Put these fields over those of the body."""
        self.json = self.json | fields

    def become(self, status: int, value: Any) -> None:
        """Be another answer, of JSON."""
        self.status, self.json = status, value

    async def send(self, send: Callable[..., Any]) -> None:
        """Let it leave."""
        headers = {**self.headers, "content-length": str(len(self.body))}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": pairs})
        await send({"type": "http.response.body", "body": self.body})


#: Changes the call, yields, and changes the answer that it is given.
Mutation = Callable[[CallToMutant], Generator[None, AnswerOfMutant, None]]


class Mutant(App):
    """A mock that does one thing wrong, in all of its worlds."""

    paths: ClassVar[str]
    mutation: ClassVar[Mutation]

    def __init__(self, world: World, script: Script, journal: Journal) -> None:
        super().__init__(world, script, journal)
        self.memory: dict[Any, Any] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one connection, changed where it is one of the mutation's."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(PREFIX) or not re.fullmatch(self.paths, path):
            await super().__call__(scope, receive, send)
            return
        call = CallToMutant(scope, await _read(receive), self)
        life = self.mutation(call)
        next(life)
        messages: list[dict[str, Any]] = []
        # A stream would go past us: the mock writes it to the connection that an extension gives.
        await super().__call__({**call.scope, "extensions": {}}, _replayed(call.body, receive), _collector(messages))
        if not messages:
            return
        answer = AnswerOfMutant(messages)
        with pytest.raises(StopIteration):
            life.send(answer)
        await answer.send(send)


async def _read(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body


def _replayed(body: bytes, receive: Any) -> Callable[[], Any]:
    first = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive_again() -> Any:
        return next(first, None) or await receive()

    return receive_again


def _collector(messages: list[dict[str, Any]]) -> Callable[[Any], Any]:
    async def collect(message: dict[str, Any]) -> None:
        messages.append(message)

    return collect


def _judge(target: Target, requirement_ids: Sequence[str]) -> Run:
    """Judge these requirements, which are of one surface."""
    (surface,) = {found.surface for each in requirement_ids for found in matching(each)}
    subject = Subject("server", SPEC.name, SPEC.release, target.surfaces, target.capabilities, [SPEC.name], target)
    options = [f"--codex-select={each}" for each in requirement_ids]
    return run_suites("server", [*QUICKLY, *options], surface=surface, subject=subject)


@pytest.fixture
def judge_http() -> Callable[[Any, Sequence[str]], Run]:
    """Judge requirements of an ASGI application that has the mock's control calls."""

    def judge(app: Any, requirement_ids: Sequence[str]) -> Run:
        states = {
            name: "not declared" if each.surface in APP_SERVER else "found" for name, each in CAPABILITIES.items()
        }
        with ExitStack() as stack:
            http = HttpTarget(Urls.under(stack.enter_context(serve_app(app))), Credentials())
            stack.callback(http.close)
            return _judge(Target(SPEC, states, http), requirement_ids)

    return judge


@pytest.fixture
def judge_app_server() -> Callable[[Callable[..., AppServer], Sequence[str]], Run]:
    """Judge requirements of an app-server in this process: ``AppServer``, or what takes the same and is one."""

    def judge(make: Callable[..., AppServer], requirement_ids: Sequence[str]) -> Run:
        states = {
            name: "declared" if each.surface in APP_SERVER else "not declared" for name, each in CAPABILITIES.items()
        }
        return _judge(Target(SPEC, states, make=make), requirement_ids)

    return judge


@pytest.fixture
def mutated() -> Callable[..., App]:
    """Make a mock whose calls to the paths that fit a pattern go through a mutation."""

    def make(paths: str, mutation: Mutation) -> App:
        kind = type("Mutated", (Mutant,), {"paths": paths, "mutation": staticmethod(mutation)})
        world = World()
        return kind(world, Script(), Journal(world.now))

    return make


@pytest.fixture
def outcomes() -> Callable[[Run], dict[str, str]]:
    """Tell what became of each requirement of a run: of several cases, the worst."""
    worst = ("error", "failed", "skipped", "passed")

    def of(run: Run) -> dict[str, str]:
        found: dict[str, str] = {}
        for verdict in run.verdicts:
            before = found.get(verdict.requirement, "passed")
            found[verdict.requirement] = min(before, verdict.outcome, key=worst.index)
        return found

    return of
