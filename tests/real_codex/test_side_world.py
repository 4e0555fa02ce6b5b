"""The real codex in a side world of a backend, reached by a base URL with a path."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from codex_mockserver import SyncBackend, SyncSideWorld

USER_CODE = r"(?<![A-Z0-9])[A-Z0-9]{4}-[A-Z0-9]{5}(?![A-Z0-9])"
TIDES = {"model": [{"say": [{"message": "High water at noon."}]}]}


@pytest.fixture
def backend() -> Iterator[SyncBackend]:
    """A backend of its own; a side world needs neither proxy nor TLS."""
    with SyncBackend() as backend:
        yield backend


@pytest.fixture
def world(backend: SyncBackend) -> Iterator[SyncSideWorld]:
    with backend.new_world(seed=1, scenario=TIDES) as world:
        yield world


def codex(binary: Path, world: SyncSideWorld, folder: Path, *args: str) -> subprocess.Popen[str]:
    """Start codex in an empty folder, with nothing but what leads it to the world."""
    return subprocess.Popen(
        [binary, *args],
        env={"PATH": os.environ["PATH"], "NO_PROXY": "*", **world.client_environment(folder / "home")},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_turn_is_taken_in_the_world(binary, backend, world, tmp_path) -> None:
    world.write_codex_home(tmp_path / "home")

    turn = codex(binary, world, tmp_path, "exec", "--skip-git-repo-check", "hello")
    output, _ = turn.communicate(timeout=60)

    assert turn.returncode == 0, output
    assert "High water at noon." in output
    assert {exchange.operation for exchange in world.journal} >= {"connectResponses", "listModels"}
    assert len(backend.journal) == 0


def test_a_device_logs_in_to_the_world(binary, backend, world, tmp_path, read_until) -> None:
    world.write_codex_home(tmp_path / "home", account=None)

    login = codex(binary, world, tmp_path, "login", "--device-auth", "--experimental_issuer", world.url)
    try:
        code = re.search(USER_CODE, read_until(login, "-", pattern=USER_CODE))[0]
        form = {"user_code": code, "account": "team", "decision": "approve"}
        httpx.post(f"{world.url}/codex/device", data=form).raise_for_status()
        output, _ = login.communicate(timeout=60)
    finally:
        login.kill()
        login.communicate()

    assert login.returncode == 0, output
    world.verify(expect=[{"operation": "exchangeToken", "status": 200, "times": 1}])
    assert len(backend.journal) == 0
