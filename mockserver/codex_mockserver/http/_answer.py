"""What a handler returns: a status, headers and bytes, or a stream of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.types import Send

from codex_mockserver.faults import FaultAnswer
from codex_mockserver.model import Pacing

__all__ = ["Answer", "EventStream", "answer_of", "html_answer", "json_answer", "redirect"]


class Answer(msgspec.Struct):
    """A whole response."""

    status: int = 200
    body: bytes = b""
    media_type: str | None = None
    #: By lower-case name.
    headers: dict[str, str] = {}

    def named_headers(self) -> dict[str, str]:
        """Return the headers by lower-case name, with the media type."""
        return {"content-type": self.media_type, **self.headers} if self.media_type else self.headers

    def raw_headers(self, date: str) -> list[tuple[bytes, bytes]]:
        """Return the headers as they go on the wire, with the world's date."""
        named = {"date": date, **self.named_headers()}
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]

    async def send(self, send: Send, date: str) -> None:
        """Send the response in one go."""
        headers = self.raw_headers(date)
        if self.status not in (204, 304):
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class EventStream(Answer):
    """A stream of server-sent events; ``body`` holds all of them, each with its data on one line.

    Without pacing and without faults it leaves in one write.
    """

    media_type: str | None = "text/event-stream"
    #: How fast it leaves; None at once.
    pacing: Pacing | None = None

    async def send(self, send: Send, date: str) -> None:
        """Send all events at once."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.raw_headers(date)})
        await send({"type": "http.response.body", "body": self.body})


def answer_of(answer: FaultAnswer) -> Answer:
    """Return the answer that a fault puts in the place of the real one."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, answer.encoded(), "application/json", headers)


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a value as a JSON response."""
    return Answer(status, msgspec.json.encode(value), "application/json", dict(headers or {}))


def html_answer(page: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an HTML page."""
    return Answer(status, page.encode(), "text/html; charset=utf-8", dict(headers or {}))


def redirect(location: str, status: int = 302) -> Answer:
    """Return a redirect; the location must already be percent-encoded."""
    return Answer(status, b"", None, {"location": location})
