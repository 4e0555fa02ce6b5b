"""The named conversions of the mapping table: each makes an account value of a WHAM value, which may be null."""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from codex_schemas._problem import Problem
from codex_schemas._wording import one_of, shorten

if TYPE_CHECKING:
    from codex_schemas.account._conversion import Scope
    from codex_schemas.account._mapping import Row

__all__ = ["RULES"]

_MINUTE = 60


def _copy(value: Any, _row: Row, _scope: Scope) -> Any:
    return value


def _constant(_value: Any, row: Row, _scope: Scope) -> Any:
    return deepcopy(row.value)


def _exists(value: Any, _row: Row, _scope: Scope) -> bool:
    return value is not None


def _in_a_list(value: Any, _row: Row, _scope: Scope) -> list[Any]:
    return [value]


def _copy_of_own(value: Any, row: Row, scope: Scope) -> Any:
    """Copy only when the payload is about the very account and user that are signed in."""
    for name in ("account_id", "user_id"):
        signed_in = scope.read("SignedIn", name)
        if signed_in is None or signed_in != scope.read(row.schema, name):
            return None
    return value


def _seconds_to_minutes_rounded_up(value: int | None, _row: Row, _scope: Scope) -> int | None:
    """Zero or less means that nobody knows."""
    return -(-value // _MINUTE) if value is not None and value > 0 else None


def _rounded(value: float, _row: Row, _scope: Scope) -> int:
    return math.floor(value + 0.5)


def _rfc3339_to_unix(value: str | None, row: Row, _scope: Scope) -> int | None:
    """Fractions of a second are cut off downwards."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise _refused(row, "a time with its offset, as RFC 3339 writes it", value)
    return math.floor(time.timestamp())


def _identifier(value: str | None, _row: Row, _scope: Scope) -> str | None:
    return None if value is None else value.lower().replace("-", "_")


def _enum(value: str | None, row: Row, scope: Scope) -> str | None:
    """A value that the release does not know becomes the fallback."""
    if value is None:
        return None
    known = scope.literals(row.field)
    mapped = row.values.get(value, value)
    if mapped in known:
        return mapped
    if row.fallback is msgspec.UNSET:
        raise _refused(row, one_of(known), value)
    return row.fallback


def _group(_value: Any, row: Row, scope: Scope) -> Any:
    """Make an object that only the account message has, out of the same sources."""
    return scope.convert(row.conversion)


def _only(value: Any, row: Row, scope: Scope) -> list[Any]:
    return [_group(value, row, scope)]


def _object(value: Any, row: Row, scope: Scope) -> Any:
    return None if value is None else scope.convert(row.conversion, value)


def _object_or_nothing(value: Any, row: Row, scope: Scope) -> Any:
    """Make do without what cannot be read."""
    try:
        return _object(value, row, scope)
    except Problem:
        return None


def _list(value: list[Any] | None, row: Row, scope: Scope) -> list[Any] | None:
    return None if value is None else [scope.convert(row.conversion, item) for item in value]


def _list_in_order(value: list[Any] | None, row: Row, scope: Scope) -> list[Any] | None:
    """Those whose ids are listed come first, as listed; the others keep their order."""
    order = scope.read(row.schema, row.order) or []
    places = {item_id: place for place, item_id in enumerate(order)}
    return _list(value and sorted(value, key=lambda item: places.get(item["id"], len(places))), row, scope)


def _first(value: list[Any] | None, row: Row, scope: Scope) -> Any:
    return scope.convert(row.conversion, value[0]) if value else None


def _refused(row: Row, expected: str, found: Any) -> Problem:
    return Problem(
        f"converting {row.source} of a WHAM answer into {row.field}",
        expected=expected,
        found=shorten(found),
        advice="A real codex fails on this answer, too.",
    )


#: Every rule by the name that rows use.
RULES: dict[str, Callable[[Any, Row, Scope], Any]] = {
    "constant": _constant,
    "copy": _copy,
    "copy_of_own": _copy_of_own,
    "enum": _enum,
    "exists": _exists,
    "first": _first,
    "group": _group,
    "identifier": _identifier,
    "in_a_list": _in_a_list,
    "list": _list,
    "list_in_order": _list_in_order,
    "object": _object,
    "object_or_nothing": _object_or_nothing,
    "only": _only,
    "rfc3339_to_unix": _rfc3339_to_unix,
    "rounded": _rounded,
    "seconds_to_minutes_rounded_up": _seconds_to_minutes_rounded_up,
}
