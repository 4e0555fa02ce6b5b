"""Clients that meet the named scenarios."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from codex_conformance.cli import main

RELEASES = ("0.169.0", "0.141.0")
CODEX_FOLDER = Path(__file__).parents[2] / ".codex"
MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Outcome:
    """What became of a client."""

    exit_code: int
    #: All that it printed.
    output: str
    #: How often it called each operation with each status.
    calls: Counter[tuple[str, int]]
    #: What is expected of a right client and does not hold.
    misses: list[str]

    def count(self, operation: str) -> int:
        """Return how often an operation was called; ``createResponse 401`` with that status."""
        name, _, status = operation.partition(" ")
        return sum(times for (called, got), times in self.calls.items() if called == name and status in ("", str(got)))


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Each release of codex in turn."""
    if not (CODEX_FOLDER / request.param).exists():
        pytest.skip(f"codex {request.param} is not installed (make test installs it through npm)")
    return str(request.param)


@pytest.fixture
def cache_folder(tmp_path: Path) -> Iterator[Path]:
    """Where homes of codex are made, which are databases above all: in memory, where the machine has a folder there."""
    in_memory = MEMORY if os.access(MEMORY, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(prefix="codex-testkit-", dir=in_memory, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def try_codex(
    release: str,
    tmp_path: Path,
    cache_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., Outcome]:
    """Let the release meet a scenario, by the command that users have for it."""
    monkeypatch.setenv("CODEX_TESTKIT_CODEX_DIR", str(CODEX_FOLDER))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder))
    monkeypatch.chdir(tmp_path)

    def run(name: str | Path, command: tuple[str, ...] = ()) -> Outcome:
        verdict = main(
            ["scenario", "try", "--json", "--no-install", "--codex-version", release, str(name), "--", *command]
        )
        printed = capfd.readouterr()
        told: dict[str, Any] = json.loads(printed.out)
        misses = [each["say"] for each in told["expectations"] if each["holds"] is False]
        assert verdict == bool(misses)
        calls = Counter((each["operation"], each["status"]) for each in told["exchanges"])
        return Outcome(told["exit_code"], printed.err, calls, misses)

    return run
