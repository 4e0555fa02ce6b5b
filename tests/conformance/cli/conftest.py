"""The command as a user runs it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "import sys; from codex_conformance.cli import main; sys.exit(main())"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a user without codex and npm."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "env", "echo", "true", "cat"):
        (tools / name).symlink_to(f"/bin/{name}")
    return {"PATH": str(tools), "HOME": str(tmp_path / "home"), "COLUMNS": "80"}


@pytest.fixture
def testkit(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command to its end."""

    def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**environment, **variables},
        )

    return run


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a command that runs until it is stopped."""
    processes = []

    def begin(*arguments: str | Path) -> subprocess.Popen[str]:
        processes.append(
            subprocess.Popen(
                [*COMMAND, *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
                start_new_session=True,
            )
        )
        return processes[-1]

    yield begin
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def codex_folder() -> Path:
    """The folder of installed releases; skips where the default one is missing."""
    folder = Path(__file__).parents[3] / ".codex"
    if not (folder / "0.169.0").exists():
        pytest.skip("codex 0.169.0 is not installed")
    return folder.resolve()


def pytest_configure() -> None:
    os.environ.pop("CODEX_TESTKIT_CODEX_DIR", None)
