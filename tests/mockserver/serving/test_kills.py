"""What was acknowledged survives the death of the process; `bench/kills.py` does it 200 times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KILLS = Path(__file__).parents[3] / "bench" / "kills.py"


def test_a_killed_mock_keeps_its_word() -> None:
    done = subprocess.run([sys.executable, KILLS, "--kills", "4"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert " 0 broken promises" in done.stdout
