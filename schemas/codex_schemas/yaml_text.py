"""YAML text as plain JSON values, with the line of every part: for the files that people write."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from codex_schemas._problem import Problem

__all__ = ["Bounds", "Lines", "Path", "read_yaml"]

#: The way to a part of a value: keys and positions.
Path = tuple[str | int, ...]

#: The line of the text, from 1, at which each part begins, by its path.
Lines = dict[Path, int]

#: Nodes and loaders of PyYAML, which is imported when there is something to read.
Node = Any
Loader = Any


class Bounds(NamedTuple):
    """How much is read; the defaults are for files that people write."""

    characters: int = 512 * 1024
    levels: int = 64
    #: Aliases are counted each time that they are used.
    parts: int = 100_000


_BOUNDS = Bounds()

_TEXTS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp")

#: As in YAML 1.2 only these are booleans; ``On`` and ``No`` are words that a model may say.
_BOOLEAN = "tag:yaml.org,2002:bool"
_BOOLEANS = ("true", "false")
#: ``<<`` is no JSON, and to take it for a key like others would lose what it brings.
_MERGE = "tag:yaml.org,2002:merge"
_SCALARS = tuple(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))


def read_yaml(text: str, name: str, bounds: Bounds = _BOUNDS) -> tuple[Any, Lines]:
    """Return the value of a YAML text, and where its parts stand.

    Raises:
        Problem: The text is no YAML, too large or too deep, repeats a key, or holds what JSON cannot.
    """
    if len(text) > bounds.characters:
        raise _refuse(name, f"at most {bounds.characters} characters", str(len(text)), "Split the file.")
    import yaml  # noqa: PLC0415 (10 ms that a start without a file saves)

    try:
        loader = yaml.SafeLoader(text)
        reader = _Reader(loader, name, bounds)
        return reader.value(loader.get_single_node(), ()), reader.lines
    except yaml.YAMLError as error:
        raise _refuse(name, "YAML", " ".join(str(error).split())[:300], "Correct the YAML.") from None
    except RecursionError:
        raise _too_deep(name, bounds) from None


class _Reader:
    """Turns nodes into values and notes their lines."""

    def __init__(self, loader: Loader, name: str, bounds: Bounds) -> None:
        self._loader = loader
        self._name = name
        self._bounds = bounds
        self._count = 0
        self.lines: Lines = {}

    def value(self, node: Node | None, path: Path) -> Any:
        """Return the value of a node."""
        self._count += 1
        if len(path) > self._bounds.levels or self._count > self._bounds.parts:
            raise _too_deep(self._name, self._bounds)
        if node is None:
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if node.id == "mapping":
            return dict(self._entries(node, path))
        if node.id == "sequence":
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node)

    def _entries(self, node: Node, path: Path) -> Iterator[tuple[str, Any]]:
        """Yield the entries of a mapping; a key is text as it is written, ``on`` and ``yes`` too."""
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str) or key in seen or key_node.tag == _MERGE:
                raise self._odd(key_node, "each key once, as plain text", repr(key)[:80])
            seen.add(key)
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            yield key, self.value(value_node, (*path, key))

    def _scalar(self, node: Node) -> Any:
        if node.tag in _TEXTS or (node.tag == _BOOLEAN and node.value.lower() not in _BOOLEANS):
            return node.value
        try:
            value = self._loader.construct_object(node) if node.tag in _SCALARS else math.nan
        except ValueError:
            value = math.nan
        if isinstance(value, float) and not math.isfinite(value):
            raise self._odd(node, "a value that JSON has", repr(node.value)[:80])
        return value

    def _odd(self, node: Node, expected: str, found: str) -> Problem:
        line = node.start_mark.line + 1
        return _refuse(f"{self._name}, line {line}", expected, found, "Correct this line, or quote the text.")


def _too_deep(name: str, bounds: Bounds) -> Problem:
    return _refuse(
        name,
        f"at most {bounds.levels} levels and {bounds.parts} parts",
        "more, perhaps through aliases",
        "Write it flatter and without aliases.",
    )


def _refuse(where: str, expected: str, found: str, advice: str) -> Problem:
    return Problem(f"reading {where}", expected=expected, found=found, advice=advice)
