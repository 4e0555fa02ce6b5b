"""`demo` shows a login and a turn, with codex or without."""

from __future__ import annotations

import os

import pytest

STORY = [
    "POST /api/accounts/deviceauth/usercode 200",
    "POST /codex/device 200",
    "POST /oauth/token 200",
    "_call_output ",
    "response.completed",
    "The client prints: The tool says good morning.",
]


def told_in_order(output: str) -> bool:
    rest = output
    for part in STORY:
        _, found, rest = rest.partition(part)
        if not found:
            return False
    return True


def test_without_npm_a_small_client_plays_the_part(testkit) -> None:
    finished = testkit("demo")

    assert finished.returncode == 0
    assert finished.stderr == "npm is not here, so a small built-in client takes the place of codex.\n"
    assert told_in_order(finished.stdout)
    assert max(map(len, finished.stdout.splitlines())) <= 80
    assert "eyJ" not in finished.stdout.replace("eyJ…", "")


@pytest.mark.real_codex
def test_the_published_codex_plays_the_part(testkit, codex_folder) -> None:
    finished = testkit("demo", CODEX_TESTKIT_CODEX_DIR=str(codex_folder), PATH=os.environ["PATH"])

    assert (finished.returncode, finished.stderr) == (0, "")
    assert told_in_order(finished.stdout)
    assert max(map(len, finished.stdout.splitlines())) <= 80
