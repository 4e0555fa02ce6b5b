"""What docs/diffing.md shows is real: the ignore file, the workflow, formats and exit codes."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from codex_conformance.changes import FORMATS, read_ignores
from codex_conformance.cli import _parser, diff
from codex_schemas.diff import RULES, Level

PAGE = (Path(__file__).parents[2] / "docs" / "diffing.md").read_text()
IGNORES, WORKFLOW = re.findall(r"^```yml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def steps() -> list[dict[str, Any]]:
    (job,) = yaml.safe_load(WORKFLOW)["jobs"].values()
    return job["steps"]


def commands() -> list[list[str]]:
    """Return the arguments of each codex-testkit command of the workflow."""
    lines = (step["run"].partition(">>")[0] for step in steps() if step.get("run", "").startswith("codex-testkit "))
    return [shlex.split(line)[1:] for line in lines]


def options() -> list[str]:
    """Return the options of the command."""
    commands = argparse.ArgumentParser().add_subparsers()
    diff.add_parser(commands)
    return [option for option in commands.choices["diff"]._option_string_actions if option not in ("-h", "--help")]


def test_the_ignore_file_is_one(tmp_path: Path) -> None:
    (tmp_path / "accepted.yaml").write_text(IGNORES)

    assert len(read_ignores(tmp_path / "accepted.yaml", RULES)) == 2


def test_the_workflow_runs_for_pull_requests_and_by_the_clock() -> None:
    # YAML 1.1 takes the key for a boolean.
    assert set(yaml.safe_load(WORKFLOW)[True]) == {"pull_request", "schedule", "workflow_dispatch"}


def test_every_step_of_the_workflow_does_one_thing() -> None:
    assert all(("uses" in step) != ("run" in step) for step in steps())


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_a_command_of_the_workflow_is_real(arguments: list[str]) -> None:
    options = _parser(arguments).parse_args(arguments)

    assert (options.old, options.new) == ("$(cat .codex-version)", "latest")
    assert str(options.used_by) == "used.txt"


def test_the_last_command_of_the_workflow_fails_on_what_breaks() -> None:
    summary, verdict = ([*arguments] for arguments in commands())

    assert "--fail-on" not in summary
    assert verdict[-4:] == ["--fail-on", "breaking", "--format", "github"]


@pytest.mark.parametrize("name", [*FORMATS, *map(str, Level)])
def test_a_format_or_level_is_documented(name: str) -> None:
    assert re.search(rf"^\| `?{name}`? \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("option", options())
def test_an_option_is_documented(option: str) -> None:
    assert f"`{option}" in PAGE


@pytest.mark.parametrize("code", re.findall(r"^  (\d)  ", diff._EXAMPLES, re.MULTILINE))
def test_an_exit_code_is_documented(code: str) -> None:
    assert f"\n| {code} | " in PAGE
