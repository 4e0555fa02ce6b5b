"""Reading scenarios: from a file, from text, or from plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path as FilePath
from threading import Lock
from typing import Any

import msgspec

from codex_mockserver._contradiction import Contradiction
from codex_mockserver.model._consistency import contradictions
from codex_mockserver.model._library import is_name, scenario_text
from codex_mockserver.model._prompt import Json
from codex_mockserver.model._scenario import Scenario
from codex_schemas import Problem, Validator, Violation
from codex_schemas.yaml_text import Lines, Path, read_yaml

__all__ = ["find_problems", "load_scenario", "named_scenario", "scenario_schema"]

#: The key by which a file tells editors where its schema is.
_SCHEMA_KEY = "$schema"
#: Where a type is first used, msgspec examines it; two threads that let it do so at once end the process.
_EXAMINING = Lock()


def load_scenario(source: Scenario | Mapping[str, Any] | FilePath | str) -> Scenario:
    """Return a scenario that is sure to be well-formed and possible.

    Args:
        source: A named scenario (a text without dot and slash), a file (a path, or any other text of
            one line), YAML or JSON (text with a line break), or plain values.

    Raises:
        Problem: It cannot be read, has a wrong part, or asks for something impossible.
    """
    return _parse(*_read(source))


def find_problems(file: FilePath) -> list[Problem]:
    """Return all that keeps a file from being a scenario; empty for one that is."""
    try:
        name, data, lines = _read(file)
    except Problem as problem:
        return [problem]
    return [_problem(name, lines, wrong) for wrong in _wrong(data)]


def _parse(name: str, data: Any, lines: Lines) -> Scenario:
    for wrong in _wrong(data):
        raise _problem(name, lines, wrong)
    return _convert(data)


def _wrong(data: Any) -> Iterator[Contradiction]:
    """Yield what is wrong with the values of a scenario; what cannot be judged before that is right is left out."""
    found = [_misspelt(*unknown) for unknown in _unknown_keys(scenario_schema(), data, ())]
    found = found or [_unfit(violation) for violation in _validator().violations(data)]
    yield from found or contradictions(_convert(data))


def _convert(data: Json) -> Scenario:
    values = {key: value for key, value in data.items() if key != _SCHEMA_KEY}
    with _EXAMINING:
        return msgspec.convert(values, Scenario)


def named_scenario(name: str) -> Scenario:
    """Return one of the scenarios that come with this package.

    Raises:
        Problem: There is no scenario of that name.
    """
    return _parse(*_scenario_text(name))


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
    if isinstance(source, str) and is_name(source):
        return _scenario_text(source)
    if isinstance(source, str) and "\n" in source:
        return "a scenario", *read_yaml(source, "a scenario")
    return str(source), *read_yaml(_read_text(FilePath(source)), str(source))


def _scenario_text(name: str) -> tuple[str, Any, Lines]:
    called = f"the scenario {name}"
    return called, *read_yaml(scenario_text(name), called)


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
            allowed = properties.get(key, schema.get("additionalProperties"))
            if isinstance(allowed, dict):
                yield from _unknown_keys(allowed, part, (*path, key))
            elif allowed is False:
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


def _misspelt(path: Path, known: list[str]) -> Contradiction:
    key = str(path[-1])
    close = get_close_matches(key, known, n=1, cutoff=0.4)
    advice = f"Write {close[0]!r}." if close else "Leave it out."
    return Contradiction(path, "one of " + ", ".join(known), repr(key[:60]), advice)


def _unfit(violation: Violation) -> Contradiction:
    path = tuple(int(part) if part.isdecimal() else part for part in violation.path.split("/")[1:])
    return Contradiction(path, violation.expected, violation.found, "Compare it with the scenario format.")


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
