"""Where a binary does not keep to the schema that it emits: others must get on with the binary.

``data/app_server/deviations.json`` lists each as a part of a definition: what is emitted there, and
what is true. It counts when messages are checked, and changes nothing of what a release emits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from codex_schemas.app_server.release_numbers import within
from codex_schemas.document import read_data

__all__ = ["corrected"]


def corrected(definitions: Mapping[str, Any], version: str) -> Mapping[str, Any]:
    """Return the definitions of a release as its binary really keeps to them.

    A deviation is left alone where the release emits another part than was noted.
    """
    true = dict(definitions)
    for deviation in read_data("app_server", "deviations.json")["deviations"]:
        name, path = deviation["type"], deviation["path"]
        concerned = within(version, deviation["since"], deviation["until"])
        if concerned and _part(true.get(name), path) == deviation["emitted"]:
            true[name] = _replaced(true[name], path, deviation["true"])
    return true


def _part(schema: Any, path: Sequence[str | int]) -> Any:
    """Return the part of a schema at a path; None where there is nothing."""
    for step in path:
        try:
            schema = schema[step]
        except (IndexError, KeyError, TypeError):
            return None
    return schema


def _replaced(schema: Any, path: Sequence[str | int], value: Any) -> Any:
    if not path:
        return value
    copy = schema.copy()
    copy[path[0]] = _replaced(schema[path[0]], path[1:], value)
    return copy
