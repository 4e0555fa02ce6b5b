"""A shim as a program finds it: an executable on the ``PATH``."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codex_conformance.shim import write_shim

NEWEST = "0.169.0"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a program that starts the shim."""
    home = tmp_path / "codex-home"
    home.mkdir()
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CODEX_HOME": str(home)}


@pytest.fixture
def shim(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a shim, with a scenario as data or none, and returns its executable."""

    def write(version: str = NEWEST, scenario: Any = None) -> Path:
        if scenario is None:
            return write_shim(tmp_path / "bin", version)
        path = tmp_path / "scenario.yaml"
        path.write_text(json.dumps(scenario))
        return write_shim(tmp_path / "bin", version, str(path))

    return write


@pytest.fixture
def codex(shim, environment, tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A function that runs a command of the shim in a folder of its own; a scenario stays until the next one."""
    work = tmp_path / "work"
    work.mkdir()
    said: list[Any] = [None]

    def run(
        *arguments: str | Path, stdin: str = "", version: str = NEWEST, scenario: Any = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        said.append(scenario or said[-1])
        return subprocess.run(
            [shim(version, said[-1]), *arguments],
            cwd=work,
            env=environment | variables,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
