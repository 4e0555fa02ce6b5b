"""Exchanges as JSON for control calls and for the journal file, with their secrets shortened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from codex_fixtures import mask
from codex_mockserver.journal import Exchange

__all__ = ["page", "summary", "whole"]

#: Exchanges on a page that names no limit.
_PAGE = 100
#: Characters of a body that a page or a line holds.
_LONGEST_BODY = 64 * 1024


def summary(exchange: Exchange) -> dict[str, Any]:
    """Return what stands in one line of a list."""
    return {
        "number": exchange.number,
        "at": exchange.at,
        "method": exchange.method,
        "path": mask(exchange.path),
        "query": mask(exchange.query),
        "surface": exchange.surface,
        "operation": exchange.operation,
        "status": exchange.status,
        "faults": exchange.faults,
        "near_miss": exchange.near_miss,
    }


def whole(exchange: Exchange) -> dict[str, Any]:
    """Return all of an exchange; bodies are text, cut after 64 KiB."""
    return summary(exchange) | {
        "request": {"headers": _headers(exchange.headers), "body": _text(exchange.body)},
        "response": {"headers": _headers(exchange.response_headers), "body": _text(exchange.response_body)},
        "frames": [
            {"sender": frame.sender, "at": frame.at, "data": _text(frame.data)} for frame in tuple(exchange.frames)
        ],
        "close_code": exchange.close_code,
    }


def page(exchanges: Iterable[Exchange], query: Mapping[str, str]) -> dict[str, Any]:
    """Return the page of a journal that a query asks for."""
    after, limit = int(query.get("after", 0)), int(query.get("limit", _PAGE))
    found = list(islice((e for e in exchanges if e.number > after and _wanted(e, query)), limit + 1))
    last = found[limit - 1].number if len(found) > limit else None
    return {"exchanges": [summary(exchange) for exchange in found[:limit]], "next": last}


def _wanted(exchange: Exchange, query: Mapping[str, str]) -> bool:
    parts = ("operation", "surface", "path", "status")
    return all(str(getattr(exchange, part)) == query[part] for part in parts if part in query)


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    # A cookie is a secret whatever it looks like.
    return {name: "…" if "cookie" in name else mask(value) for name, value in headers.items()}


def _text(body: str | bytes) -> str:
    text = body if isinstance(body, str) else body[: _LONGEST_BODY * 4].decode(errors="replace")
    return mask(text if len(text) <= _LONGEST_BODY else text[:_LONGEST_BODY] + "…")
