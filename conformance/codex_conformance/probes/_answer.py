"""The answer to one HTTP call."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import httpx
import msgspec

from codex_conformance.probes._expect import Unmet, at, require

__all__ = ["Answer", "read_events"]


class Answer:
    """The answer to a call: its status, headers and body, whole."""

    def __init__(self, call: str, response: httpx.Response, *, is_whole: bool = True) -> None:
        #: The call, such as ``POST /oauth/token``.
        self.call = call
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.content
        #: Whether the body came to its end; a connection that breaks before leaves it False.
        self.is_whole = is_whole

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def media_type(self) -> str:
        """The media type without parameters, in small letters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            Unmet: It is none.
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Unmet(expected="JSON", found=f"{self.media_type or 'no media type'}: {self.text[:200]!r}") from None

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The events of a body of server-sent events, without what is no JSON object (``[DONE]``)."""
        return read_events(self.text)

    def at(self, pointer: str, kind: type | tuple[type, ...] = object) -> Any:
        """Return the part of the JSON body at a pointer.

        Raises:
            Unmet: There is none, or of another type.
        """
        return at(self.json, pointer, kind)

    def has(self, pointer: str) -> bool:
        """Tell whether the body is JSON with something at a pointer."""
        try:
            self.at(pointer)
        except Unmet:
            return False
        return True

    def require_status(self, *statuses: int) -> Answer:
        """Return the answer itself.

        Raises:
            Unmet: It has none of these statuses.
        """
        wanted = " or ".join(map(str, statuses))
        require(
            self.status in statuses,
            expected=f"status {wanted}",
            found=f"{self.status}: {self.text[:300]}",
            doing=self.call,
        )
        return self


def read_events(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects that a text of server-sent events carries as data."""
    events = []
    for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        lines = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        try:
            value = msgspec.json.decode("\n".join(lines)) if lines else None
        except msgspec.DecodeError:
            continue
        if isinstance(value, dict):
            events.append(value)
    return events
