"""The published releases still print for ``codex exec`` what the recordings of the shim's tests hold."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

RECORDING = runpy.run_path(str(Path(__file__).parents[1] / "conformance" / "shim" / "recording.py"))
RUNS = [(name, release, mode) for name, release in RECORDING["RUNS"] for mode in ("events", "text")]


@pytest.mark.parametrize(("name", "release", "mode"), RUNS, ids=[" ".join(run) for run in RUNS])
def test_a_release_prints_what_is_recorded(codex, backend, tmp_path, name, release, mode) -> None:
    backend.use_scenario(RECORDING["scenario_of"](name))
    codex.log_in()

    said = RECORDING["run"]([codex.binary], mode, tmp_path / "empty", codex.environment())

    assert said == RECORDING["path_of"](name, release, mode).read_text()
