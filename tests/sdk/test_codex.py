"""Programs that start codex run on the shim as they run on the published binary."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_conformance.shim import write_shim
from codex_mockserver import SyncBackend

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE_FOLDER = ROOT / ".sdk"
SCENARIO = HERE / "codex.yaml"
RELEASE = "0.169.0"


@pytest.fixture
def shim(tmp_path: Path) -> dict[str, str]:
    """The variables with which a program finds the shim."""
    executable = write_shim(tmp_path / "bin", RELEASE, str(SCENARIO))
    home = tmp_path / "codex-home"
    home.mkdir()
    return {"CODEX_PATH": str(executable), "CODEX_HOME": str(home)}


@pytest.fixture
def published(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables with which a program finds the published binary, and that the mock backend."""
    executable = ROOT / ".codex" / RELEASE / "node_modules" / ".bin" / "codex"
    if not executable.exists():
        pytest.skip(f"codex {RELEASE} is not installed (make test installs it through npm)")
    with SyncBackend(proxy=True, scenario=SCENARIO) as backend:
        home = tmp_path / "codex-home"
        backend.write_codex_home(home, "plus", analytics=False, plugins=False)
        yield {"CODEX_PATH": str(executable), **backend.client_environment(home)}


@pytest.mark.parametrize("program", ["codex.mjs", "codex-acp.mjs"])
@pytest.mark.parametrize("codex", ["shim", pytest.param("published", marks=pytest.mark.real_codex)])
def test_a_program_that_starts_codex_runs_through(request, tmp_path, program, codex) -> None:
    if shutil.which("node") is None or not (NODE_FOLDER / "node_modules" / "@openai" / "codex-sdk").exists():
        pytest.skip("the Node SDKs are not installed (make test installs them through npm)")
    work = tmp_path / "work"
    work.mkdir()
    # What `ls` prints where it really runs.
    (work / "README").write_text("")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "WORK": str(work), "NO_BROWSER": "1"}

    # A script from standard input finds its packages in the working directory.
    finished = subprocess.run(
        ["node", "--input-type=module"],
        input=(HERE / program).read_text(),
        cwd=NODE_FOLDER,
        env=environment | request.getfixturevalue(codex),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert finished.stdout == "done\n", finished.stdout + finished.stderr
