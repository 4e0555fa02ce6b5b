"""Reading one file of JSON or YAML that a user names, within bounds."""

from __future__ import annotations

import json
import stat
from math import isfinite
from pathlib import Path
from typing import Any

from codex_schemas.diff._sources._bounds import MOST_BYTES, MOST_LEVELS, YAML_BOUNDS, malformed, too_deep
from codex_schemas.yaml_text import read_yaml

__all__ = ["SUFFIXES", "read_document"]

_YAML = (".yaml", ".yml")
#: How the name of a file ends that may hold schemas.
SUFFIXES = (".json", *_YAML)


def read_document(path: Path) -> Any:
    """Return what a file holds: YAML if its name says so, otherwise JSON.

    Raises:
        Problem: There is no such file, or it is too large, too deep or malformed.
    """
    text = _read_text(path)
    document = read_yaml(text, str(path), YAML_BOUNDS)[0] if path.suffix.lower() in _YAML else _parse_json(path, text)
    _check_values(path, document)
    return document


def _read_text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise malformed(path, "a file or a folder", "something else", "Name a regular file.")
        if status.st_size > MOST_BYTES:
            found = f"{status.st_size / 2**20:.0f} MiB"
            raise malformed(path, f"at most {MOST_BYTES // 2**20} MiB", found, "Name a smaller file.")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise malformed(path, "a file that can be read", error.strerror or str(error), "Check the path.") from None
    except UnicodeDecodeError as error:
        advice = "Save the file as UTF-8."
        raise malformed(path, "text in UTF-8", f"other bytes at position {error.start}", advice) from None


def _parse_json(path: Path, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        found = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise malformed(path, "valid JSON", found) from None
    except ValueError as error:
        raise malformed(path, "valid JSON", str(error)) from None
    except RecursionError:
        raise too_deep(path) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, and refuse a key that comes twice: the first would be lost in silence."""
    built = dict(pairs)
    if len(built) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in built if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} twice in one object")
    return built


def _check_values(path: Path, document: Any) -> None:
    """Refuse what no later step could handle: deep nesting, and values that JSON cannot say."""
    level = [document]
    for _ in range(MOST_LEVELS):
        if unfit := next((value for value in level if not _is_writable(value)), None):
            raise malformed(path, "values that JSON can say", ascii(unfit))
        lists = [value for value in level if isinstance(value, list)]
        objects = [value for value in level if isinstance(value, dict)]
        level = [inner for value in lists for inner in value]
        level += [inner for value in objects for pair in value.items() for inner in pair]
        if not level:
            return
    raise too_deep(path)


def _is_writable(value: Any) -> bool:
    if isinstance(value, str):
        # A lone surrogate can be escaped in JSON, but never written out again.
        return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
    return not isinstance(value, float) or isfinite(value)
