"""The library of named scenarios is complete, loads, and can be had by name everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codex_mockserver import SyncBackend
from codex_mockserver.model import groups, load_scenario, named_scenario, scenario_text, scenarios
from codex_schemas import Problem

PAGE = (Path(__file__).parents[2] / "docs" / "scenario-library.md").read_text()


@pytest.mark.parametrize("name", scenarios())
def test_a_named_scenario_says_what_it_is(name) -> None:
    """It has its own name, a sentence, a report without names or links, and what a right client does."""
    scenario = named_scenario(name)

    assert scenario.name == name
    assert scenario.summary.endswith(".")
    assert len(scenario.report.split()) > 10
    assert "://" not in scenario.report
    assert scenario.expect
    assert all(expected.say.endswith(".") for expected in scenario.expect)


#: A client may refuse a number as an interval or not, and what it does with an app-server comes to no journal.
SILENT = {"device-number-interval", *(name for name in scenarios() if name.startswith("app-server-"))}


@pytest.mark.parametrize("name", sorted(set(scenarios()) - SILENT))
def test_the_journal_can_tell_whether_a_client_is_right(name) -> None:
    assert any(expected.request for expected in named_scenario(name).expect)


@pytest.mark.parametrize("name", scenarios())
def test_a_named_scenario_is_documented(name) -> None:
    assert f"### `{name}`" in PAGE


@pytest.mark.parametrize("name", scenarios())
def test_a_named_scenario_is_a_file_that_fits_a_terminal(name) -> None:
    lines = scenario_text(name).splitlines()

    assert lines[0] == "scenario: 1"
    assert max(map(len, lines)) <= 80


def test_every_group_has_a_title_and_scenarios() -> None:
    assert all(group.title and group.names for group in groups())
    assert [name for group in groups() for name in group.names] == scenarios()


def test_a_backend_takes_a_name() -> None:
    with SyncBackend(scenario="stream-cut") as backend:
        assert backend.script.scenario == named_scenario("stream-cut")


def test_a_name_is_no_path(tmp_path, monkeypatch) -> None:
    """A file of the same name in the working folder needs a dot or a slash."""
    (tmp_path / "stream-cut").write_text("name: mine\n")
    monkeypatch.chdir(tmp_path)

    assert load_scenario("stream-cut").name == "stream-cut"
    assert load_scenario("./stream-cut").name == "mine"


@pytest.mark.parametrize("load", [load_scenario, named_scenario, lambda name: SyncBackend(scenario=name)])
def test_an_unknown_name_names_the_closest(load) -> None:
    with pytest.raises(Problem, match=re.escape("Write usage-limit-reached.")):
        load("usage-limit-reach")


def test_a_path_is_no_name() -> None:
    with pytest.raises(Problem, match="a named scenario"):
        named_scenario("./stream-cut.yaml")
