"""What the schemas do not say of a value: the ids that a server knows, and what must not be any text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from codex_conformance.strategies._scalars import texts
from codex_conformance.strategies._shape import Shape

__all__ = ["Known", "hinted_texts", "is_pinned"]

#: Values that reach further than made-up ones, by the field that holds them: models, threads, responses.
Known = Mapping[str, Sequence[str]]

_NOWHERE = "/codex-testkit/nowhere"
_DISCARD = "http://127.0.0.1:9/"
_PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

#: The last word of the fields that lead a server to files or to other hosts, and the only value that they get when
#: nothing better is known: a made-up one could name something that exists.
_PINNED: Mapping[str, str] = {
    **dict.fromkeys(
        ("cwd", "cwds", "dir", "file", "files", "folder", "home", "path", "paths", "root", "roots"), _NOWHERE
    ),
    **dict.fromkeys(("endpoint", "host", "uri", "url", "urls"), _DISCARD),
}

#: The fields for which a value that means something is known everywhere.
_EVERYWHERE: Known = {"audio_url": (_PIXEL,), "image_url": (_PIXEL,)}

#: How often a known value is taken, for each made-up one.
_PREFERENCE = 4


def hinted_texts(shape: Shape, field: str, known: Known) -> st.SearchStrategy[str]:
    """Return the texts that fit a field, most of them with a meaning."""
    hints = [
        *known.get(field, _EVERYWHERE.get(field, ())),
        *(each for named in shape.said("x-open-enum") for each in named),
    ]
    fitting = [text for text in hints if _fits(shape, text)]
    if is_pinned(field):
        return st.sampled_from(fitting or [_PINNED[_last_word(field)]])
    made_up = texts(shape)
    if excluded := shape.excluded:
        made_up = made_up.filter(lambda text: text not in excluded)
    return _mostly(st.sampled_from(fitting), made_up) if fitting else made_up


def is_pinned(field: str) -> bool:
    """Tell whether a field leads to files or to other hosts."""
    return _last_word(field) in _PINNED


@st.composite
def _mostly(draw: st.DrawFn, usual: st.SearchStrategy[str], rare: st.SearchStrategy[str]) -> str:
    return draw(rare if draw(st.integers(0, _PREFERENCE)) == _PREFERENCE else usual)


def _last_word(field: str) -> str:
    """Return the last word of a field such as ``writableRoots``, ``image_url`` or ``x-codex-cwd``."""
    return re.split(r"[^A-Za-z]|(?<=[a-z])(?=[A-Z])", field)[-1].lower()


def _fits(shape: Shape, text: Any) -> bool:
    return (
        text not in shape.excluded
        and shape.least("minLength", 0) <= len(text) <= shape.most("maxLength", len(text))
        and all(re.search(pattern, text) for pattern in shape.said("pattern"))
    )
