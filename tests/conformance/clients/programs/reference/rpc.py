"""An app-server: its messages, its questions and its end."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections import deque
from typing import Any, Self

import mutations
from failures import Failed
from mutations import broken
from transports import Process, Socket

Json = dict[str, Any]

#: Seconds without a word after which a server is given up.
QUIET = 10.0
#: The code of a refusal that says to come back, and the seconds before each further attempt.
OVERLOADED = -32001
PAUSES = (0.2, 0.4, 0.8)
_BROKEN_PAUSES: dict[str, tuple[float, ...]] = {
    "overload-is-final": (),
    "asks-again-at-once": (0.0,) * 15,
    "never-stops-asking": (0.1,) * 25,
}
_UNKNOWN = {"code": -32601, "message": "this client knows no such request"}
#: Whoever is not there grants nothing.
_ANSWERS: dict[str, Json] = {
    "item/commandExecution/requestApproval": {"decision": "decline"},
    "item/fileChange/requestApproval": {"decision": "decline"},
    "item/permissions/requestApproval": {"permissions": {}, "scope": "turn"},
    "execCommandApproval": {"decision": "denied"},
    "applyPatchApproval": {"decision": "denied"},
}
_GRANTED: dict[str, Json] = {
    "item/commandExecution/requestApproval": {"decision": "accept"},
    "item/fileChange/requestApproval": {"decision": "accept"},
    "item/permissions/requestApproval": {"permissions": {"network": {"enabled": True}}, "scope": "turn"},
    "execCommandApproval": {"decision": "approved"},
    "applyPatchApproval": {"decision": "approved"},
}


class Server:
    """An app-server, until the end of the block."""

    def __init__(self, transport: Process | Socket) -> None:
        self._transport = transport
        self._texts: queue.Queue[str | bytes | None] = queue.Queue()
        self._notifications: deque[Json] = deque()
        self._last_id = 0
        #: When the wait for a notification is over, where that is known.
        self._until: float | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._transport.close()

    def begin(self) -> None:
        """Do the handshake."""
        if broken("asks-before-the-handshake"):
            self._request("model/list", {})
        info = {"name": "reference", "title": None, "version": "1.0"}
        params = {"clientInfo": info, "capabilities": None}
        if broken("does-not-wait-for-the-handshake"):
            self._request("initialize", params)
        else:
            self._require_release(self.ask("initialize", params)["userAgent"])
        if broken("a-second-handshake"):
            self._request("initialize", params)
        if not broken("no-initialized"):
            self._send({"method": "initialized"}, count=2 if broken("messages-share-a-frame") else 1)

    def _require_release(self, agent: str) -> None:
        if broken("only-the-newest-release") and "/0.169." not in agent:
            raise Failed(f"not the newest release: {agent}")
        if broken("closed-list-of-releases") and "/0." not in agent:
            raise Failed(f"no release that is known: {agent}")

    def ask(self, method: str, params: Json) -> Any:
        """Send a request and return its result; a server that is overloaded is asked again, some times.

        Raises:
            Failed: The server refuses it, or ends.
        """
        pauses = _BROKEN_PAUSES.get(mutations.active, PAUSES)
        for pause in (*pauses, None):
            error = (answer := self._answer(self._request(method, params))).get("error")
            if error is None:
                return answer["result"]
            if error["code"] != OVERLOADED and broken("repeats-what-is-refused"):
                self._answer(self._request(method, params))
            if error["code"] != OVERLOADED or pause is None:
                raise Failed(f"{method} failed{'' if broken('hides-refusals') else ': ' + error['message']}")
            time.sleep(pause)
        raise AssertionError("the last pause is None")

    def next_notification(self) -> Json:
        """Return the next notification.

        Raises:
            Failed: None comes.
        """
        while not self._notifications:
            self._take(self._next())
        return self._notifications.popleft()

    def allow(self, seconds: float) -> None:
        """Wait so many seconds, and no longer, for what still must come."""
        self._until = time.monotonic() + seconds

    def _request(self, method: str, params: Json) -> int:
        if not broken("one-id-for-all"):
            self._last_id += 1
        self._send({"method": method, "id": self._last_id, "params": params})
        return self._last_id

    def _answer(self, number: int) -> Json:
        while True:
            message = self._next()
            if "method" in message and broken("drops-what-comes-early"):
                continue
            if message.get("method") == "turn/started" and broken("knows-a-turn-by-its-answer"):
                raise Failed(f"nobody has begun the turn {message['params']['turn']['id']}")
            is_answer = "method" not in message and (message["id"] == number or broken("takes-the-next-answer"))
            if is_answer or broken("takes-the-next-message"):
                return message
            self._take(message)

    def _take(self, message: Json) -> None:
        """Answer a question, and keep a notification; a strange answer is passed over."""
        method = message.get("method")
        if method is None:
            return
        if "id" in message:
            self._reply(method, message["id"])
            return
        if broken("closed-list-of-notifications") and "unknown" in method:
            raise Failed(f"nobody knows {method}")
        self._notifications.append(message)

    def _reply(self, method: str, number: int | str) -> None:
        if broken("ignores-questions") or (broken("ignores-unknown-questions") and method not in _ANSWERS):
            return
        known = (_GRANTED if broken("grants-everything") else _ANSWERS).get(method)
        if known is None and broken("says-yes-to-anything"):
            known = {}
        answer = {"id": number, "result": known} if known is not None else {"id": number, "error": _UNKNOWN}
        for _ in range(2 if broken("answers-twice") else 1):
            self._send(answer)

    def _send(self, message: Json, count: int = 1) -> None:
        text = json.dumps(message, indent=1 if broken("writes-objects-over-lines") else None)
        try:
            self._transport.send("\n".join([text] * count))
        except OSError:
            raise self._ended() from None

    def _next(self) -> Json:
        """Return the next message; what is none is passed over."""
        while True:
            left = QUIET if self._until is None else self._until - time.monotonic()
            try:
                text = self._texts.get(timeout=max(0.0, left))
            except queue.Empty:
                raise Failed("the app-server says nothing any more") from None
            if text is None:
                if broken("the-end-is-fine"):
                    raise SystemExit(0)
                raise self._ended()
            if (message := _message(text)) is not None:
                return message

    def _read(self) -> None:
        for text in self._transport.texts():
            self._texts.put(text)
        self._texts.put(None)

    def _ended(self) -> Failed:
        return Failed(f"the app-server has ended: {self._transport.ending()}")


def _message(text: str | bytes) -> Json | None:
    if broken("reads-short-lines-only") and len(text) > 65536:
        raise Failed("a line is too long")
    try:
        found = json.loads(text)
    except ValueError:
        if broken("fails-on-noise"):
            raise Failed(f"no JSON: {text!r}") from None
        return None
    if broken("closed-fields") and '"testkit_unknown":' in str(text):
        raise Failed("there is a field that nobody knows")
    if not isinstance(found, dict):
        return None
    kind = found.get("params", {}).get("item", {}).get("type")
    if broken("closed-list-of-items") and kind == "testkit_unknown":
        raise Failed(f"nobody knows the item {kind}")
    return found
