"""Runs the steps of a case against a server and keeps what was said.

A step is a mapping whose first key is a verb:

=================================  ==================================================================
``call: METHOD, with: PARAMS``     sends a request and waits for its answer
``send: METHOD, with: PARAMS``     sends a request
``answered: ID``                   waits for the answer to a request; ids count from 1, the handshake's
``notify: METHOD``                 sends a notification
``raw: TEXT or MESSAGE``           sends this as it is
``await: METHOD``                  waits for a notification or question; ``where`` what it must hold,
                                   ``times`` how many
``decide: METHOD, with: RESULT``   waits for a question and answers it, with ``error`` by an error
``thread: PARAMS``                 starts a thread in the working folder
``turn: TEXT``                     starts a turn; ``with`` more params, ``until`` what it waits for
``quiet: true``                    waits until nothing has come for a while
``connect: NAME``                  opens another connection; ``handshake`` as in a case
``disconnect: NAME``               closes a connection
``restart: true``                  ends the server and starts it again
=================================  ==================================================================

``on: NAME`` picks another connection than the first, whose name is ``a``. Names such as ``<thread-1>``
stand for what they stood for when they first appeared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from codex_conformance.app_servers import Connection, Server
from parity._cases import Case
from parity._names import Names

__all__ = ["Stuck", "Transcript", "run"]

Json = dict[str, Any]
#: What was said on each connection, in order: ``->`` by the client, ``<-`` by the server.
Transcript = dict[str, list[Json]]

#: How long an awaited message may take.
_PATIENCE = 30.0

_CLIENT = {"name": "parity", "title": "Parity", "version": "1.0.0"}
_CAPABILITIES: dict[str, Json | None] = {"experimental": {"experimentalApi": True}, "stable": None}


class Stuck(Exception):  # noqa: N818 (the state of the run, as the report shows it)
    """An awaited message did not come; the transcript holds what did."""

    def __init__(self, missing: str, transcript: Transcript) -> None:
        super().__init__(f"{missing} did not come")
        self.transcript = transcript


def run(
    case: Case,
    places: Mapping[str, str],
    start: Callable[[], Server],
    quiet: float,
    is_whole: Callable[[Transcript], bool] = lambda _said: True,
) -> tuple[Transcript, Transcript]:
    """Return what was said in a case: with names in it, and as it was.

    Args:
        case: The case.
        places: The paths and addresses of the run, with their names.
        start: Starts the server.
        quiet: For how many seconds nothing must come until a server counts as idle.
        is_whole: Tells whether all was said that is expected; at the end a busy server gets more time for the rest.

    Raises:
        Stuck: A message that a step waits for did not come.
    """
    driver = _Driver(case, places, start, quiet)
    try:
        driver.go()
        driver.wait_for_the_rest(is_whole)
    finally:
        driver.server.stop()
    return driver.said, driver.raw


class _Connection:
    """A connection of the case, and the messages that no step has waited for yet."""

    def __init__(self, client: Connection) -> None:
        self.client = client
        self.last_id = 0
        self.backlog: list[Json] = []


class _Driver:
    """The state of one run."""

    def __init__(self, case: Case, places: Mapping[str, str], start: Callable[[], Server], quiet: float) -> None:
        self._case = case
        self._start = start
        self._quiet = quiet
        self._names = Names(places, exact_tokens=case.exact_tokens, chancy=case.chancy_values)
        self._connections: dict[str, _Connection] = {}
        self.said: Transcript = {}
        self.raw: Transcript = {}
        self.server = start()

    def go(self) -> None:
        self._connect("a", self._case.handshake)
        for step in self._case.steps:
            verb = next(iter(step))
            _VERBS[verb](self, step.get("on", "a"), step[verb], step)

    def wait_for_the_rest(self, is_whole: Callable[[Transcript], bool]) -> None:
        """Wait until nothing has come for a while, and longer while something is missing."""
        self._settle()
        while not is_whole(self.said) and self._hears_more():
            self._settle()

    def _connect(self, name: str, handshake: str) -> None:
        self._connections[name] = _Connection(self.server.connect())
        if handshake == "none":
            return
        params = {"clientInfo": _CLIENT, "capabilities": _CAPABILITIES[handshake]}
        self._call(name, "initialize", {"with": params})
        self._send(name, {"method": "initialized"})

    def _send(self, name: str, message: Any) -> None:
        """Send a message, or a text as it is."""
        self._drain()
        real = self._names.reveal(message)
        self._note(name, "->", real)
        self._connections[name].client.send(real if isinstance(real, str) else json.dumps(real))

    def _note(self, name: str, arrow: str, message: Any) -> None:
        self.raw.setdefault(name, []).append({arrow: message})
        hidden = self._names.hide(message)
        if not _is_noise(hidden, self._case):
            self.said.setdefault(name, []).append({arrow: hidden})

    def _drain(self, quiet: float = 0.0) -> None:
        """Take what has come, and what comes before each connection has been quiet for a while."""
        for name in list(self._connections):
            while self._take(name, quiet) is not None:
                pass

    def _take(self, name: str, seconds: float) -> Json | None:
        text = self._connections[name].client.receive(seconds)
        if text is None:
            return None
        message: Json = json.loads(text)
        self._note(name, "<-", message)
        self._connections[name].backlog.append(message)
        return message

    def _await(self, name: str, what: str, wanted: Callable[[Json], bool]) -> Json:
        """Return the first message of the server, not awaited before, that is wanted."""
        backlog = self._connections[name].backlog
        seen = 0
        while True:
            for index in range(seen, len(backlog)):
                if wanted(backlog[index]):
                    return backlog.pop(index)
            seen = len(backlog)
            if self._take(name, _PATIENCE) is None:
                raise Stuck(f"{what} on connection {name}", self.said)

    def _request(self, name: str, method: str, step: Json) -> int:
        connection = self._connections[name]
        connection.last_id += 1
        params = {"params": step["with"]} if "with" in step else {}
        self._send(name, {"id": connection.last_id, "method": method, **params})
        return connection.last_id

    def _answered(self, name: str, number: Any, _step: Json) -> None:
        self._await(
            name, f"the answer to request {number}", lambda message: message.get("id") == number and _is_answer(message)
        )

    def _call(self, name: str, method: str, step: Json) -> None:
        self._answered(name, self._request(name, method, step), step)

    def _notify(self, name: str, method: str, step: Json) -> None:
        params = {"params": step["with"]} if "with" in step else {}
        self._send(name, {"method": method, **params})

    def _await_method(self, name: str, method: str, step: Json) -> None:
        where = step.get("where", {})
        for _ in range(step.get("times", 1)):
            self._await(
                name, method, lambda message: message.get("method") == method and self._holds(message["params"], where)
            )

    def _holds(self, params: Any, where: Mapping[str, Any]) -> bool:
        return all(_at(params, path) == self._names.reveal(value) for path, value in where.items())

    def _thread(self, name: str, params: Json, step: Json) -> None:
        """Start a thread in the working folder."""
        self._call(name, "thread/start", {"with": {"cwd": "<cwd>", **params}})
        self._await_method(name, "thread/started", step)

    def _turn(self, name: str, text: str, step: Json) -> None:
        """Start a turn with a text, on the first thread unless another is named, and see it end."""
        given = [{"type": "text", "text": text}]
        self._call(name, "turn/start", {"with": {"threadId": "<thread-1>", "input": given, **step.get("with", {})}})
        if until := step.get("until", "turn/completed"):
            self._await_method(name, until, step)

    def _decide(self, name: str, method: str, step: Json) -> None:
        request = self._await(name, method, lambda message: message.get("method") == method and "id" in message)
        kind = "error" if "error" in step else "result"
        self._send(name, {"id": request["id"], kind: step["error"] if "error" in step else step["with"]})

    def _settle(self, *_step: Any) -> None:
        """Wait until nothing has come for a while."""
        self._drain(self._quiet)
        self._drain()

    def _hears_more(self) -> bool:
        turns = range(int(_PATIENCE / self._quiet))
        return any(self._take(name, self._quiet) is not None for _ in turns for name in self._connections)

    def _open(self, _name: str, other: str, step: Json) -> None:
        self._connect(other, step.get("handshake", "experimental"))

    def _close(self, _name: str, other: str, _step: Json) -> None:
        self._drain()
        self._connections.pop(other).client.close()

    def _restart(self, _name: str, _value: Any, _step: Json) -> None:
        self._settle()
        self.server.stop()
        self._connections.clear()
        self.server = self._start()
        self._connect("a", self._case.handshake)


def _is_noise(message: Any, case: Case) -> bool:
    """Tell whether a message comes with every connection, or depends on the machine; few cases look at it."""
    if not isinstance(message, dict):
        return False
    if message.get("method") == "configWarning":
        return "bubblewrap" in message["params"]["summary"]
    usual = message.get("method") in {"initialize", "initialized", "remoteControl/status/changed"}
    return case.handshake != "none" and (usual or "userAgent" in (message.get("result") or {}))


def _is_answer(message: Json) -> bool:
    return "method" not in message


def _at(value: Any, path: str) -> Any:
    """Return what stands at a path such as ``item.type``."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


_VERBS: dict[str, Callable[[_Driver, str, Any, Json], None]] = {
    "thread": _Driver._thread,
    "turn": _Driver._turn,
    "call": _Driver._call,
    "send": lambda driver, name, method, step: driver._request(name, method, step) and None,
    "answered": _Driver._answered,
    "notify": _Driver._notify,
    "raw": lambda driver, name, message, _step: driver._send(name, message),
    "await": _Driver._await_method,
    "decide": _Driver._decide,
    "quiet": _Driver._settle,
    "connect": _Driver._open,
    "disconnect": _Driver._close,
    "restart": _Driver._restart,
}
