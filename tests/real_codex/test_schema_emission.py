"""The store against the binaries: what is loaded is what they emit, prose aside."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codex_schemas import app_server

PROSE = {"$schema", "description", "title"}


@pytest.fixture(params=["stable", "experimental"])
def emitted(request: pytest.FixtureRequest, binary: Path, release: str, tmp_path: Path) -> tuple[Path, Any]:
    """The folder that the binary writes, and the contract of that channel."""
    command = [binary, "app-server", "generate-json-schema", "--out", tmp_path / "out"]
    if request.param == "experimental":
        command.append("--experimental")
    (tmp_path / "home").mkdir()
    environment = {**os.environ, "CODEX_HOME": str(tmp_path / "home")}
    subprocess.run(command, env=environment, capture_output=True, check=True)
    return tmp_path / "out", app_server.load(release, experimental=request.param == "experimental")


def test_the_bundle_is_what_is_loaded(emitted: tuple[Path, Any]) -> None:
    folder, contract = emitted
    raw = json.loads((folder / "codex_app_server_protocol.schemas.json").read_text())["definitions"]
    flat = {**{f"v2/{name}": schema for name, schema in raw.pop("v2").items()}, **raw}

    assert set(contract.emitted) == set(flat)
    assert [text for name in flat for text in differences(flat[name], contract.emitted[name], name)] == []


def test_each_file_of_its_own_says_the_same(emitted: tuple[Path, Any]) -> None:
    """Beside the bundle codex writes a file for each type, with copies of what it refers to."""
    folder, contract = emitted
    files = [path for path in folder.rglob("*.json") if not path.name.endswith(".schemas.json")]

    wrong = [
        text
        for path in files
        for name, schema in types_of(path)
        for text in differences(schema, kept_like(contract.emitted, name), f"{path.name}:{name}", below="")
    ]

    assert len(files) > 200
    assert wrong == []


def types_of(path: Path) -> Iterator[tuple[str, Any]]:
    schema = json.loads(path.read_text())
    yield from schema.pop("definitions", {}).items()
    yield path.stem, schema


def kept_like(emitted: dict[str, Any], name: str) -> Any:
    return emitted.get(f"v2/{name}", emitted.get(name))


def differences(raw: Any, kept: Any, where: str, *, below: str | None = None, named: bool = False) -> Iterator[str]:
    """Compare without the code under test: prose is skipped, order of required names and methods is free.

    With ``below`` references are compared by their last step.
    """
    if isinstance(raw, dict) and isinstance(kept, dict):
        wanted = {key for key in raw if named or key not in PROSE}
        if wanted != set(kept):
            yield f"{where}: {sorted(wanted ^ set(kept))}"
            return
        for key in wanted:
            yield from differences(
                raw[key], kept[key], f"{where}/{key}", below=below, named=not named and key == "properties"
            )
    elif isinstance(raw, list) and isinstance(kept, list) and len(raw) == len(kept):
        for one, other in zip(ordered(raw), ordered(kept), strict=True):
            yield from differences(one, other, where, below=below)
    elif raw != kept and not (below is not None and str(raw).rpartition("/")[2] == str(kept).rpartition("/")[2]):
        yield f"{where}: {raw!r} became {kept!r}"


def ordered(items: list[Any]) -> list[Any]:
    """Sort what has no order: the methods of a union, and plain names."""
    methods = [item.get("properties", {}).get("method", {}).get("enum") for item in items if isinstance(item, dict)]
    if methods and all(methods):
        return sorted(items, key=lambda branch: str(branch["properties"]["method"]["enum"]))
    return sorted(items) if all(isinstance(item, str) for item in items) else items
