"""The replay server: answers from a recording."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

from codex_fixtures.matching import Rules
from codex_mockserver.recording.front import Front
from codex_mockserver.replaying._answers import Outcome, Sender, play_answer, status_line
from codex_mockserver.replaying._home import write_recorded_home
from codex_mockserver.replaying._index import Index, Recorded
from codex_mockserver.replaying._matching import Matcher, Matching, Miss, fingerprint
from codex_mockserver.replaying._pace import Pace
from codex_mockserver.replaying._requests import BadRequest, LiveRequest, RequestReader
from codex_mockserver.replaying._sockets import play_socket
from codex_mockserver.serving.client_env import proxied_environment
from codex_mockserver.serving.connection import reset
from codex_mockserver.serving.loop_thread import shared_loop
from codex_schemas import Problem

__all__ = ["Replay", "SyncReplay"]

_CHUNK = 64 * 1024
_SECONDS_TO_READ = 2.0
_REFUSED = 400
#: Misses that are remembered.
_MOST_MISSES = 1_000


class _Replay:
    """A server that answers from a recording, whatever kind of code uses it."""

    def __init__(
        self,
        path: Path,
        *,
        matching: Matching = "order",
        ignore: Sequence[str] = (),
        speed: float | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        proxy: bool = False,
        proxy_port: int = 0,
    ) -> None:
        self._path = path
        self._rules = Rules(tuple(ignore))
        self._matching = matching
        self._speed = speed
        by_content = partial(fingerprint, rules=self._rules) if matching == "content" else None
        #: Where the exchanges are.
        self.index = Index(path, by_content)
        if self.index.header.surface != "http":
            raise Problem(
                f"replaying {path}",
                expected="a recording of HTTP",
                found=f"one of an {self.index.header.surface}",
                advice="Replay it over standard streams: `codex-testkit replay FILE`, or replay_lines.",
            )
        self._matcher = Matcher(self.index, matching, self._rules)
        #: How many exchanges were played.
        self.played = 0
        #: The requests and frames without an answer, in order.
        self.misses: list[Miss] = []
        self._front = Front(self._serve, host, plain_port=port, proxy_port=proxy_port if proxy else None)

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return self._front.url

    @property
    def https_url(self) -> str | None:
        """The base URL with TLS; None without ``proxy``."""
        return self._front.https_url

    @property
    def proxy_url(self) -> str | None:
        """The URL for ``HTTPS_PROXY``; None without ``proxy``."""
        return self._front.proxy_url

    @property
    def ca_file(self) -> Path | None:
        """The certificate that a client of the proxy must trust; None without ``proxy``."""
        return self._front.ca_file

    def client_environment(self, codex_home: Path) -> dict[str, str]:
        """Return the variables with which a codex process talks to this server by way of its proxy.

        Raises:
            Problem: It has no proxy.
        """
        if self.proxy_url is None:
            raise Problem(
                "preparing the environment of a codex process",
                expected="a running replay with a proxy",
                found="one without",
                advice="Make it with proxy=True.",
            )
        return {"CODEX_HOME": str(codex_home), **proxied_environment(self.proxy_url, str(self.ca_file))}

    def write_codex_home(self, path: Path) -> None:
        """Fill a folder so that it can be a ``CODEX_HOME`` with the credentials that the recorded client had.

        Raises:
            Problem: The folder cannot be written.
        """
        write_recorded_home(path, self.index)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: str) -> None:
        requests = RequestReader(reader)
        try:
            while (request := await requests.next()) is not None:
                outcome = await self._answer(request, reader, writer)
                if outcome != "open" or not request.keeps_alive:
                    break
            else:
                return
        except BadRequest as error:
            await self._refuse(writer, _unreadable(error))
            outcome = "close"
        await _leave(outcome, reader, writer)

    async def _answer(
        self, request: LiveRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Outcome:
        found = self._matcher.take(request)
        if isinstance(found, Recorded) and found.is_socket and not request.is_upgrade:
            found = Miss(found.number, "/headers/upgrade", _no_handshake(request))
        if isinstance(found, Miss):
            self._missed(found)
            await self._refuse(writer, found.problem)
            return "close" if request.is_upgrade else "open"
        outcome = await self._play(found, request, reader, writer)
        if isinstance(outcome, Miss):
            self._missed(outcome)
            return "close"
        return outcome

    async def _play(
        self, exchange: Recorded, request: LiveRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Outcome | Miss:
        self.played += 1
        sender = Sender(writer, Pace(self._speed, asyncio.get_running_loop().time))
        entries = self.index.entries(exchange)
        if not exchange.is_socket:
            return await play_answer(exchange, entries, sender)
        rules = self._rules if self._matching == "content" else None
        return await play_socket(request, entries, reader, sender, rules)

    def _missed(self, miss: Miss) -> None:
        if len(self.misses) < _MOST_MISSES:
            self.misses.append(miss)

    async def _refuse(self, writer: asyncio.StreamWriter, problem: Problem) -> None:
        parts: dict[str, Any] = {
            "message": str(problem),
            "type": "replay_miss",
            "code": "replay_miss",
            "param": None,
            "doing": problem.doing,
            "expected": problem.expected,
            "found": problem.found,
            "advice": problem.advice,
        }
        body = json.dumps({"error": parts}).encode()
        head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        writer.write(status_line(_REFUSED) + head + body)
        await writer.drain()


class Replay(_Replay):
    """Answers from a recording on the running event loop: ``async with Replay(path) as replay: ...``.

    Args:
        path: The recording.
        matching: Whether the exchanges of each method and path answer in the order in which they were recorded,
            or a request has to have the same content.
        ignore: JSON pointers into a request or a frame that do not count, such as ``/body/client_metadata``.
        speed: How many times as fast as recorded; None for at once.
        host: The loopback address to listen on.
        port: The port, 0 for any free one.
        proxy: Run a proxy that leads the hosts that codex has built in here.
        proxy_port: Its port, 0 for any free one.

    Raises:
        Problem: It is no recording of HTTP, or the host is not loopback; on entering, an address cannot be had.
    """

    async def __aenter__(self) -> Self:
        await self._front.start()
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._front.stop()


class SyncReplay(_Replay):
    """The same for synchronous code: ``with SyncReplay(path) as replay: ...``."""

    def __enter__(self) -> Self:
        shared_loop().run(self._front.start())
        return self

    def __exit__(self, *_exception: object) -> None:
        shared_loop().run(self._front.stop())


async def _leave(outcome: Outcome, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """End a connection as the recorded one ended."""
    if outcome == "reset":
        reset(writer.transport)
    elif outcome == "wait":
        while await reader.read(_CHUNK):
            pass
    else:
        async with asyncio.timeout(_SECONDS_TO_READ):
            writer.close()
            await writer.wait_closed()


def _unreadable(error: BadRequest) -> Problem:
    return Problem(
        "reading a request",
        expected="one of HTTP/1.1",
        found=str(error),
        advice="Look at what the client sends.",
    )


def _no_handshake(request: LiveRequest) -> Problem:
    return Problem(
        f"answering {request.method} {request.path} from the recording",
        expected="the handshake of a WebSocket",
        found="a request without one",
        advice="Let the client open a WebSocket, or record it without.",
    )
