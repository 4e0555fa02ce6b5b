"""The mock says the same when it is a command, over its standard streams and over WebSocket."""

from __future__ import annotations

import pytest
from parity import cases, compare
from parity._mock import run_mock, run_mock_command

CASES = ("text-turn", "interrupt", "command-accept", "undecodable", "resume-after-restart", "broadcasts")


@pytest.mark.parametrize("name", CASES)
def test_the_command_says_what_its_core_says(name, tmp_path) -> None:
    case = cases()[name]

    core, _ = run_mock(case, "0.169.0")
    command, _ = run_mock_command(case, "0.169.0", tmp_path, lambda said: not compare(case, core, said))

    assert compare(case, core, command) == []
