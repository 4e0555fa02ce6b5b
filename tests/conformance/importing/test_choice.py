"""Which releases an import takes."""

from __future__ import annotations

import pytest

from codex_conformance.importing import Catalogue, missing, named, newer
from codex_schemas import Problem
from codex_schemas.app_server import Release

DAYS = {
    "0.9.0": "2026-01-09",
    "0.10.0": "2026-01-10",
    "0.10.0-linux-x64": "2026-01-10",
    "0.11.0-alpha.1": "2026-01-11",
    "0.9.1": "2026-01-12",
    "0.8.0": "2026-01-01",
    "0.12.0": "2026-01-05",
}
CATALOGUE = Catalogue(frozenset(DAYS), {version: f"{day}T00:00:00Z" for version, day in DAYS.items()})


def known(*versions: str) -> dict[str, Release]:
    return {version: Release(version=version, published=DAYS[version]) for version in versions}


def test_all_stable_releases_are_missing_at_first_the_newest_first() -> None:
    assert missing(CATALOGUE, {}) == newer(CATALOGUE, {}) == ["0.12.0", "0.10.0", "0.9.1", "0.9.0", "0.8.0"]


def test_what_is_known_is_not_missing() -> None:
    assert missing(CATALOGUE, known("0.12.0", "0.9.0")) == ["0.10.0", "0.9.1", "0.8.0"]


def test_new_is_a_higher_number_or_a_later_day() -> None:
    """0.12.0 has an earlier day than 0.10.0, 0.9.1 is a late patch, 0.8.0 is a gap that stays."""
    assert newer(CATALOGUE, known("0.10.0", "0.9.0")) == ["0.12.0", "0.9.1"]


def test_new_includes_what_came_out_on_the_same_day() -> None:
    catalogue = Catalogue(CATALOGUE.versions | {"0.9.2"}, {**CATALOGUE.times, "0.9.2": "2026-01-12T23:00:00Z"})

    assert newer(catalogue, known("0.12.0", "0.9.1")) == ["0.9.2"]


def test_nothing_is_new_when_all_are_known() -> None:
    assert newer(CATALOGUE, known("0.8.0", "0.9.0", "0.9.1", "0.10.0", "0.12.0")) == []


def test_named_releases_are_taken_once_in_their_order() -> None:
    assert named(CATALOGUE, ["0.9.0", "0.12.0", "0.9.0"]) == ["0.9.0", "0.12.0"]


@pytest.mark.parametrize(
    ("version", "closest"),
    [("0.10.1", "0.10.0"), ("0.11.0-alpha.1", "0.1"), ("latest", "0.12.0"), ("../0.9.0", "0.9.0"), ("", "0.12.0")],
)
def test_any_other_name_is_a_problem_with_the_closest_ones(version: str, closest: str) -> None:
    with pytest.raises(Problem, match="published stable releases") as caught:
        named(CATALOGUE, [version])

    assert closest in caught.value.advice
