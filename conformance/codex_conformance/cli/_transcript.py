"""What one exchange looks like to a person: what the client sent and got, in lines that fit a terminal."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from codex_fixtures import mask
from codex_mockserver.journal import Exchange

__all__ = ["transcript"]

_WIDTH = 80
_MAX_LINES = 5
_TITLE = re.compile(r"<title>(.*?)</title>")


def transcript(exchange: Exchange) -> str:
    """Return the request, what it carried and what came back, secrets shortened."""
    target = mask(f"{exchange.method} {exchange.path}")
    lines = [line for verb, text in _said(exchange) for line in _wrapped(verb, text)]
    return "\n".join([f"{target} {exchange.status or '-'}", *lines])


def _said(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yield ``sent`` or ``got`` with what was said, in order."""
    if exchange.frames:
        yield from _dialogue(exchange)
        return
    if exchange.body:
        yield "sent", _body(exchange.body)
    if exchange.response_headers.get("content-type") == "text/event-stream":
        yield "got", _events(exchange.events)
    elif exchange.response_body:
        yield "got", _body(exchange.response_body)


def _dialogue(exchange: Exchange) -> Iterator[tuple[str, str]]:
    for sender, group in groupby(exchange.frames, key=lambda frame: frame.sender):
        messages = [frame.json for frame in group]
        if sender == "server":
            yield "got", _events(messages)
        else:
            yield from (("sent", _request(message)) for message in messages)


def _wrapped(verb: str, text: str) -> list[str]:
    return textwrap.wrap(
        mask(text),
        _WIDTH,
        initial_indent=f"    {verb:<5}",
        subsequent_indent=" " * 9,
        max_lines=_MAX_LINES,
        placeholder=" …",
        break_on_hyphens=False,
    )


def _body(body: bytes) -> str:
    """Return a body as text: a page by its title, a request to the model by what it brings."""
    text = body.decode(errors="replace")
    if title := _TITLE.search(text):
        return f"the page {title[1]!r}"
    try:
        value = json.loads(text)
    except ValueError:
        return text.replace("&", " &")
    return _request(value) if isinstance(value, dict) and "input" in value else json.dumps(value)


def _request(body: dict[str, Any]) -> str:
    """Say what a request to the model brings."""
    brought = ", ".join(_item(item) for item in body["input"]) or "no input"
    return f"{body.get('type', 'a request')} with {brought}"


def _item(item: dict[str, Any]) -> str:
    """Name an item of the input; quote what the user or a tool says."""
    kind = item.get("type", "message")
    speaks = kind.endswith("_call_output") or item.get("role") == "user"
    content = item.get("output", item.get("content", ""))
    text = content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
    return f"{kind} {_shortened(text)!r}" if speaks else kind


def _shortened(text: str) -> str:
    """Return the end of a text: tools put what they say below their own header."""
    words = " ".join(text.split())
    return words if len(words) <= _WIDTH else f"… {words[-_WIDTH // 2 :]}"


def _events(events: Iterable[dict[str, Any]]) -> str:
    """Say which events came, equal neighbours once with their number."""
    counted = [(kind, len(list(group))) for kind, group in groupby(event["type"] for event in events)]
    return ", ".join(kind if count == 1 else f"{count} x {kind}" for kind, count in counted)
