"""What was recorded of releases, and holds for those after them until the next record."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

__all__ = ["recorded"]


def recorded(table: str, version: str) -> Any:
    """Return what is known of a release; treat it as read-only.

    Args:
        table: ``models``, ``features``, ``settings`` or ``tables``.
        version: The release; between two records the older one counts, before the first the first.
    """
    records = _records(table)
    earlier = [release for release in records if _order(release) <= _order(version)]
    return records[max(earlier, key=_order) if earlier else min(records, key=_order)]


@cache
def _records(table: str) -> dict[str, Any]:
    content = files("codex_mockserver.app_server").joinpath("recorded", f"{table}.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, Any])


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("-")[0].split("."))
