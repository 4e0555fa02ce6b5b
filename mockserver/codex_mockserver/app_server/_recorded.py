"""What was recorded of releases, and holds for those after them until the next record."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from codex_schemas.app_server import sort_key

__all__ = ["recorded"]


def recorded(table: str, version: str) -> Any:
    """Return what is known of a release; treat it as read-only.

    Args:
        table: ``models``, ``features``, ``settings`` or ``tables``.
        version: The release; between two records the older one counts, before the first the first.
    """
    records = _records(table)
    earlier = [release for release in records if sort_key(release) <= sort_key(version)]
    return records[max(earlier, key=sort_key) if earlier else min(records, key=sort_key)]


@cache
def _records(table: str) -> dict[str, Any]:
    content = files("codex_mockserver.app_server").joinpath("recorded", f"{table}.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, Any])
