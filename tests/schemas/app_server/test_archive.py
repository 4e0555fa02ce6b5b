"""Writing the store: what goes in comes out, and an import changes as little as possible."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codex_schemas import Problem
from codex_schemas.app_server import Archive, Emission, Release, normalise
from codex_schemas.app_server.lookup import load_from
from codex_schemas.app_server.store import Store

SHIPPED = Path(__file__).parents[3] / "schemas" / "codex_schemas" / "data" / "app_server"
NOTHING: dict[str, Any] = {"messages": {}, "definitions": {}}


def bundle(**types: Any) -> dict[str, Any]:
    """Return a bundle as codex writes it, with one request and the types given."""
    branch = {
        "title": "Turn/startRequest",
        "type": "object",
        "required": ["method", "id", "params"],
        "properties": {
            "id": {"type": "string"},
            "method": {"type": "string", "enum": ["turn/start"], "title": "a title"},
            "params": {"$ref": "#/definitions/v2/TurnStartParams"},
        },
    }
    params = {
        "type": "object",
        "title": "TurnStartParams",
        "description": "prose",
        "properties": {"title": {"type": "string"}},
    }
    empty: dict[str, Any] = {"oneOf": []}
    unions = {"ServerRequest": empty, "ClientNotification": empty, "ServerNotification": empty}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"ClientRequest": {"oneOf": [branch]}, **unions, "v2": {"TurnStartParams": params, **types}},
    }


def emission(stable: dict[str, Any], experimental: dict[str, Any] | None = None) -> Emission:
    return Emission(stable, experimental, NOTHING, NOTHING if experimental else None)


def release(version: str, **known: Any) -> Release:
    return Release(version=version, published="2026-01-01", **known)


def stored(archive: Archive, folder: Path) -> Store:
    archive.write(folder)
    return Store(lambda path: folder.joinpath(path).read_bytes())


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.json")}


def test_what_was_emitted_is_loaded_again(tmp_path: Path) -> None:
    archive, emitted = Archive(), bundle(Turn={"type": "object", "properties": {"id": {"type": "string"}}})
    archive.add(release("0.58.0"), emission(emitted))

    contract = load_from(stored(archive, tmp_path / "store"), "0.58.0", experimental=False)

    assert contract.emitted == normalise(emitted)
    assert contract.definition("TurnStartParams") == {"type": "object", "properties": {"title": {"type": "string"}}}


def test_the_shipped_store_is_as_the_archive_writes_it(tmp_path: Path) -> None:
    Archive.read(SHIPPED).write(tmp_path / "store")

    assert content(tmp_path / "store") == {
        path: text for path, text in content(SHIPPED).items() if path in content(tmp_path / "store")
    }


def test_a_release_that_changes_nothing_changes_only_the_list(tmp_path: Path) -> None:
    archive = Archive()
    archive.add(release("0.58.0"), emission(bundle()))
    archive.write(tmp_path / "store")
    before = content(tmp_path / "store")

    archive.add(release("0.59.0"), emission(bundle()))
    archive.write(tmp_path / "store")

    after = content(tmp_path / "store")
    assert sorted(path for path in after if after[path] != before[path]) == ["checksums.json", "releases.json"]


def test_a_changed_type_is_kept_beside_its_older_form(tmp_path: Path) -> None:
    archive = Archive()
    archive.add(release("0.58.0"), emission(bundle(Turn={"type": "object"})))
    archive.add(release("0.60.1"), emission(bundle(Turn={"type": "string"}), bundle(Turn={"type": "array"})))
    archive.add(release("0.59.0"), emission(bundle(Turn={"type": "object"})))

    archive.write(tmp_path / "store")

    assert json.loads((tmp_path / "store" / "definitions" / "T.json").read_text())["v2/Turn"] == [
        {"releases": "0.58.0..0.59.0", "schema": {"type": "object"}},
        {"experimental": "0.60.1..", "schema": {"type": "array"}},
        {"stable": "0.60.1..", "schema": {"type": "string"}},
    ]


def test_a_release_that_is_added_again_replaces_itself(tmp_path: Path) -> None:
    archive = Archive()
    archive.add(release("0.58.0"), emission(bundle(Turn={"type": "object"})))
    archive.add(release("0.58.0"), emission(bundle()))

    contract = load_from(stored(archive, tmp_path / "store"), "0.58.0", experimental=True)

    assert "v2/Turn" not in contract.definitions


def test_a_release_that_cannot_emit_is_kept_with_its_reason(tmp_path: Path) -> None:
    archive = Archive()
    archive.add(release("0.58.0"), emission(bundle()))
    archive.add(release("0.57.0", reason="it has no such command"), None)

    store = stored(archive, tmp_path / "store")

    assert store.order == ("0.58.0",)
    assert [(known.version, known.reason) for known in store.releases] == [
        ("0.57.0", "it has no such command"),
        ("0.58.0", ""),
    ]


def test_a_reference_that_leads_nowhere_is_led_to_the_other_namespace() -> None:
    emitted = bundle(Turn={"$ref": "#/definitions/TurnStartParams"})

    assert normalise(emitted)["v2/Turn"] == {"$ref": "#/definitions/v2/TurnStartParams"}


def test_writing_that_fails_leaves_the_old_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive()
    archive.add(release("0.58.0"), emission(bundle()))
    archive.write(tmp_path / "store")
    before = content(tmp_path / "store")
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == "fresh":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    archive.add(release("0.59.0"), emission(bundle(Turn={"type": "object"})))
    with pytest.raises(KeyboardInterrupt):
        archive.write(tmp_path / "store")

    assert content(tmp_path / "store") == before
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


MALFORMED = [
    None,
    [],
    {},
    {"definitions": []},
    {"definitions": {"Turn": {}}},
    {"definitions": {**bundle()["definitions"], "ClientRequest": {"oneOf": [{"properties": {}}]}}},
    {"definitions": {**bundle()["definitions"], "v2": 5}},
]


@pytest.mark.parametrize("value", MALFORMED, ids=lambda value: str(value)[-40:])
def test_what_is_no_bundle_is_refused_and_changes_nothing(value: Any, tmp_path: Path) -> None:
    archive = Archive()
    archive.add(release("0.58.0"), emission(bundle()))

    with pytest.raises(Problem, match="schema bundle"):
        archive.add(release("0.58.0"), emission(value))

    assert stored(archive, tmp_path / "store").order == ("0.58.0",)
