"""The published codex is the first client that is examined: it meets all that must be met."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.real_codex

CODEX_FOLDER = Path(__file__).parents[3] / ".codex"
COMMAND = [sys.executable, "-P", "-m", "codex_conformance.cli", "check", "client", "--json", "--jobs=4"]
SURFACES = ("--surface=responses", "--surface=wham")

#: What each release does otherwise than is advisable, all of it on the Responses surface.
_ALL = {"stream.lone-carriage-returns", "stream.byte-order-mark"}
_GIVES_UP = {*_ALL, "retry.after-seconds-succeeds"}
_IN_A_HURRY = {*_GIVES_UP, "retry.after-overload", "retry.after-date"}
DEVIATIONS = {
    "0.141.0": {*_IN_A_HURRY, "websocket.previous-response-unknown"},
    "0.150.0": _IN_A_HURRY,
    "0.160.0": _GIVES_UP,
    "0.169.0": _ALL,
}


def verdicts(release: str, *options: str) -> list[dict[str, Any]]:
    """Return what a run says about a release, from a process of its own that can use several others."""
    if not (CODEX_FOLDER / release).exists():
        pytest.skip(f"codex {release} is not installed (make test installs it through npm)")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    finished = subprocess.run(
        [*COMMAND, *SURFACES, f"--client=codex:{release}", *options],
        env={**environment, "CODEX_TESTKIT_CODEX_DIR": str(CODEX_FOLDER)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.stdout, finished.stderr
    found: list[dict[str, Any]] = json.loads(finished.stdout)["verdicts"]
    return found


def test_the_newest_release_meets_what_must_be_met() -> None:
    found = verdicts("0.169.0", "--level=MUST")

    assert [each for each in found if each["outcome"] != "passed"] == []
    assert len({each["requirement"] for each in found}) > 80


@pytest.mark.slow
@pytest.mark.parametrize("release", DEVIATIONS)
def test_a_release_deviates_only_where_it_is_known_to(release: str) -> None:
    found = verdicts(release)

    expected = {f"responses.client.{name}" for name in DEVIATIONS[release]}
    assert {each["requirement"] for each in found if each["outcome"] != "passed"} == expected
