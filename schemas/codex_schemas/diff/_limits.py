"""Constraints on values, and whether others are tighter or looser."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

__all__ = [
    "LIMITS",
    "admits",
    "both_limits",
    "compare_limits",
    "either_limits",
    "read_limits",
    "refuses",
    "undecided",
]

Json = dict[str, Any]
Limits = Mapping[str, Any]

#: The keywords that limit each kind of values.
LIMITS: Mapping[str, tuple[str, ...]] = {
    "null": (),
    "boolean": (),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"),
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("minProperties", "maxProperties"),
}

#: The values that mean the same as a missing keyword.
_IDLE = {"minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False}

_SINGLE = 3.4028234663852886e38
#: The least and the greatest number that a format can hold.
_FORMATS: Mapping[str, tuple[float | None, float | None]] = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    "int": (-(2**63), 2**63 - 1),
    "uint": (0, 2**64 - 1),
    "float": (-_SINGLE, _SINGLE),
    "double": (None, None),
}

#: Whether a value of a keyword is tighter than another; the others are only alike or not.
_TIGHTER: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.gt,
    "maximum": operator.lt,
    "minLength": operator.gt,
    "maxLength": operator.lt,
    "minItems": operator.gt,
    "maxItems": operator.lt,
    "minProperties": operator.gt,
    "maxProperties": operator.lt,
    "multipleOf": lambda value, other: bool(other) and value % other == 0,
}


def read_limits(kind: str, schema: Json) -> Json:
    """Return the limits that a schema sets to one kind of values, in comparable form.

    ``minimum`` and ``maximum`` become pairs of the number and how strictly it is meant; the
    format of a number becomes such bounds. ``integer`` stands for the type of that name.
    """
    limits = {key: schema[key] for key in LIMITS[kind] if key in schema and schema[key] != _IDLE.get(key)}
    return _number_limits(limits) if kind == "number" else limits


def _number_limits(limits: Json) -> Json:
    bounds = _FORMATS.get(str(limits.get("format")))
    if bounds is not None:
        del limits["format"]
    low, high = bounds or (None, None)
    lowest = [(limits.pop("minimum", None), 0), (limits.pop("exclusiveMinimum", None), 1), (low, 0)]
    highest = [(limits.pop("maximum", None), 1), (limits.pop("exclusiveMaximum", None), 0), (high, 1)]
    if stated := [bound for bound in lowest if bound[0] is not None]:
        limits["minimum"] = max(stated)
    if stated := [bound for bound in highest if bound[0] is not None]:
        limits["maximum"] = min(stated)
    return limits


def compare_limits(old: Limits, new: Limits) -> dict[str, str]:
    """Return for each keyword that differs whether it was ``tightened``, ``loosened`` or ``changed``."""
    differing = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return {key: _direction(key, old.get(key), new.get(key)) for key in differing}


def _direction(keyword: str, old: Any, new: Any) -> str:
    if old is None:
        return "tightened"
    if new is None:
        return "loosened"
    tighter = _TIGHTER.get(keyword)
    if tighter and tighter(new, old):
        return "tightened"
    return "loosened" if tighter and tighter(old, new) else "changed"


def both_limits(one: Limits, other: Limits) -> Json:
    """Return the limits of values that keep to both."""
    joined = {**one, **other}
    for key, direction in compare_limits(one, other).items():
        if direction == "loosened":
            joined[key] = one[key]
        elif direction == "changed":
            joined[key] = _text("all", one[key], other[key])
    return joined


def either_limits(one: Limits, other: Limits) -> Json:
    """Return limits for values that keep to one of them: none, if one has none."""
    if one == other or not one or not other:
        return dict(one) if one == other else {}
    return {"alternatives": _text("any", one, other)}


def _text(word: str, *values: Any) -> str:
    return f"{word} of " + ", ".join(sorted(json.dumps(value, sort_keys=True) for value in values))


#: The limits that can be told of a single value.
_FITS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minLength": lambda text, least: len(text) >= least,
    "maxLength": lambda text, most: len(text) <= most,
    "minimum": lambda number, bound: (number, 0) >= bound,
    "maximum": lambda number, bound: (number, 1) <= bound,
    "integer": lambda number, _: number == int(number),
}


def admits(limits: Limits, value: Any) -> bool:
    """Return whether a value surely keeps to the limits."""
    return all(key in _FITS and _FITS[key](value, limit) for key, limit in limits.items())


def refuses(limits: Limits, value: Any) -> bool:
    """Return whether a value surely breaks the limits."""
    return any(key in _FITS and not _FITS[key](value, limit) for key, limit in limits.items())


def undecided(limits: Limits) -> Json:
    """Return the limits of which one cannot tell whether a value keeps to them."""
    return {key: limit for key, limit in limits.items() if key not in _FITS}
