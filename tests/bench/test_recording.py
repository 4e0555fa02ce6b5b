"""The benchmark of recordings runs, and measures what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

RECORDING = Path(__file__).parents[2] / "bench" / "recording.py"


def test_recording_and_replaying_are_measured_beside_the_mock() -> None:
    quick = ["--rounds", "1", "--seconds", "0.1", "--megabytes", "60", "--json"]

    done = subprocess.run([sys.executable, RECORDING, *quick], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    measured = json.loads(done.stdout)
    assert measured["size of the recording (MB)"] >= 60
    assert min(value for name, value in measured.items() if "adds" not in name) > 0
