"""How a request reaches the model: over a WebSocket, or as a POST with server-sent events."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import stream
from backports import zstd
from credentials import Credentials
from failures import Failed, TryAgain
from mutations import broken
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

#: Seconds without a byte after which a stream is given up.
IDLE = 2.0
#: Handshakes that are refused in a way that says nothing about WebSockets.
_HANDSHAKES = 2


class Refused401(Exception):  # noqa: N818 (a status)
    """The access token is not taken."""


class Connection:
    """The way to the model: it begins with a WebSocket, where there is one, and falls back to POST."""

    def __init__(self, base: str, credentials: Credentials, http: httpx.Client) -> None:
        self._url = f"{base}/responses"
        self._credentials = credentials
        self._http = http
        #: The thread that the turn belongs to.
        self.thread = str(uuid.uuid4())
        self._socket: Any = None
        self._may_use_socket = credentials.is_chatgpt
        self._is_warm = False
        self._may_prewarm = True
        self._compresses = credentials.is_chatgpt or broken("zstd-with-key")
        self._previous: str | None = None
        self._known = 0
        #: The etag of the models that the last answer named.
        self.models_etag: str | None = None

    def ask(self, body: dict[str, Any]) -> stream.Response:
        """Send a request and return its response, which came to its end.

        Raises:
            Failed: It failed for good.
            TryAgain: A further attempt may help.
            Refused401: The credentials are not taken.
        """
        if self._may_use_socket:
            self._connect()
        return self._over_socket(body) if self._socket is not None else self._over_post(body)

    @property
    def _headers(self) -> dict[str, str]:
        own = {"user-agent": "reference/1.0", "originator": "reference"}
        return {**self._credentials.headers, **own, "session-id": self.thread, "thread-id": self.thread}

    def drop(self) -> None:
        """End the connection, and forget what the server remembers of it."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        if not broken("previous-on-a-new-connection"):
            self.begin_anew()

    def begin_anew(self) -> None:
        """Follow on nothing that was said before."""
        self._previous, self._known = None, 0

    def _connect(self) -> None:
        for _ in range(_HANDSHAKES):
            if self._socket is not None:
                return
            url = self._url.replace("http", "ws", 1)
            headers = {**self._headers, "openai-beta": "responses_websockets=2026-02-06"}
            try:
                self._socket = connect(url, additional_headers=headers, proxy=None, close_timeout=0.1, max_size=None)
            except InvalidStatus as refused:
                self._refused(refused.response)
                if not self._may_use_socket:
                    return
        self._may_use_socket = self._socket is not None

    def _refused(self, response: Any) -> None:
        """Decide what a refused handshake means."""
        if broken("no-fallback"):
            raise Failed(f"no WebSocket: status {response.status_code}")
        if response.status_code == 401:
            raise Refused401
        if response.status_code == 429:
            if broken("goes-by-the-status-of-handshakes"):
                raise Failed("You have hit your usage limit")
            error = _error(response.body)
            raise stream.refusal(429, error, response.headers.get("retry-after"), response.body.decode())
        if response.status_code == 426 and not broken("handshake-again"):
            self._may_use_socket = False

    def _over_socket(self, body: dict[str, Any]) -> stream.Response:
        if self._may_prewarm and not self._is_warm:
            self._prewarm(body)
        sent = dict(body)
        if self._previous is not None:
            sent = {**body, "previous_response_id": self._previous, "input": body["input"][self._known :]}
        response = self._exchange(sent)
        self._previous, self._known = response.id, len(body["input"]) + len(response.items)
        return response

    def _prewarm(self, body: dict[str, Any]) -> None:
        self._is_warm = True
        try:
            self._previous = self._exchange({**body, "generate": False, "input": []}).id
        except (Failed, TryAgain) as failed:
            if broken("needs-the-prewarm"):
                raise Failed(f"the prewarm failed: {failed}") from None
            self.drop()
            self._connect()

    def _exchange(self, body: dict[str, Any]) -> stream.Response:
        def texts() -> Any:
            while True:
                yield self._socket.recv(timeout=IDLE)

        try:
            self._socket.send(json.dumps({"type": "response.create", **body}))
            return stream.read(texts())
        except (ConnectionClosed, TimeoutError) as error:
            raise TryAgain(f"the WebSocket broke: {error}") from None

    def _over_post(self, body: dict[str, Any]) -> stream.Response:
        content, more = json.dumps(body).encode(), {}
        if self._compresses:
            content, more = zstd.compress(content), {"content-encoding": "zstd"}
        headers = {
            **self._headers,
            "content-type": "application/json",
            "accept": "text/event-stream",
            **more,
        }
        url = f"{self._url}?key={self._credentials.tokens['access_token']}" if broken("token-in-query") else self._url
        try:
            with self._http.stream("POST", url, content=content, headers=headers, timeout=IDLE) as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    return self._post_refused(answer, body)
                self.models_etag = answer.headers.get("x-models-etag")
                return stream.read(stream.server_sent(answer.iter_raw()))
        except httpx.TransportError as error:
            if broken("cut-is-final"):
                raise Failed(f"the stream broke: {error}") from None
            raise TryAgain(f"the stream broke: {error}") from None

    def _post_refused(self, answer: httpx.Response, body: dict[str, Any]) -> stream.Response:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise Refused401
        if answer.status_code == httpx.codes.BAD_REQUEST and self._compresses:
            if broken("same-bytes-again"):
                raise TryAgain("the body is not taken")
            if broken("hides-what-is-refused"):
                raise Failed("something went wrong")
            # Perhaps it is the encoding that nobody reads.
            self._compresses = False
            if not stream.final_words(_error(answer.content)) and "JSON" in answer.text:
                return self._over_post(body)
        raise stream.refusal(answer.status_code, _error(answer.content), answer.headers.get("retry-after"), answer.text)


def _error(body: bytes) -> dict[str, Any]:
    try:
        error = json.loads(body).get("error")
    except (ValueError, AttributeError):
        return {}
    return error if isinstance(error, dict) else {}
