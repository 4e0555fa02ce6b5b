"""Releases come from npm into the store, one by one, and a bad one keeps none of the others."""

from __future__ import annotations

import io
from pathlib import Path
from threading import Event

import pytest

from codex_conformance.importing import Importer, Npm, Outcome, Progress, open_store
from codex_schemas import Problem
from codex_schemas.app_server import Archive

NO_COMMAND = "#!/bin/sh\necho \"error: unexpected argument 'generate-json-schema' found\" >&2\nexit 2\n"


@pytest.fixture
def importer(registry, tmp_path):
    """Make an importer of what is published, into a store."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()

    def make(store: Path = tmp_path / "store") -> Importer:
        return Importer(
            archive=open_store(store),
            store=store,
            catalogue=Npm(workspace, Event()).catalogue(),
            workspace=workspace,
            progress=Progress(io.StringIO(), 9),
            stopped=Event(),
        )

    return make


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(importer: Importer, *versions: str, jobs: int = 1) -> Outcome:
    return importer.run(versions, jobs=jobs)


def test_a_release_is_stored_with_where_it_came_from(registry, importer, tmp_path) -> None:
    registry.publish("0.169.0", day="2026-02-03")

    outcome = run(importer(), "0.169.0")

    (release,) = Archive.read(tmp_path / "store").releases.values()
    assert outcome == Outcome([release])
    assert (release.version, release.published) == ("0.169.0", "2026-02-03")
    assert release.package == "@openai/codex@0.169.0-linux-x64"
    assert release.integrity.startswith("sha512-")
    assert release.command == "codex app-server generate-json-schema|generate-ts [--experimental]"
    assert release.stable.client_requests == 1
    assert "userInfo" in (tmp_path / "store" / "typescript" / "ClientRequest.json").read_text()


def test_the_store_is_the_same_in_whatever_order_the_releases_come(registry, importer, codex, bundle, tmp_path) -> None:
    other = {"definitions": {**bundle["definitions"], "Turn": {"type": "string"}}}
    registry.publish("0.1.0")
    registry.publish("0.2.0", codex(other))
    registry.publish("0.3.0")

    run(importer(tmp_path / "one"), "0.1.0", "0.2.0", "0.3.0")
    run(importer(tmp_path / "other"), "0.3.0")
    run(importer(tmp_path / "other"), "0.2.0", "0.1.0", jobs=2)

    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_a_release_that_is_imported_again_is_replaced(registry, importer, codex, tmp_path) -> None:
    registry.publish("0.1.0", NO_COMMAND)
    run(importer(), "0.1.0")
    registry.publish("0.1.0")

    run(importer(), "0.1.0")

    assert Archive.read(tmp_path / "store").releases["0.1.0"].emits


def test_releases_that_cannot_emit_are_stored_with_the_reason(registry, importer, tmp_path) -> None:
    registry.publish("0.57.0", NO_COMMAND)
    registry.publish_package("0.142.1", {"bin/codex.js": ""})

    run(importer(), "0.57.0", "0.142.1")

    reasons = {release.version: release.reason for release in Archive.read(tmp_path / "store").releases.values()}
    assert reasons == {
        "0.57.0": "its binary has no command `app-server generate-json-schema`",
        "0.142.1": "it was published without a binary",
    }


def test_a_release_that_fails_is_not_stored_and_keeps_none_of_the_others(registry, importer, codex, tmp_path) -> None:
    registry.publish("0.5.0")
    registry.publish("0.4.0", integrity="sha512-AAAA")
    registry.publish("0.3.0", codex({}))
    registry.publish_package("0.2.0", {"vendor/aarch64-apple-darwin/bin/codex": ""})
    registry.publish("0.1.0")

    outcome = run(importer(), "0.5.0", "0.4.0", "0.3.0", "0.2.0", "0.1.0")

    assert list(Archive.read(tmp_path / "store").releases) == ["0.1.0", "0.5.0"]
    assert {version: problem.doing for version, problem in outcome.failed.items()} == {
        "0.4.0": "downloading @openai/codex@0.4.0-linux-x64",
        "0.3.0": "reading the schema bundle of a codex release",
        "0.2.0": "choosing the binary of codex 0.2.0",
    }


def test_a_release_that_fails_keeps_its_place_in_the_store(registry, importer, codex, tmp_path) -> None:
    registry.publish("0.1.0")
    run(importer(), "0.1.0")
    before = contents(tmp_path / "store")
    registry.publish("0.1.0", codex({}))

    run(importer(), "0.1.0")

    assert contents(tmp_path / "store") == before


def test_nothing_stays_in_the_workspace(registry, importer, codex, tmp_path) -> None:
    registry.publish("0.2.0")
    registry.publish("0.1.0", codex({}))

    run(importer(), "0.2.0", "0.1.0", jobs=2)

    assert {path.name for path in (tmp_path / "workspace").iterdir()} <= {"npm-cache"}


def test_a_full_disk_fails_the_release(registry, importer, monkeypatch) -> None:
    registry.publish("0.1.0")

    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("codex_conformance.importing._importer.extract_binary", full)

    outcome = run(importer(), "0.1.0")

    assert outcome.failed["0.1.0"].found == "No space left on device"


def test_a_store_that_cannot_be_written_ends_the_import(registry, importer, monkeypatch) -> None:
    for version in ("0.1.0", "0.2.0", "0.3.0"):
        registry.publish(version)
    started = importer()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Archive, "write", full)

    with pytest.raises(Problem, match="writing the store"):
        run(started, "0.1.0", "0.2.0", "0.3.0")
    assert len([call for call in registry.calls if call.startswith("pack")]) == 1
