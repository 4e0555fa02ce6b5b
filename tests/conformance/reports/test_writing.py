"""Files: the name decides about the form, and all or nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_conformance.reports import FORMATS, form_of, render, write_reports
from codex_schemas import Problem


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("report.json", "json"),
        ("report.xml", "junit"),
        ("report.md", "markdown"),
        ("report.html", "html"),
        ("codex.badge.json", "badge"),
        ("badge.json", "badge"),
        ("a.html/report.json", "json"),
    ],
)
def test_a_name_asks_for_a_form(name: str, form: str) -> None:
    assert form_of(Path(name)) == form


@pytest.mark.parametrize("name", ["report", "report.txt", "json", "report.json.bak"])
def test_a_name_that_asks_for_none_is_refused(name: str) -> None:
    with pytest.raises(Problem, match=r"\.badge\.json, \.json, \.xml, \.md, \.html"):
        form_of(Path(name))


def test_every_form_is_written(whole, tmp_path) -> None:
    paths = {form: tmp_path / f"report{suffix}" for form, suffix in FORMATS.items()}
    write_reports(whole, paths.values())

    assert {form: path.read_text() for form, path in paths.items()} == {form: render(whole, form) for form in FORMATS}


def test_hostile_texts_can_be_written(hostile_run, tmp_path) -> None:
    paths = [tmp_path / f"report{suffix}" for suffix in FORMATS.values()]
    write_reports(hostile_run, paths)

    assert all(path.read_text() for path in paths)


def test_one_wrong_name_writes_nothing(whole, tmp_path) -> None:
    with pytest.raises(Problem):
        write_reports(whole, [tmp_path / "report.json", tmp_path / "report.txt"])

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(whole, tmp_path) -> None:
    with pytest.raises(Problem, match=r"reports/report\.json"):
        write_reports(whole, [tmp_path / "reports" / "report.json"])
