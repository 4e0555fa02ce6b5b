"""What a journal looks like to a person: a table that fits a terminal, without secrets."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from codex_fixtures import mask
from codex_mockserver.journal import Exchange, Journal

__all__ = ["as_json", "as_table", "name"]

_WIDTH = 80
_NAME_WIDTH = 66
_ROW = f"{{:>4}}  {{:<{_NAME_WIDTH}}}  {{:>6}}"


def as_table(journal: Journal, refused_hosts: Sequence[str]) -> str:
    """Return number, operation and status of each exchange, with what was wrong below it."""
    lines = [_ROW.format("#", "operation", "status")]
    for exchange in journal:
        lines.append(_ROW.format(exchange.number, _fitting(name(exchange)), exchange.status or "-"))
        for fault in exchange.faults:
            lines += _indented(f"struck by {fault}")
        if exchange.near_miss:
            lines += _indented(mask(exchange.near_miss))
    if not len(journal):
        lines += _indented("the mock was not called")
    if refused_hosts:
        lines += ["The proxy refused these hosts:", *_indented(", ".join(dict.fromkeys(refused_hosts)))]
    return "\n".join(lines)


def as_json(journal: Journal, refused_hosts: Sequence[str]) -> dict[str, Any]:
    """Return the same as JSON."""
    return {
        "exchanges": [
            {
                "number": exchange.number,
                "operation": exchange.operation,
                "method": exchange.method,
                "path": mask(exchange.path),
                "status": exchange.status,
                "near_miss": mask(exchange.near_miss) if exchange.near_miss else None,
                "faults": exchange.faults,
            }
            for exchange in journal
        ],
        "refused_hosts": list(dict.fromkeys(refused_hosts)),
    }


def name(exchange: Exchange) -> str:
    """Return the operation of an exchange, or method and path where no contract knows it."""
    return exchange.operation or mask(f"{exchange.method} {exchange.path}")


def _fitting(text: str) -> str:
    return text if len(text) <= _NAME_WIDTH else f"{text[: _NAME_WIDTH - 1]}…"


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
