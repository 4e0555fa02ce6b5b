"""``codex exec`` of the shim prints what the published releases printed, letter by letter."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

RECORDING = runpy.run_path(str(Path(__file__).parent / "recording.py"))
RUNS = [(name, release, mode) for name, release in RECORDING["RUNS"] for mode in RECORDING["MODES"]]


@pytest.mark.parametrize(("name", "release", "mode"), RUNS, ids=[" ".join(run) for run in RUNS])
def test_the_shim_prints_what_the_release_printed(shim, environment, tmp_path, name, release, mode):
    executable = shim(release, RECORDING["scenario_of"](name))

    said = RECORDING["run"]([executable], mode, tmp_path / "work", environment)

    assert said == RECORDING["path_of"](name, release, mode).read_text()
