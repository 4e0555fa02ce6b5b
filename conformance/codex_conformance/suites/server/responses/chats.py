"""Chat completions, asked for and taken apart."""

from __future__ import annotations

from typing import Any

from codex_conformance.probes import Answer, at, require
from codex_conformance.suites.server.responses.prompts import WEATHER_TOOL
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import Stream, json_of
from codex_schemas import load

__all__ = ["CHAT_FORCED", "CHAT_TOOL", "Chat"]

Json = dict[str, Any]

_STREAM = "text/event-stream"
#: What ends a stream of chunks.
_DONE = "[DONE]"

#: The tool of the suite, as a chat takes it.
CHAT_TOOL: Json = {"type": "function", "function": {key: each for key, each in WEATHER_TOOL.items() if key != "type"}}
#: The fields of a request that wants just this call.
CHAT_FORCED: Json = {
    "tools": [CHAT_TOOL],
    "tool_choice": {"type": "function", "function": {"name": WEATHER_TOOL["name"]}},
}


class Chat:
    """The chat of a service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def ask(self, said: Any, **fields: Any) -> Answer:
        """Ask with a text of the user, or with messages, and return the answer to the call."""
        messages = [{"role": "user", "content": said}] if isinstance(said, str) else said
        body = {"model": self._service.model, "messages": messages, **fields}
        return self._service.call("createChatCompletion", json=body)

    def complete(self, said: Any, **fields: Any) -> Json:
        """Return the completion of a text or of messages.

        Raises:
            Unmet: There is none.
        """
        completion: Json = at(self.ask(said, **fields).require_status(200).json, "", dict)
        return completion

    def message(self, said: Any, **fields: Any) -> Json:
        """Return the message of the first choice of a completion."""
        found: Json = at(self.complete(said, **fields), "/choices/0/message", dict)
        return found

    def data(self, said: Any, **fields: Any) -> list[str]:
        """Return what each event of a stream carries; every chunk is held against the contract."""
        answer = self.ask(said, stream=True, **fields).require_status(200)
        contract = load("chat")
        operation = contract.operation("createChatCompletion")
        validator = contract.response_validator(operation, answer.status, _STREAM)
        if validator is not None:
            for chunk in answer.events:
                self._service.http.evidence.blame(f"{operation.id} stream", validator.violations(chunk))
        return [frame.data for frame in Stream.of(answer).frames]

    def chunks(self, said: Any, **fields: Any) -> list[Any]:
        """Return the chunks of a stream, without the mark at its end."""
        return [json_of(each) for each in self.data(said, **fields) if each != _DONE]

    def choices(self, said: Any, **fields: Any) -> list[Any]:
        """Return what the chunks of a stream say of the first choice.

        Raises:
            Unmet: Nothing.
        """
        chunks = self.chunks(said, **fields)
        found = [each for chunk in chunks for each in at(chunk, "/choices", list) if at(each, "/index") == 0]
        require(found, expected="chunks with a choice", found=chunks)
        return found
