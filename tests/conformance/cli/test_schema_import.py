"""`schema import` brings published releases into a store, and can be stopped at any time."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codex_conformance.cli import schema_import
from codex_schemas import Problem
from codex_schemas.app_server import Archive

#: The command as a process of its own, on a machine that is Linux whatever it is.
PROCESS = """\
import argparse, platform, sys
from codex_conformance.cli import schema_import
platform.system, platform.machine = (lambda: "Linux"), (lambda: "x86_64")
parser = argparse.ArgumentParser()
schema_import.add_parser(parser.add_subparsers())
options = parser.parse_args()
try:
    sys.exit(options.run(options))
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def run(registry, store, monkeypatch):
    """Run the command with a store of its own."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(*arguments: str) -> int:
        parser = argparse.ArgumentParser()
        schema_import.add_parser(parser.add_subparsers())
        options = parser.parse_args(["import", *arguments, "--store", str(store)])
        return options.run(options)

    return run


def versions(store: Path) -> list[str]:
    return list(Archive.read(store).releases)


def test_named_releases_are_imported(run, registry, store, capsys) -> None:
    for version in ("0.1.0", "0.2.0", "0.3.0"):
        registry.publish(version)

    assert run("0.3.0", "0.1.0") == 0
    assert versions(store) == ["0.1.0", "0.3.0"]
    assert capsys.readouterr().out == f"2 releases imported into {store}\n"


def test_all_fills_the_gaps_and_new_does_not(run, registry, store) -> None:
    for number in (1, 2, 3, 4):
        registry.publish(f"0.{number}.0", day=f"2026-01-0{number}")
    run("0.1.0", "0.3.0")

    assert run("--new") == 0
    assert versions(store) == ["0.1.0", "0.3.0", "0.4.0"]
    assert run("--all") == 0
    assert versions(store) == ["0.1.0", "0.2.0", "0.3.0", "0.4.0"]


@pytest.mark.parametrize("arguments", [("--all",), ("--new",), ("0.1.0",)], ids=" ".join)
def test_there_is_nothing_to_do_the_second_time(run, registry, capsys, arguments: tuple[str, ...]) -> None:
    registry.publish("0.1.0")
    run("--all")
    capsys.readouterr()

    assert run(*arguments) == 0
    assert capsys.readouterr().out.startswith("nothing to do: ")
    assert len([call for call in registry.calls if call.startswith("pack")]) == 1


@pytest.mark.parametrize("arguments", [("--all", "--force"), ("0.1.0", "--force")], ids=" ".join)
def test_force_imports_again(run, registry, arguments: tuple[str, ...]) -> None:
    registry.publish("0.1.0")
    run("--all")

    assert run(*arguments) == 0
    assert len([call for call in registry.calls if call.startswith("pack")]) == 2


def test_a_damaged_store_is_built_anew_by_force(run, registry, store) -> None:
    registry.publish("0.1.0")
    run("--all")
    (store / "releases.json").write_text("[]")

    with pytest.raises(Problem, match="--all --force"):
        run("--all")
    assert run("--all", "--force") == 0
    assert versions(store) == ["0.1.0"]


def test_the_outcome_can_be_json(run, registry, store, codex, capsys) -> None:
    registry.publish("0.3.0")
    registry.publish_package("0.2.0", {})
    registry.publish("0.1.0", codex({}))

    assert run("--all", "--json") == 2
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["store"] == str(store)
    assert outcome["imported"] == ["0.3.0"]
    assert outcome["cannot_emit"] == {"0.2.0": "it was published without a binary"}
    assert list(outcome["failed"]) == ["0.1.0"]
    assert set(outcome["failed"]["0.1.0"]) == {"doing", "expected", "found", "advice"}


def test_a_failure_is_told_and_gives_2(run, registry, codex, capsys) -> None:
    registry.publish("0.2.0")
    registry.publish("0.1.0", codex({}))

    assert run("--all") == 2
    output, errors = capsys.readouterr()
    assert "1 failed: 0.1.0" in output
    assert "codex-testkit: 0.1.0: failed\n" in errors
    assert "codex-testkit: a problem while reading the schema bundle" in errors


def test_an_unknown_release_is_a_problem(run, registry) -> None:
    registry.publish("0.168.0")

    with pytest.raises(Problem, match=r"Closest: 0\.168\.0"):
        run("0.186.0")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--all", "--new"),
        ("0.1.0", "--all"),
        ("--new", "--force"),
        ("--all", "--jobs", "0"),
        ("--all", "--jobs", "x"),
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_a_wrong_argument_is_a_usage_error(run, registry, arguments: tuple[str, ...], capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*arguments)

    assert caught.value.code == 2
    assert "usage: " in capsys.readouterr().err
    assert registry.calls == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_leaves_the_finished_releases_and_nothing_else(registry, store, tmp_path, number) -> None:
    registry.publish("0.2.0")
    registry.publish("0.1.0")
    registry.stall("0.1.0-linux-x64")
    command = [sys.executable, "-c", PROCESS, "import", "--all", "--store", str(store)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while "0.1.0: downloading" not in (line := process.stderr.readline()):
        assert line

    process.send_signal(number)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "stopped: 1 of 2 releases are in the store now" in errors
    assert versions(store) == ["0.2.0"]
    assert [path.name for path in (tmp_path / "cache" / "codex-testkit").iterdir()] == [".import.lock"]
