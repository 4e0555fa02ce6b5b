"""Releases are installed once, whole, and by one process at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from codex_conformance import releases
from codex_schemas import Problem

#: Stands in for npm: notes each call beside itself and installs what the real one would.
FAKE_NPM = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
while [ "$1" != "--prefix" ]; do shift; done
mkdir -p "$2/node_modules/.bin"
echo "$3" > "$2/node_modules/.bin/codex"
"""
BROKEN_NPM = """#!/bin/sh
echo "npm error no such release" >&2
exit 1
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the programs that the test has."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sh", "mkdir", "dirname"):
        (folder / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def write_npm(tools: Path, script: str) -> None:
    (tools / "npm").write_text(script)
    (tools / "npm").chmod(0o755)


def test_a_release_is_installed_once(tools, tmp_path, capsys) -> None:
    write_npm(tools, FAKE_NPM)

    paths = {releases.ensure("0.169.0", tmp_path / "codex") for _ in range(2)}

    assert [path.read_text() for path in paths] == ["@openai/codex@0.169.0\n"]
    assert len((tools / "calls").read_text().splitlines()) == 1
    assert "installing codex 0.169.0" in capsys.readouterr().err


def test_two_at_the_same_time_install_once(tools, tmp_path) -> None:
    write_npm(tools, FAKE_NPM)
    threads = [threading.Thread(target=releases.ensure, args=("0.169.0", tmp_path / "codex")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len((tools / "calls").read_text().splitlines()) == 1


def test_releases_lie_side_by_side(tools, tmp_path) -> None:
    write_npm(tools, FAKE_NPM)
    for version in ("0.169.0", "0.141.0"):
        releases.ensure(version, tmp_path)

    assert releases.find("0.169.0", tmp_path) != releases.find("0.141.0", tmp_path)
    assert releases.find("0.150.0", tmp_path) is None


def test_an_installation_that_fails_leaves_nothing(tools, tmp_path) -> None:
    write_npm(tools, BROKEN_NPM)

    with pytest.raises(Problem, match="no such release"):
        releases.ensure("0.169.0", tmp_path / "codex")

    assert [path.name for path in (tmp_path / "codex").iterdir()] == [".0.169.0.lock"]


def test_half_a_release_is_replaced(tools, tmp_path) -> None:
    write_npm(tools, FAKE_NPM)
    (tmp_path / "0.169.0" / "node_modules").mkdir(parents=True)

    assert releases.ensure("0.169.0", tmp_path).exists()


def test_without_npm_it_is_a_problem(tools, tmp_path) -> None:
    with pytest.raises(Problem, match="no npm on the PATH"):
        releases.ensure("0.169.0", tmp_path)


@pytest.mark.parametrize("version", ["latest", "0.169", "../0.169.0", "0.169.0/..", "", "0.169.0 --global"], ids=repr)
def test_only_an_exact_version_is_one(tools, tmp_path, version) -> None:
    with pytest.raises(Problem, match="a version such as"):
        releases.ensure(version, tmp_path)


def test_a_folder_that_cannot_be_written_is_a_problem(tools, tmp_path) -> None:
    write_npm(tools, FAKE_NPM)
    (tmp_path / "file").write_text("")

    with pytest.raises(Problem, match="CODEX_TESTKIT_CODEX_DIR"):
        releases.ensure("0.169.0", tmp_path / "file")


def test_the_folder_of_the_releases_can_be_named(tmp_path) -> None:
    assert releases.releases_folder({"XDG_CACHE_HOME": "/cache"}) == Path("/cache/codex-testkit/codex")
    assert releases.releases_folder({"CODEX_TESTKIT_CODEX_DIR": "/here"}) == Path("/here")
    assert releases.releases_folder({}) == Path.home() / ".cache/codex-testkit/codex"
