"""The scenario that a recording becomes, as a file that a person edits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from codex_fixtures import Line, RecordingReader, exchanges
from codex_mockserver.model import load_scenario
from codex_mockserver.retelling._calls import Calls
from codex_mockserver.retelling._turns import Turns
from codex_schemas import Problem

__all__ = ["retold"]

Json = dict[str, Any]

_WIDTH = 110


def retold(path: Path) -> str:
    """Return a scenario in which the backend, or the app-server, says and fails as in a recording.

    What the model said becomes its steps, in order; what was refused, and streams that broke off, become faults. Ids
    and times are those of the run to come.

    Raises:
        Problem: The file is no recording, or what it holds cannot be told by a scenario.
    """
    with RecordingReader(path) as reader:
        title, codex = reader.header.title, reader.header.codex
        told = _turns(reader) if reader.header.surface == "app-server" else _calls(reader)
    scenario = _possible({"scenario": 1, "name": _name(path), **({"summary": title} if title else {}), **told})
    made = f"# Made from the recording {path.name}" + (f" of codex {codex}" if codex else "") + ".\n"
    text = made + yaml.dump(scenario, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
    load_scenario(text)
    return text


def _possible(scenario: Json) -> Json:
    """Return a scenario whose faults have their places in its streams.

    What is told again may have fewer events than what was recorded; then a stream breaks at its last one.
    """
    try:
        load_scenario(scenario)
    except Problem:
        faults = [{**fault, **({"at": "last"} if "at" in fault else {})} for fault in scenario.get("faults", [])]
        return {**scenario, **({"faults": faults} if faults else {})}
    return scenario


def _turns(reader: RecordingReader) -> Json:
    turns = Turns()
    for entry in reader:
        if isinstance(entry, Line):
            turns.add(entry)
    return {"model": turns.steps} if turns.steps else {}


def _calls(reader: RecordingReader) -> Json:
    calls = Calls()
    for exchange in exchanges(reader):
        calls.add(exchange)
    return {
        **({"settings": {"auto_approve": True}} if calls.has_login else {}),
        **({"model": calls.steps} if calls.steps else {}),
        **({"faults": calls.faults} if calls.faults else {}),
    }


def _name(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "recorded"


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they are, and nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the base class says how it is called)
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text and not re.search(r"[ \t]\n|^\s", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
