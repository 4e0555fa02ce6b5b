"""The benchmark runs, and measures what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SERVING = Path(__file__).parents[2] / "bench" / "serving.py"


@pytest.mark.parametrize("name", ["streams", "responses", "turns", "tokens"])
def test_a_rate_is_measured_beside_the_peers(name: str) -> None:
    quick = ["--only", name, "--rounds", "1", "--seconds", "0.2", "--no-aimock", "--json"]

    done = subprocess.run([sys.executable, SERVING, *quick], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    (row,) = json.loads(done.stdout)
    assert row["unit"] == "/s"
    assert row["peers"].keys() == row["ratios"].keys() == {"Starlette", "socket"}
    assert min(row["ours"], *row["peers"].values()) > 0
