"""The model behind one face of a server, asked in the form that the face takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex_conformance.probes import Answer, HttpProbe, at
from codex_conformance.suites.server.responses.prompts import message
from codex_conformance.suites.server.responses.streams import Stream
from codex_conformance.targets import Credentials

__all__ = ["Service"]

Json = dict[str, Any]

#: What codex says with every request; the ChatGPT backend takes nothing else.
_CODEX = {
    "instructions": "You are a helpful assistant.",
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "store": False,
    "stream": True,
}


class Service:
    """One face of a server: ``api``, or ``codex``, which only streams and only takes lists."""

    def __init__(self, http: HttpProbe, model: str, face: str) -> None:
        self.http = http
        self.model = model
        self.face = face

    @property
    def credentials(self) -> Credentials:
        """Whose requests these are."""
        return self.http.account()

    def body(self, said: Any, **fields: Any) -> Json:
        """Return the body of a request: a text of the user, or items, and further fields."""
        is_codex = self.face == "codex"
        given = [message(said)] if is_codex and isinstance(said, str) else said
        return {"model": self.model, **(_CODEX if is_codex else {}), "input": given, **fields}

    def ask(
        self,
        said: Any,
        *,
        headers: Mapping[str, str] | None = None,
        misuse: bool = False,
        account: str = "plus",
        **fields: Any,
    ) -> Answer:
        """Ask for a response, and return the answer to the call."""
        return self.call(
            "createResponse", json=self.body(said, **fields), headers=headers, misuse=misuse, account=account
        )

    def call(self, operation_id: str, *, account: str = "plus", **parts: Any) -> Answer:
        """Make any call of this face with the credentials of an account."""
        return self.http.call(operation_id, credentials=self.http.account(account), face=self.face, **parts)

    def stream(self, said: Any, **fields: Any) -> Stream:
        """Ask for a response as a stream.

        Raises:
            Unmet: The answer is none.
        """
        return Stream.of(self.ask(said, stream=True, **fields))

    def respond(self, said: Any, **fields: Any) -> Json:
        """Ask for a response, and return the object as it is at the end.

        Raises:
            Unmet: The answer is none.
        """
        if self.face == "codex":
            return self.stream(said, **fields).response
        response: Json = at(self.ask(said, **fields).require_status(200).json, "", dict)
        return response

    def items(self, said: Any, **fields: Any) -> list[Json]:
        """Ask for a response, and return its items, which the ChatGPT backend tells only in the stream.

        Raises:
            Unmet: The answer is none.
        """
        if self.face == "codex":
            return self.stream(said, **fields).items
        return [at(item, "", dict) for item in at(self.respond(said, **fields), "/output", list)]
