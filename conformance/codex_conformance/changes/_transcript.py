"""The words of a transcript: for each method the names and short texts that were said with it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from codex_schemas import Problem

__all__ = ["read_words"]

#: Longer texts are content, not values of an enumeration.
_LONGEST = 80

#: Who sent a request, as far as the transcript says it, and its id.
_Key = tuple[Any, Any]


def read_words(lines: Iterable[str], name: str) -> Mapping[str, frozenset[str]]:
    """Return the names of fields and the short texts below each method.

    Args:
        lines: JSON Lines: messages of JSON-RPC, or objects with such a one as ``msg`` and its direction as ``dir``.
        name: What to call the transcript in a problem.

    Raises:
        Problem: A line is no JSON object.
    """
    words: dict[str, set[str]] = defaultdict(set)
    asked: dict[_Key, str] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            record = _record(line, f"{name}, line {number}")
            message = record["msg"] if isinstance(record.get("msg"), dict) else record
            if (method := _method(message, record.get("dir"), asked)) is not None:
                _collect(message.get("params"), words[method])
                _collect(message.get("result"), words[method])
    return {method: frozenset(found) for method, found in words.items()}


def _record(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        record, found = None, str(error)
    else:
        found = type(record).__name__
    if not isinstance(record, dict):
        raise Problem(
            f"reading {place}",
            expected="a JSON object: a message, or one with its direction as `dir` and the message as `msg`",
            found=found,
            advice="Remove the line, or write a list of names instead.",
        )
    return record


def _method(message: dict[str, Any], direction: Any, asked: dict[_Key, str]) -> str | None:
    """Return the method of a message; an answer has that of its request, which went the other way."""
    method, identifier = message.get("method"), json.dumps(message.get("id"))
    if isinstance(method, str):
        asked[direction, identifier] = method
        return method
    others = [key for key in asked if key[1] == identifier and (direction is None or key[0] != direction)]
    return asked.pop(others[-1]) if others else None


def _collect(value: Any, words: set[str]) -> None:
    """Add the names and short texts of a JSON value, however deep it is."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            words.update(part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, str) and len(part) <= _LONGEST:
            words.add(part)
