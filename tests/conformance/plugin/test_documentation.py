"""The page of the plugin names every option, fixture, and argument of the marker."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from codex_conformance import plugin
from codex_conformance._fixtures.wishes import Wishes

PAGE = (Path(__file__).parents[3] / "docs" / "pytest-plugin.md").read_text()


def options() -> list[str]:
    """Return the options that the plugin adds."""
    parser = pytest.Parser(_ispytest=True)
    plugin.pytest_addoption(parser)
    (group,) = [group for group in parser._groups if group.name == "codex"]
    return [name for option in group.options for name in option.names()]


def ini_options() -> list[str]:
    """Return the ini options that the plugin adds."""
    parser = pytest.Parser(_ispytest=True)
    plugin.pytest_addoption(parser)
    return [name for name in parser._inidict if name.startswith("codex")]


def test_the_options_are_documented_and_no_others() -> None:
    assert sorted(re.findall(r"^\| `(--codex-[\w-]+)` \| ", PAGE, re.MULTILINE)) == sorted(options())


@pytest.mark.parametrize("option", ini_options())
def test_an_ini_option_is_documented(option: str) -> None:
    assert f"`{option}`" in PAGE


@pytest.mark.parametrize("fixture", plugin.__all__)
def test_a_fixture_is_documented(fixture: str) -> None:
    assert f"| `{fixture}` | " in PAGE


@pytest.mark.parametrize("argument", Wishes._fields)
def test_an_argument_of_the_marker_is_documented(argument: str) -> None:
    assert f"| `{argument}` | " in PAGE


def test_every_fixture_is_listed_in_the_module() -> None:
    kinds = {type(getattr(plugin, name)) for name in plugin.__all__}
    found = [name for name, value in inspect.getmembers(plugin) if type(value) in kinds]

    assert found == sorted(plugin.__all__)


def test_every_option_says_in_a_sentence_what_it_does(run) -> None:
    shown = run("--help").stdout.str()

    assert [name for name in (*options(), *ini_options()) if name not in shown] == []
