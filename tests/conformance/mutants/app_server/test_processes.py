"""App-servers that let in whom they should not, or break in a crowd: each is found out by the requirement it breaks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("programs") / "faulty.py"

#: The requirement that each fault of ``faulty.py`` breaks.
FAULTS = {
    "opens to everybody": "websocket.token",
    "opens to every token": "websocket.token",
    "takes every scheme": "websocket.token-scheme",
    "opens to no signed token": "websocket.signed-token",
    "does not look at the clock": "websocket.signed-token-bad",
    "does not look at the parties": "websocket.signed-token-parties",
    "lets pages in": "websocket.token-and-browsers",
    "asks for a token at every page": "websocket.token-and-health",
    "opens without its secret": "websocket.token-missing",
    "calls it an internal error": "overload.code",
    "goes deaf": "overload.then-works",
}


@pytest.fixture
def judge_faulty(judge_app_server_command):
    """Judge requirements of a server with a fault."""

    def judge(fault, requirement_ids):
        return judge_app_server_command((sys.executable, str(PROGRAM), fault, "app-server"), requirement_ids)

    return judge


@pytest.mark.parametrize(("fault", "word"), FAULTS.items(), ids=[f"{each}: {word}" for each, word in FAULTS.items()])
def test_a_broken_process_is_found_out_by_name(judge_faulty, outcomes, fault, word):
    requirement = f"app-server.{word}"
    run = judge_faulty(fault, [requirement])

    assert outcomes(run)[requirement] == "failed"
    assert {verdict.blame for verdict in run.verdicts if verdict.outcome == "failed"} == {"implementation"}


def test_the_process_that_was_not_broken_passes(judge_faulty, outcomes):
    asked = sorted({f"app-server.{word}" for word in FAULTS.values()})

    assert outcomes(judge_faulty("nothing", asked)) == dict.fromkeys(asked, "passed")
