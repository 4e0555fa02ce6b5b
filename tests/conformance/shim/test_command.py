"""What the shim is besides ``exec``: an executable, versions, the app-server."""

from __future__ import annotations

import json
import os

import pytest

from codex_conformance.cli import main
from codex_conformance.shim import write_shim
from codex_schemas import Problem

INITIALIZE = '{"method":"initialize","id":1,"params":{"clientInfo":{"name":"probe","version":"1"}}}\n'


def test_the_command_writes_an_executable_and_names_it(capsys, tmp_path):
    assert main(["shim", str(tmp_path / "new" / "bin"), "--codex-version", "0.141.0"]) == 0

    (path,) = capsys.readouterr().out.splitlines()
    assert path == str(tmp_path / "new" / "bin" / "codex")
    assert os.access(path, os.X_OK)


def test_a_scenario_with_a_mistake_is_told_at_once(capsys, tmp_path):
    (tmp_path / "wrong.yaml").write_text("modle: []\n")

    assert main(["shim", str(tmp_path), "--scenario", str(tmp_path / "wrong.yaml")]) == 2
    assert "modle" in capsys.readouterr().err
    assert not (tmp_path / "codex").exists()


def test_a_shim_can_be_written_again_and_begins_anew(tmp_path):
    path = write_shim(tmp_path, "0.141.0")
    (tmp_path / "codex-testkit.db").write_text("old")

    assert write_shim(tmp_path, "0.169.0") == path
    assert "0.169.0" in path.read_text()
    assert not (tmp_path / "codex-testkit.db").exists()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_codex_that_is_no_shim_is_left_alone(tmp_path, kind):
    mine = tmp_path / "codex"
    if kind == "file":
        mine.write_text("mine")
    else:
        (tmp_path / "mine").write_text("mine")
        mine.symlink_to(tmp_path / "mine")

    with pytest.raises(Problem, match="a codex that is no shim"):
        write_shim(tmp_path, "0.169.0")

    assert mine.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "program"),
    [(["--version"], "codex-cli"), (["-V"], "codex-cli"), (["exec", "-V"], "codex-cli-exec")],
    ids=["--version", "-V", "exec -V"],
)
def test_it_says_its_version(codex, arguments, program):
    finished = codex(*arguments, version="0.141.0")

    assert (finished.returncode, finished.stdout) == (0, f"{program} 0.141.0\n")


def test_it_runs_an_app_server_with_settings_before_the_command(codex):
    finished = codex("-c", "model=x", "app-server", "--listen", "stdio://", stdin=INITIALIZE, version="0.141.0")

    answer = json.loads(finished.stdout.splitlines()[0])
    assert finished.returncode == 0
    assert answer["result"]["userAgent"].startswith("probe/0.141.0 ")


@pytest.mark.parametrize("arguments", [["dance"], ["app-server", "extra"], ["exec", "--nope"]], ids=" ".join)
def test_what_it_does_not_know_is_2(codex, arguments):
    finished = codex(*arguments)

    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")


def test_an_alias_is_the_same(codex):
    finished = codex("e", "--skip-git-repo-check", "--json", "hello")

    assert json.loads(finished.stdout.splitlines()[-1])["type"] == "turn.completed"
