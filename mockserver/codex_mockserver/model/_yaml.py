"""YAML text as plain JSON values, with the line of every part."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import yaml

from codex_mockserver.model._scenario import Lines, Path
from codex_schemas import Problem

__all__ = ["read_yaml"]

#: Characters of a file, depth of nesting and number of parts, aliases counted each time.
_LONGEST = 512 * 1024
_DEEPEST = 64
_MOST = 100_000

_TEXTS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp")

#: As in YAML 1.2 only these are booleans; ``On`` and ``No`` are words that a model may say.
_BOOLEAN = "tag:yaml.org,2002:bool"
_BOOLEANS = ("true", "false")
_SCALARS = tuple(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))


def read_yaml(text: str, name: str) -> tuple[Any, Lines]:
    """Return the value of a YAML text, and where its parts stand.

    Raises:
        Problem: The text is no YAML, too large or too deep, repeats a key, or holds what JSON cannot.
    """
    if len(text) > _LONGEST:
        raise _refuse(name, f"at most {_LONGEST} characters", str(len(text)), "Split the scenario.")
    loader = yaml.SafeLoader(text)
    try:
        reader = _Reader(loader, name)
        return reader.value(loader.get_single_node(), ()), reader.lines
    except yaml.YAMLError as error:
        raise _refuse(name, "YAML", " ".join(str(error).split())[:300], "Correct the YAML.") from None
    except RecursionError:
        raise _too_deep(name) from None
    finally:
        loader.dispose()


class _Reader:
    """Turns nodes into values and notes their lines."""

    def __init__(self, loader: yaml.SafeLoader, name: str) -> None:
        self._loader = loader
        self._name = name
        self._count = 0
        self.lines: Lines = {}

    def value(self, node: yaml.Node | None, path: Path) -> Any:
        """Return the value of a node."""
        self._count += 1
        if len(path) > _DEEPEST or self._count > _MOST:
            raise _too_deep(self._name)
        if node is None:
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        """Yield the entries of a mapping; a key is text as it is written, ``on`` and ``yes`` too."""
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str) or key in seen:
                raise self._odd(key_node, "each key once, as plain text", repr(key)[:80])
            seen.add(key)
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            yield key, self.value(value_node, (*path, key))

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag in _TEXTS or (node.tag == _BOOLEAN and node.value.lower() not in _BOOLEANS):
            return node.value
        try:
            value = self._loader.construct_object(node) if node.tag in _SCALARS else math.nan
        except ValueError:
            value = math.nan
        if isinstance(value, float) and not math.isfinite(value):
            raise self._odd(node, "a value that JSON has", repr(node.value)[:80])
        return value

    def _odd(self, node: yaml.Node, expected: str, found: str) -> Problem:
        line = node.start_mark.line + 1
        return _refuse(f"{self._name}, line {line}", expected, found, "Correct this line, or quote the text.")


def _too_deep(name: str) -> Problem:
    return _refuse(
        name,
        f"at most {_DEEPEST} levels and {_MOST} parts",
        "more, perhaps through aliases",
        "Write it flatter and without aliases.",
    )


def _refuse(where: str, expected: str, found: str, advice: str) -> Problem:
    return Problem(f"reading {where}", expected=expected, found=found, advice=advice)
