"""Texts and numbers that fit a shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from codex_conformance.strategies._shape import Shape

__all__ = ["FORMATS", "anything", "integers", "numbers", "texts"]

#: Characters of a text that none asks for, beyond the least that is asked for.
_LONGEST = 20

#: The integers that every JSON reader takes as they are.
_SAFE = 2**53 - 1

#: The bounds of the numbers that codex gives a format.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-_SAFE, _SAFE),
    "uint": (0, _SAFE),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, _SAFE),
}

#: The texts of each format.
_TEXTS: Mapping[str, st.SearchStrategy[str]] = {
    "date": st.dates().map(str),
    "date-time": st.datetimes(timezones=st.just(UTC)).map(lambda time: time.isoformat().replace("+00:00", "Z")),
    # Port 9 discards: a server that follows such an address gets nowhere.
    "uri": st.sampled_from(["http://127.0.0.1:9/", "http://localhost:9/auth/callback"]),
}

#: Every format that is known; those of fractions bound nothing.
FORMATS = {*_BOUNDS, *_TEXTS, "float", "double"}


def texts(shape: Shape) -> st.SearchStrategy[str]:
    """Return the texts that fit."""
    least, most = shape.least("minLength", 0), shape.most("maxLength", float("inf"))
    patterns = [_compiled(each) for each in shape.said("pattern")]
    formats = [each for each in shape.said("format") if each in _TEXTS]
    if formats:
        found = _TEXTS[formats[0]]
    elif patterns:
        found = st.from_regex(patterns[0], alphabet=st.characters(min_codepoint=32, max_codepoint=126))
    else:
        return st.text(min_size=least, max_size=int(min(most, least + _LONGEST)))
    return found.filter(lambda text: least <= len(text) <= most and all(each.search(text) for each in patterns))


def integers(shape: Shape) -> st.SearchStrategy[int]:
    """Return the integers that fit."""
    bounds = [_BOUNDS[each] for each in shape.said("format") if each in _BOUNDS] or [(-_SAFE, _SAFE)]
    least = max(shape.least("minimum", -_SAFE), *(low for low, _ in bounds))
    most = min(shape.most("maximum", _SAFE), *(high for _, high in bounds))
    return st.integers(int(least), int(most))


def numbers(shape: Shape) -> st.SearchStrategy[float]:
    """Return the numbers that fit, whole ones first."""
    least, most = shape.least("minimum", -_SAFE), shape.most("maximum", _SAFE)
    return integers(shape) | st.floats(least, most, allow_nan=False, allow_subnormal=False)


def anything() -> st.SearchStrategy[Any]:
    """Return small JSON values of every type."""
    leaves = st.none() | st.booleans() | st.integers(-_SAFE, _SAFE) | st.text(max_size=_LONGEST)
    return st.recursive(leaves, _containers, max_leaves=4)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=_LONGEST), inner, max_size=3)


def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of JSON Schema, whose ``$`` is the very end."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)
