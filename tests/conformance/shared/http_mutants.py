"""Broken HTTP servers: mocks whose calls to some paths are changed on their way in or out.

A mutation is a generator that gets the call, changes it, yields, and changes the answer that it is given::

    def forgets_the_state(call):
        answer = yield  # what stands above changes the call
        answer.headers["location"] = ...
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl

import pytest

from codex_mockserver import Journal, Script, World
from codex_mockserver.http import App
from codex_mockserver.http.control import PREFIX

__all__ = ["AnswerOfMutant", "Broken", "CallToMutant", "Mutant", "Mutation", "changes_nothing"]

Json = dict[str, Any]


class CallToMutant:
    """A call to a mutant, on its way in."""

    def __init__(self, scope: Json, body: bytes, app: Mutant) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.scope = scope
        self.body = body
        #: The world that is asked.
        self.world: World = app.world
        #: What the mutation keeps from call to call; each world has its own.
        self.memory: dict[Any, Any] = app.memory

    @property
    def last_word(self) -> str:
        """The last part of the path, which often is an id."""
        return self.path.rpartition("/")[2]

    @property
    def query(self) -> dict[str, str]:
        """The query; setting it changes the call."""
        return dict(parse_qsl(self.scope["query_string"].decode(), keep_blank_values=True))

    @query.setter
    def query(self, text: str) -> None:
        self.scope = {**self.scope, "query_string": text.encode()}

    def without_query(self, name: str) -> None:
        """Leave a parameter out of the query."""
        self.query = "&".join(f"{each}={text}" for each, text in self.query.items() if each != name)

    @property
    def fields(self) -> Json:
        """The fields of a body of JSON or of a form; none where it is neither."""
        text = self.body.decode("utf-8", "replace")
        if text.startswith("{"):
            return json.loads(text)
        return dict(parse_qsl(text, keep_blank_values=True))

    def rewrite(self, **fields: Any) -> None:
        """Send these fields as JSON instead of the body, over those that it has."""
        self.body = json.dumps(self.fields | fields).encode()
        self.change_headers({"content-type": "application/json", "content-length": str(len(self.body))})

    def header(self, name: str) -> str | None:
        """Return a header; None where it is not there."""
        found = dict(self.scope["headers"]).get(name.encode())
        return None if found is None else found.decode()

    @property
    def token(self) -> str:
        """The token of the call; empty where it brings none."""
        return (self.header("authorization") or "").partition(" ")[2]

    @token.setter
    def token(self, text: str) -> None:
        self.change_headers({"authorization": f"Bearer {text}"})

    def change_headers(self, more: Mapping[str, str] | None = None, *, without: Collection[str] = ()) -> None:
        """Put headers in the place of those of the same names, and leave some out."""
        new = {name.encode(): text.encode() for name, text in (more or {}).items()}
        gone = {*new, *(name.encode() for name in without)}
        kept = [(name, value) for name, value in self.scope["headers"] if name not in gone]
        self.scope = {**self.scope, "headers": [*kept, *new.items()]}


class AnswerOfMutant:
    """The answer of a mutant, on its way out: change it as you like."""

    def __init__(self, messages: Sequence[Json]) -> None:
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

    def change(self, pointer: str, change: Callable[[Any], Any]) -> None:
        """Put what a change makes of a part of the body in its place; without that part nothing is changed."""
        body = part = self.json
        *way, last = pointer.split("/")[1:]
        for word in way:
            part = part.get(word) if isinstance(part, dict) else None
        if isinstance(part, dict) and last in part:
            part[last] = change(part[last])
            self.json = body

    def become(self, status: int, value: Any) -> None:
        """Be another answer, of JSON."""
        self.status, self.json = status, value

    @property
    def is_stream(self) -> bool:
        """Whether it is a stream of events."""
        return "event-stream" in self.headers["content-type"]

    @property
    def data(self) -> list[Json]:
        """The objects that a stream of events carries."""
        return [json.loads(line[6:]) for line in self.body.decode().splitlines() if line.startswith("data: {")]

    async def send(self, send: Callable[..., Any]) -> None:
        """Let it leave."""
        headers = {**self.headers, "content-length": str(len(self.body))}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": pairs})
        await send({"type": "http.response.body", "body": self.body})


#: Changes the call, yields, and changes the answer that it is given.
Mutation = Callable[[CallToMutant], Generator[None, AnswerOfMutant, None]]


class Broken(NamedTuple):
    """A server that does one thing wrong."""

    #: The paths where it does, as a pattern; of a WebSocket, the way that is changed.
    where: str
    mutation: Any
    #: The requirement that it breaks.
    requirement: str
    #: Whose cases see it, where the requirement is that of the contract, which has none of its own.
    seen_by: str = ""

    @property
    def asked(self) -> str:
        """The requirement whose cases are run."""
        return self.seen_by or self.requirement

    def __str__(self) -> str:
        """What it does, in words, and the requirement that this breaks."""
        return f"{self.mutation.__name__.replace('_', ' ')}: {self.requirement}"


def changes_nothing(_call: CallToMutant) -> Generator[None, AnswerOfMutant, None]:
    """Let a call and its answer pass."""
    yield


class Mutant(App):
    """A mock that does one thing wrong, in all of its worlds."""

    paths: ClassVar[str]
    mutation: ClassVar[Mutation]

    def __init__(self, world: World, script: Script, journal: Journal) -> None:
        super().__init__(world, script, journal)
        self.memory: dict[Any, Any] = {}

    @classmethod
    def make(cls, paths: str, mutation: Mutation) -> App:
        """Return a mock whose calls to the paths that fit a pattern go through a mutation."""
        kind = type("Mutated", (cls,), {"paths": paths, "mutation": staticmethod(mutation)})
        world = World()
        return kind(world, Script(), Journal(world.now))

    async def __call__(self, scope: Json, receive: Any, send: Any) -> None:
        """Serve one connection, changed where it is one of the mutation's."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(PREFIX) or not re.fullmatch(self.paths, path):
            await super().__call__(scope, receive, send)
            return
        call = CallToMutant(scope, await _read(receive), self)
        life = self.mutation(call)
        next(life)
        messages: list[Json] = []
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


def _collector(messages: list[Json]) -> Callable[[Any], Any]:
    async def collect(message: Json) -> None:
        messages.append(message)

    return collect
