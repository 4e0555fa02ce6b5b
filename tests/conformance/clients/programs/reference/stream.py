"""What a stream of events comes to."""

from __future__ import annotations

import codecs
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

from failures import Failed, TryAgain, final_words
from mutations import broken

_TRY_AGAIN_IN = re.compile(r"try again in ([0-9.]+) ?(ms|s)", re.IGNORECASE)
_LINE_END = re.compile("\r\n|\n|\r")


@dataclass
class Response:
    """A response that came to its end."""

    id: str = ""
    items: list[dict[str, Any]] = field(default_factory=list)
    usage: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        parts = [part for item in self.items if item.get("type") == "message" for part in item["content"]]
        return "".join(part.get("text", "") for part in parts)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return [item for item in self.items if item.get("type") in ("function_call", "custom_tool_call")]


def server_sent(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of each event of a body of server-sent events."""
    data: list[str] = []
    for line in _lines(chunks):
        if not line:
            if data:
                yield "\n".join(data)
            data = []
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line.startswith(":") and broken("fails-on-comment"):
            raise Failed(f"a line that is no field: {line}")


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    rest = ""
    for chunk in chunks:
        rest += chunk.decode(errors="replace") if broken("decodes-each-chunk") else decoder.decode(chunk)
        # A carriage return at the end may be the half of a line end.
        held = rest.endswith("\r")
        *whole, rest = (re.compile("\n") if broken("only-line-feeds") else _LINE_END).split(
            rest[: -1 if held else None]
        )
        rest += "\r" if held else ""
        yield from whole
    if rest:
        yield from (rest.rstrip("\r"), "")


def read(texts: Iterable[str]) -> Response:
    """Return the response that a stream tells.

    Raises:
        Failed: It failed for good.
        TryAgain: It failed, or its end is missing.
    """
    reading = _Reading()
    for text in texts:
        if reading.take(_event(text)):
            return reading.response
    return reading.at_the_end_of_the_stream()


class _Reading:
    """What was read of a stream so far."""

    def __init__(self) -> None:
        self.response = Response()
        self._said = ""

    def take(self, event: dict[str, Any]) -> bool:
        """Take an event, and return whether it ends the response."""
        kind = str(event.get("type"))
        if kind in self._HANDLERS:
            return bool(self._HANDLERS[kind](self, event))
        if broken("fails-on-unknown-event") and event and not kind.startswith(("response.", "codex.")):
            raise Failed(f"nobody knows the event {kind}")
        return False

    def at_the_end_of_the_stream(self) -> Response:
        """Return the response where the end of the stream is taken for its end."""
        if broken("half-answer-is-success") and self._said:
            content = [{"text": self._said}]
            self.response.items = self.response.items or [{"type": "message", "content": content}]
        elif not (self.response.id and broken("waits-for-close")):
            raise TryAgain("the stream ended before response.completed")
        return self.response

    def _delta(self, event: dict[str, Any]) -> None:
        self._said += event["delta"]
        if broken("prints-deltas"):
            print(event["delta"], end="")

    def _item(self, event: dict[str, Any]) -> None:
        item = event["item"]
        if broken("fails-on-unknown-item") and item.get("type") not in ("message", "reasoning", "function_call"):
            raise Failed(f"nobody knows the item {item.get('type')}")
        self.response.items.append(item)

    def _completed(self, event: dict[str, Any]) -> bool:
        if broken("fails-on-unknown-field") and not event.keys() <= {"type", "sequence_number", "response"}:
            raise Failed(f"nobody knows all of {', '.join(event)}")
        self.response.id = event["response"].get("id", "")
        self.response.usage = event["response"].get("usage") or {}
        return not broken("waits-for-close")

    def _failed(self, event: dict[str, Any]) -> bool:
        if not broken("failed-is-success"):
            raise _failure(event["response"].get("error") or {})
        return True

    def _incomplete(self, event: dict[str, Any]) -> bool:
        if not broken("incomplete-is-success"):
            raise Failed(f"the response is incomplete: {event['response'].get('incomplete_details')}")
        return True

    def _error(self, event: dict[str, Any]) -> None:
        raise _refused_frame(event)

    _HANDLERS: ClassVar[dict[str, Callable[[_Reading, dict[str, Any]], bool | None]]] = {
        "response.output_text.delta": _delta,
        "response.output_item.done": _item,
        "response.completed": _completed,
        "response.failed": _failed,
        "response.incomplete": _incomplete,
        "error": _error,
    }


def _event(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _refused_frame(event: dict[str, Any]) -> Exception:
    """Return what an error frame of a WebSocket comes to."""
    error = event.get("error") or {}
    if error.get("code") in ("previous_response_not_found", "websocket_connection_limit_reached"):
        return TryAgain(str(error.get("message")), 0)
    status = event.get("status") or event.get("status_code") or 500
    retry_after = (event.get("headers") or {}).get("retry-after")
    return refusal(status, error, retry_after, str(error.get("message")))


def refusal(status: int, error: dict[str, Any], retry_after: str | None, text: str) -> Exception:
    """Return what the refusal of a request comes to."""
    if status == 429 and broken("goes-by-the-status"):
        return Failed(f"You have hit your usage limit: {text}")
    words = final_words(error)
    if words is not None and not (status == 429 and broken("retries-every-429")):
        return Failed("status 429" if broken("says-the-status-only") else words)
    wait = seconds_of(retry_after) if retry_after and not broken("ignores-retry-after") else None
    is_passing = status >= 500 or (status == 429 and (retry_after is not None or broken("retries-every-429")))
    if is_passing or (status == 400 and broken("retries-400")):
        return TryAgain(text, wait)
    return Failed(f"status {status}" if broken("hides-the-refusal") else f"status {status}: {text}")


def seconds_of(retry_after: str) -> float | None:
    """Return the seconds that Retry-After names, or those up to the date that it names."""
    if retry_after.isdecimal():
        return float(retry_after)
    if broken("ignores-retry-date"):
        return None
    return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())


def _failure(error: dict[str, Any]) -> Exception:
    words = final_words(error)
    if words is not None and not broken("retries-final-failures"):
        return Failed("the connection was lost" if broken("hides-the-reason") else words)
    text = str(error.get("message"))
    wait = None if broken("ignores-retry-text") else _TRY_AGAIN_IN.search(text)
    return TryAgain(text, float(wait[1]) / (1000 if wait[2].lower() == "ms" else 1) if wait else None)
