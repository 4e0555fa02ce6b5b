"""Only a store is ever replaced by a store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codex_conformance.importing import _store_folder as module
from codex_conformance.importing import open_store, shipped_store_folder
from codex_schemas import Problem
from codex_schemas.app_server import Archive, Release


@pytest.fixture
def store(tmp_path) -> Path:
    """A store that knows one release."""
    archive = Archive()
    archive.add(Release(version="0.8.0", published="2026-01-01", reason="too old"), None)
    archive.write(tmp_path / "store")
    return tmp_path / "store"


def test_a_store_is_opened(store) -> None:
    assert list(open_store(store).releases) == ["0.8.0"]


@pytest.mark.parametrize("folder", ["missing", "a/b/missing", "empty"])
def test_an_empty_place_is_an_empty_store(tmp_path, folder: str) -> None:
    (tmp_path / "empty").mkdir()

    assert open_store(tmp_path / folder).releases == {}


def test_what_people_wrote_alone_is_an_empty_store(tmp_path) -> None:
    for name in Archive.BY_HAND:
        (tmp_path / name).write_text("{}")

    assert open_store(tmp_path).releases == {}


def test_the_shipped_store_has_only_what_a_store_may_have(tmp_path) -> None:
    copy = shutil.copytree(shipped_store_folder(), tmp_path / "copy")

    assert open_store(copy).releases


def test_a_folder_of_something_else_is_left_alone(store) -> None:
    (store / "letter.txt").write_text("dear all")

    with pytest.raises(Problem, match=r"a store and nothing else, found letter\.txt"):
        open_store(store, anew=True)
    assert (store / "letter.txt").exists()


def test_a_store_without_checksums_is_no_empty_store(store) -> None:
    (store / "checksums.json").unlink()

    with pytest.raises(Problem, match=r"checksums\.json"):
        open_store(store)


def test_a_damaged_store_is_a_problem_until_it_is_built_anew(store) -> None:
    (store / "releases.json").write_text("[]")

    with pytest.raises(Problem, match=r"releases\.json"):
        open_store(store)
    assert open_store(store, anew=True).releases == {}


def test_a_healthy_store_that_is_built_anew_keeps_what_it_has(store) -> None:
    assert list(open_store(store, anew=True).releases) == ["0.8.0"]


def test_a_file_in_the_place_of_the_folder_is_a_problem(tmp_path) -> None:
    (tmp_path / "file").write_text("")

    for place in (tmp_path / "file", tmp_path / "file" / "store"):
        with pytest.raises(Problem, match="--store"):
            open_store(place)


def test_a_place_that_cannot_be_written_is_a_problem(tmp_path, monkeypatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(module.tempfile, "TemporaryDirectory", refuse)

    with pytest.raises(Problem, match="found Read-only file system"):
        open_store(tmp_path / "store")


def test_the_shipped_store_lies_in_the_package() -> None:
    assert (shipped_store_folder() / "results.json").is_file()


def test_a_package_that_is_no_folder_has_no_store(monkeypatch) -> None:
    monkeypatch.setattr(module, "files", lambda _: ZipPath())

    with pytest.raises(Problem, match="--store"):
        shipped_store_folder()


class ZipPath:
    """A place in a zip file."""

    def joinpath(self, *_: str) -> ZipPath:
        return self
