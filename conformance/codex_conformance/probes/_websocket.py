"""Asking a server under test over the WebSocket of the Responses surface."""

from __future__ import annotations

import json as json_text
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect

from codex_conformance.probes._evidence import Evidence
from codex_conformance.probes._expect import Unmet
from codex_conformance.probes._http import HttpProbe
from codex_conformance.targets.trust import trust
from codex_schemas import load_events

__all__ = ["WebSocketProbe"]

_PATIENCE = 20.0


class WebSocketProbe:
    """One open WebSocket."""

    def __init__(self, connection: ClientConnection, evidence: Evidence) -> None:
        self._connection = connection
        self._evidence = evidence

    @classmethod
    @contextmanager
    def open(
        cls,
        http: HttpProbe,
        *,
        account: str = "plus",
        face: str | None = None,
        headers: dict[str, str] | None = None,
        compression: str | None = "deflate",
    ) -> Iterator[WebSocketProbe]:
        """Open a WebSocket to the Responses surface.

        Args:
            http: The server.
            account: Whose turns they are.
            face: ``api`` or ``codex``.
            headers: Headers of the handshake besides.
            compression: The extension that is offered, as codex does; None for none.

        Raises:
            Unmet: The handshake was refused.
        """
        url = http.url_of("connectResponses", face)
        sent = {**http.account(account).headers(is_api=http.world.urls.is_api(url)), **(headers or {})}
        http.evidence.note("suite", "GET /responses (WebSocket)")
        try:
            connection = connect(
                url.replace("http", "ws", 1),
                additional_headers=sent,
                compression=compression,
                ssl=trust() if url.startswith("https") else None,
                proxy=None,
                open_timeout=_PATIENCE,
                close_timeout=_PATIENCE,
                ping_interval=None,
                max_size=None,
                max_queue=None,
            )
        except InvalidStatus as error:
            http.evidence.note(
                "target", str(error.response.status_code), error.response.body.decode("utf-8", "replace")
            )
            raise Unmet(expected="an open WebSocket", found=f"status {error.response.status_code}") from None
        except (InvalidHandshake, OSError, TimeoutError) as error:
            raise Unmet(expected="an open WebSocket", found=f"{type(error).__name__}: {error}") from None
        with connection:
            yield cls(connection, http.evidence)

    def send(self, message: Any) -> None:
        """Send a message, or text as it is.

        Raises:
            Unmet: The connection is gone.
        """
        text = message if isinstance(message, (str, bytes)) else json_text.dumps(message)
        kind = message.get("type", "message") if isinstance(message, dict) else "text"
        self._evidence.note("suite", str(kind), text if isinstance(text, str) else repr(text))
        try:
            self._connection.send(text)
        except ConnectionClosed as error:
            raise Unmet(expected="an open connection", found=str(error)) from None

    def send_in_parts(self, text: str, size: int) -> None:
        """Send a text in several frames, each of so many characters.

        Raises:
            Unmet: The connection is gone.
        """
        self._evidence.note("suite", f"text in frames of {size} characters", text)
        try:
            self._connection.send(text[start : start + size] for start in range(0, len(text), size))
        except ConnectionClosed as error:
            raise Unmet(expected="an open connection", found=str(error)) from None

    def ping(self, data: bytes) -> bool:
        """Send a ping and tell whether a pong came with the same data."""
        self._evidence.note("suite", "ping", data.decode())
        try:
            return self._connection.ping(data).wait(_PATIENCE) and self._connection.state is State.OPEN
        except ConnectionClosed:
            return False

    def close(self) -> None:
        """Close the connection as a client does.

        Raises:
            Unmet: The server does not answer with a close frame, or keeps the connection.
        """
        self._evidence.note("suite", "close", "1000")
        self._connection.close()
        is_over = not isinstance(self._connection.recv_exc, TimeoutError)
        if self._connection.protocol.close_rcvd is None:
            found = "the end of the connection without one" if is_over else f"silence for {_PATIENCE:g} s"
            raise Unmet(expected="a close frame", found=found)
        if not is_over:
            raise Unmet(
                expected="the end of the connection", found=f"a close frame, and then {_PATIENCE:g} s of silence"
            )

    def receive(self, within: float = _PATIENCE) -> dict[str, Any]:
        """Return the next event.

        Raises:
            Unmet: None came, or the connection is gone.
        """
        try:
            text = self._connection.recv(timeout=within)
        except TimeoutError:
            raise Unmet(expected="an event", found=f"nothing for {within:g} s") from None
        except ConnectionClosed as error:
            self._evidence.note("target", "close", str(error))
            raise Unmet(expected="an event", found=f"the end of the connection: {error}") from None
        try:
            event = json_text.loads(text) if isinstance(text, str) else None
        except ValueError:
            raise Unmet(expected="an event as JSON", found=repr(text[:200])) from None
        if isinstance(text, bytes):
            raise Unmet(expected="an event in a text frame", found=f"a binary frame: {text[:200]!r}")
        if not isinstance(event, dict):
            raise Unmet(expected="an event as a JSON object", found=event)
        self._evidence.note("target", str(event.get("type")), str(text))
        return event

    def events(self) -> list[dict[str, Any]]:
        """Return the events up to the end of one response, or to an ``error``; they are checked against the contract.

        Raises:
            Unmet: It does not end.
        """
        contract, found = load_events(), [self.receive()]
        while not (contract.is_terminal(str(found[-1].get("type"))) or found[-1].get("type") == "error"):
            found.append(self.receive())
        if found[-1].get("type") != "error":
            self._evidence.blame("connectResponses", contract.stream_violations(found, "websocket"))
        return found

    def close_code(self, within: float = _PATIENCE) -> int | None:
        """Wait until the server ends the connection, and return its code.

        Raises:
            Unmet: It does not.
        """
        try:
            while True:
                self._connection.recv(timeout=within)
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else None
        except TimeoutError:
            raise Unmet(expected="the end of the connection", found=f"nothing for {within:g} s") from None
