"""Reading scenarios: from a file, from text, or from plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any

import msgspec

from codex_mockserver.model._consistency import Contradiction, contradictions
from codex_mockserver.model._prompt import Json
from codex_mockserver.model._scenario import Lines, Path, Scenario
from codex_schemas import Problem, Validator

__all__ = ["load_scenario", "scenario_schema"]


def load_scenario(source: Scenario | Mapping[str, Any] | FilePath | str) -> Scenario:
    """Return a scenario that is sure to be well-formed and possible.

    Args:
        source: A file (a path, or text of one line), YAML or JSON (text with a line break), or plain values.

    Raises:
        Problem: It cannot be read, has a wrong part, or asks for something impossible.
    """
    name, data, lines = _read(source)
    if (unknown := next(_unknown_keys(scenario_schema(), data, ()), None)) is not None:
        raise _misspelt(name, lines, *unknown)
    if violations := _validator().violations(data):
        where = tuple(_step(part) for part in violations[0].path.split("/")[1:])
        advice = "Compare it with the scenario format."
        raise _problem(name, lines, Contradiction(where, violations[0].expected, violations[0].found, advice))
    scenario = msgspec.convert(data, Scenario)
    if (first := next(contradictions(scenario), None)) is not None:
        raise _problem(name, lines, first)
    return scenario


@cache
def scenario_schema() -> Json:
    """Return the JSON Schema of the scenario format; treat it as read-only."""
    schema: Json = msgspec.json.decode(files("codex_schemas").joinpath("data/scenario/schema.json").read_bytes())
    return schema


@cache
def _validator() -> Validator:
    return Validator(scenario_schema(), scenario_schema(), "Scenario")


def _read(source: Scenario | Mapping[str, Any] | FilePath | str) -> tuple[str, Any, Lines]:
    """Return what to call the source, its plain values and where its parts stand."""
    if isinstance(source, Scenario):
        return f"the scenario {source.name!r}", msgspec.to_builtins(source), {}
    if isinstance(source, Mapping):
        return "a scenario", _plain(source), {}
    from codex_mockserver.model._yaml import read_yaml  # noqa: PLC0415 (10 ms that a start without a file saves)

    if isinstance(source, str) and "\n" in source:
        return "a scenario", *read_yaml(source, "a scenario")
    return str(source), *read_yaml(_read_text(FilePath(source)), str(source))


def _read_text(path: FilePath) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise Problem(
            f"reading the scenario {path}",
            expected="a readable file in UTF-8",
            found=str(error),
            advice="Give the path of a scenario file; scenario text needs a line break.",
        ) from None


def _plain(source: Mapping[str, Any]) -> Any:
    """Return the values as JSON has them."""
    try:
        return msgspec.json.decode(msgspec.json.encode(source))
    except (TypeError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        advice = "Use dicts, lists, text, numbers, booleans and None."
        raise Problem("reading a scenario", expected="plain values", found=str(error), advice=advice) from None


def _unknown_keys(schema: Json, value: Any, path: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield the path of each key that the schema does not allow, with those that it does."""
    schema = _branch(schema, value)
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from _unknown_keys(schema.get("items", {}), part, (*path, index))
    elif isinstance(value, dict):
        properties = schema.get("properties", {})
        for key, part in value.items():
            if key in properties:
                yield from _unknown_keys(properties[key], part, (*path, key))
            elif schema.get("additionalProperties") is False:
                yield (*path, key), list(properties)


def _branch(schema: Json, value: Any) -> Json:
    """Follow references, and a union to the branch that has a key of the value."""
    if "$ref" in schema:
        return _branch(scenario_schema()["$defs"][schema["$ref"].rsplit("/", 1)[-1]], value)
    if "properties" in schema or "anyOf" not in schema:
        return schema
    branches = [branch for option in schema["anyOf"] if "properties" in (branch := _branch(option, value))]
    fitting = [branch for branch in branches if isinstance(value, dict) and branch["properties"].keys() & value]
    return next(iter(fitting or branches), {})


def _misspelt(name: str, lines: Lines, path: Path, known: list[str]) -> Problem:
    key = str(path[-1])
    close = get_close_matches(key, known, n=1, cutoff=0.4)
    advice = f"Write {close[0]!r}." if close else "Leave it out."
    return _problem(name, lines, Contradiction(path, "one of " + ", ".join(known), repr(key[:60]), advice))


def _problem(name: str, lines: Lines, wrong: Contradiction) -> Problem:
    line = f", line {_line(lines, wrong.path)}" if lines else ""
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in wrong.path).lstrip(".")
    place = f", at {where}" if where else ""
    return Problem(f"reading {name}{line}{place}", expected=wrong.expected, found=wrong.found, advice=wrong.advice)


def _line(lines: Lines, path: Path) -> int:
    """Return the line of a part, or of the closest part around it that stands in the text."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _step(part: str) -> str | int:
    return int(part) if part.isdecimal() else part
