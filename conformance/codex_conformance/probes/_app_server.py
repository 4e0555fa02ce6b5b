"""Asking an app-server under test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from codex_conformance.app_servers import Connection
from codex_conformance.probes._evidence import Evidence
from codex_conformance.probes._expect import Unmet, at
from codex_schemas import ContractError
from codex_schemas.app_server import AppServerContract, Conversation

__all__ = ["AppServerProbe", "Refused"]

Json = dict[str, Any]

#: For how many seconds a message that must come may take, and nothing must come until a server counts as idle.
_PATIENCE = 20.0
_QUIET = 0.4

_CLIENT = {"name": "codex-testkit", "title": "codex-testkit", "version": "1.0.0"}


class Refused(Unmet):
    """The server refused a request that it must take."""

    def __init__(self, method: str, error: Mapping[str, Any]) -> None:
        super().__init__(doing=f"asking for {method}", expected="a result", found=error)
        self.code = error.get("code")
        self.message = str(error.get("message"))


class AppServerProbe:
    """One connection to an app-server.

    Every message is checked against the contract of the release, those of the suite before they leave, unless they
    break it on purpose; what the server sends against it is kept in the evidence.
    """

    def __init__(self, connection: Connection, contract: AppServerContract, evidence: Evidence, name: str = "") -> None:
        self.contract = contract
        self.evidence = evidence
        #: Everything that the server has sent on this connection, in order.
        self.messages: list[Json] = []
        #: Lines that are no messages.
        self.noise: list[str] = []
        self._connection = connection
        self._conversation = Conversation(contract)
        self._name = name
        #: What came and was not waited for yet.
        self._waiting: list[Json] = []
        self._next_id = 1

    def handshake(self, *, experimental: bool = True, capabilities: Json | None = None) -> Any:
        """Do the handshake and return what ``initialize`` answers."""
        wanted = {**({"experimentalApi": True} if experimental else {}), **(capabilities or {})}
        params = {"clientInfo": _CLIENT, "capabilities": wanted or None}
        result = self.ask("initialize", params)
        self.notify("initialized")
        return result

    def ask(self, method: str, params: Any = None) -> Any:
        """Send a request and return its result.

        Raises:
            Refused: The server refused it.
            Unmet: No answer came.
        """
        answer = self.answer(self.request(method, params))
        if "error" in answer:
            raise Refused(method, answer["error"])
        return answer["result"]

    def refusal(self, method: str, params: Any = None, *, misuse: bool = True) -> Json:
        """Send a request that must be refused, and return the error.

        Raises:
            Unmet: It was taken, or no answer came.
        """
        answer = self.answer(self.request(method, params, misuse=misuse))
        if "error" not in answer:
            raise Unmet(doing=f"asking for {method}", expected="an error", found=answer)
        error: Json = answer["error"]
        return error

    def request(self, method: str, params: Any = None, *, misuse: bool = False) -> int:
        """Send a request and return its id, for :meth:`answer`; with ``misuse`` it breaks the contract on purpose."""
        identifier = self._next_id
        self._next_id += 1
        self.send({"method": method, "id": identifier, **_given(params)}, misuse=misuse)
        return identifier

    def answer(self, identifier: int | str, within: float = _PATIENCE) -> Json:
        """Return the answer to a request: a message with ``result`` or ``error``.

        Raises:
            Unmet: None came.
        """
        what = f"the answer to request {identifier}"
        return self._await(what, lambda each: "method" not in each and each.get("id") == identifier, within)

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self.send({"method": method, **_given(params)})

    def reply(self, identifier: int | str, result: Any) -> None:
        """Answer a request of the server."""
        self.send({"id": identifier, "result": result})

    def refuse(self, identifier: int | str, message: str = "refused", code: int = -32000) -> None:
        """Answer a request of the server with an error."""
        self.send({"id": identifier, "error": {"code": code, "message": message}})

    def send(self, message: Any, *, misuse: bool = False) -> None:
        """Send a message, or a text as it is.

        Raises:
            ContractError: The message breaks the contract, and not on purpose.
            Unmet: The connection is gone.
        """
        text = message if isinstance(message, str) else json.dumps(message)
        if isinstance(message, dict):
            violations = self._conversation.violations(message, "client")
            if violations and not misuse:
                raise ContractError(_title(message), violations)
        self.evidence.note("suite", f"{self._name}{_title(message)}", text)
        try:
            self._connection.send(text)
        except (OSError, ValueError) as error:
            raise Unmet(expected="a server that reads", found=str(error)) from None

    def wait_for(self, method: str, where: Callable[[Json], object] | None = None, within: float = _PATIENCE) -> Json:
        """Return the next notification or request of a method that nothing has waited for yet.

        Args:
            method: The method.
            where: What its ``params`` must be like.
            within: Seconds.

        Raises:
            Unmet: None came.
        """

        def is_wanted(message: Json) -> bool:
            return message.get("method") == method and (where is None or bool(where(message.get("params") or {})))

        return self._await(method, is_wanted, within)

    def settle(self, quiet: float = _QUIET) -> list[Json]:
        """Wait until nothing comes any more, and return what no call has waited for."""
        while self._take(quiet) is not None:
            pass
        taken, self._waiting = self._waiting, []
        return taken

    def thread(self, **params: Any) -> str:
        """Start a thread and return its id."""
        identifier: str = at(self.ask("thread/start", params), "/thread/id", str)
        return identifier

    def turn(self, thread_id: str, text: str = "hello", **params: Any) -> Json:
        """Run a turn to its end, and return the turn of ``turn/completed``."""
        wanted = {"threadId": thread_id, "input": [{"type": "text", "text": text}], **params}
        turn_id = at(self.ask("turn/start", wanted), "/turn/id", str)
        message = self.wait_for("turn/completed", lambda each: (each.get("turn") or {}).get("id") == turn_id)
        ended: Json = at(message, "/params/turn", dict)
        return ended

    def notifications(self, *methods: str) -> list[Json]:
        """Return the params of all that came of these methods, in order, waited for or not."""
        return [each.get("params") or {} for each in self.messages if each.get("method") in methods]

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def _await(self, what: str, is_wanted: Callable[[Json], bool], within: float) -> Json:
        seen = 0
        while True:
            for index in range(seen, len(self._waiting)):
                if is_wanted(self._waiting[index]):
                    return self._waiting.pop(index)
            seen = len(self._waiting)
            if self._take(within) is None:
                came = ", ".join(_title(each) for each in self._waiting[-5:]) or "nothing"
                end = "the end of the connection" if self._connection.is_over else f"silence for {within:g} s"
                raise Unmet(expected=what, found=f"{came}, and then {end}", doing=self.evidence.doing)

    def _take(self, seconds: float) -> Json | None:
        """Take the next message; a line that is none is kept apart."""
        while (text := self._connection.receive(seconds)) is not None:
            try:
                message = msgspec.json.decode(text)
            except msgspec.DecodeError:
                message = None
            if isinstance(message, dict):
                self._note(message, text)
                return message
            self.noise.append(text[:1000])
            self.evidence.note("target", "a line that is no message", text)
        return None

    def _note(self, message: Json, text: str) -> None:
        self.evidence.note("target", f"{self._name}{_title(message)}", text)
        self.evidence.blame(_title(message), self._conversation.violations(message, "server"))
        self.messages.append(message)
        self._waiting.append(message)


def _given(params: Any) -> Json:
    return {} if params is None else {"params": params}


def _title(message: Any) -> str:
    if not isinstance(message, dict):
        return "text"
    if "method" in message:
        return str(message["method"])
    return f"{'error' if 'error' in message else 'answer'} {message.get('id')}"
