"""Messages that are one step away from one that fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codex_conformance.strategies._hints import is_pinned
from codex_conformance.strategies._sample import PATH, Form, Mutation

__all__ = ["UNKNOWN", "mutants"]

#: The name of every unknown field and the unknown member of every enumeration.
UNKNOWN = "testkit_unknown"

_LONG = "x" * 5_000

#: What a value becomes, by its Python type, and how that is said.
_REPLACEMENTS: Mapping[type, Sequence[tuple[str, Any]]] = {
    str: (
        ("was made an unknown word", UNKNOWN),
        ("was emptied", ""),
        ("was made a long text", _LONG),
        ("was made a number", 5),
        ("was made a list", [UNKNOWN]),
        ("was made null", None),
    ),
    int: (
        ("was made negative", -1),
        ("was made larger than 64 bits", 2**64),
        ("was made a fraction", 0.5),
        ("was made a text", "5"),
        ("was made null", None),
    ),
    float: (("was made huge", 1e300), ("was made a text", "0.5"), ("was made null", None)),
    bool: (("was made a text", "true"), ("was made a number", 1), ("was made null", None)),
    list: (("was emptied", []), ("was made an object", {}), ("was made a text", UNKNOWN), ("was made null", None)),
    dict: (("was emptied", {}), ("was made a list", []), ("was made a text", UNKNOWN), ("was made null", None)),
    type(None): (("was made a text", UNKNOWN), ("was made a number", 5), ("was made an object", {})),
}

#: The same for what travels as a text.
_TEXTUAL: Sequence[tuple[str, Any]] = (
    ("was made an unknown word", UNKNOWN),
    ("was emptied", ""),
    ("was made a long text", _LONG),
    ("was made negative", "-1"),
)

#: How a value under a key is taken away, before the replacements.
_REMOVED = "was removed"
_ADDED = "was added"


def mutants(form: Form, value: Any) -> Iterator[tuple[Mutation, Any]]:
    """Yield every mutation of a message with the message that it makes."""
    for path, part in _places(value):
        field = next((step for step in reversed(path) if isinstance(step, str)), "")
        is_textual = bool(path) and path[0] in form.textual
        if is_textual and isinstance(part, dict):
            # A path has as many places as its template.
            if path != (PATH,):
                yield _changed(value, (*path, UNKNOWN), _ADDED, UNKNOWN)
            continue
        for what, replacement in _TEXTUAL if is_textual else _REPLACEMENTS[type(part)]:
            if isinstance(replacement, str) and replacement and is_pinned(field):
                continue
            yield _changed(value, path, what, replacement)
        if path and isinstance(path[-1], str):
            yield _changed(value, path, _REMOVED, ...)
        if isinstance(part, dict):
            yield _changed(value, (*path, UNKNOWN), _ADDED, UNKNOWN)


Path = tuple[str | int, ...]


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every part of a value below its root, with the way to it."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in steps:
        yield (*path, step), part
        yield from _places(part, (*path, step))


def _changed(value: Any, path: Path, what: str, replacement: Any) -> tuple[Mutation, Any]:
    pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
    return Mutation(pointer, what), _replaced(value, path, replacement)


def _replaced(value: Any, path: Path, replacement: Any) -> Any:
    """Return a copy with another part at a path; without that part, where it is replaced by an ellipsis."""
    if not path:
        return replacement
    step, *rest = path
    copy = value.copy()
    changed = _replaced(copy.get(step) if isinstance(copy, dict) else copy[step], tuple(rest), replacement)
    if changed is ...:
        del copy[step]
    else:
        copy[step] = changed
    return copy
