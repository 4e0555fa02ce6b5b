"""npm says what is published, and gives a package that is the published one."""

from __future__ import annotations

from threading import Event

import pytest

from codex_conformance.importing import Catalogue, Npm
from codex_schemas import Problem


@pytest.fixture
def npm(registry, tmp_path) -> Npm:
    (tmp_path / "folder").mkdir()
    return Npm(tmp_path / "folder", Event())


def test_the_catalogue_has_every_version_and_its_day(registry, npm) -> None:
    registry.publish("0.168.0", day="2026-01-02")
    registry.publish("0.169.0", day="2026-02-03")

    catalogue = npm.catalogue()

    assert catalogue.versions == {"0.168.0", "0.168.0-linux-x64", "0.169.0", "0.169.0-linux-x64"}
    assert catalogue.published("0.169.0") == "2026-02-03"


def test_a_single_version_is_a_catalogue_too(registry, npm) -> None:
    registry.answer({"versions": "0.1.0", "time": {"0.1.0": "2026-01-01T00:00:00Z"}})

    assert npm.catalogue() == Catalogue(frozenset({"0.1.0"}), {"0.1.0": "2026-01-01T00:00:00Z"})


def test_only_what_is_there_and_has_a_day_is_in_the_catalogue(registry, npm) -> None:
    registry.answer({"versions": ["0.1.0", "0.2.0"], "time": {"0.1.0": "2026-01-01", "0.3.0": "2026-01-03"}})

    assert npm.catalogue().versions == {"0.1.0"}


@pytest.mark.parametrize(
    "answer",
    ["", "<html>", [], "{}", {"versions": ["0.1.0"]}, {"versions": 7, "time": {}}, {"versions": [], "time": 7}],
    ids=repr,
)
def test_any_other_answer_is_a_problem(registry, npm, answer: object) -> None:
    registry.answer(answer)

    with pytest.raises(Problem, match="npm to answer with"):
        npm.catalogue()


def test_a_package_comes_with_its_integrity(registry, npm) -> None:
    registry.publish_package("0.169.0", {"a": "b"})

    path, integrity = npm.download("0.169.0", lambda _: None)

    assert path.read_bytes() == (registry.shelf / "0.169.0.tgz").read_bytes()
    assert integrity.startswith("sha512-")


def test_npm_keeps_its_cache_where_the_package_goes(registry, npm, tmp_path) -> None:
    registry.publish_package("0.169.0", {})

    npm.download("0.169.0", lambda _: None)

    assert registry.calls
    assert all(f"--cache {tmp_path}/folder/" in call for call in registry.calls)


def test_another_package_than_the_published_one_is_refused(registry, npm) -> None:
    registry.publish_package("0.169.0", {}, integrity="sha512-AAAA")

    with pytest.raises(Problem, match="the integrity sha512-AAAA"):
        npm.download("0.169.0", lambda _: None)


def test_a_weaker_integrity_is_refused(registry, npm) -> None:
    registry.publish_package("0.169.0", {}, integrity="sha1-AAAA")

    with pytest.raises(Problem, match="SHA-512"):
        npm.download("0.169.0", lambda _: None)


def test_the_failure_of_npm_is_told(registry, npm) -> None:
    registry.break_down("npm error code ENOTFOUND\nnpm error more")

    with pytest.raises(Problem, match="found npm error code ENOTFOUND"):
        npm.catalogue()


def test_without_npm_it_is_a_problem(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Problem, match="no npm on the PATH"):
        Npm(tmp_path, Event())
