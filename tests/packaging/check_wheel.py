"""Build the wheel, install it in an empty environment and use it beside a project with clashing folders.

Run as a script: it needs the ``build`` package, and takes about a minute.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def run(*command: str | Path, cwd: Path) -> None:
    print("$", " ".join(Path(part).name if i == 0 else str(part) for i, part in enumerate(command)), flush=True)
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--wheel", "--outdir", folder / "dist", ROOT, cwd=folder)
        (wheel,) = (folder / "dist").glob("*.whl")
        venv.create(folder / "env", with_pip=True)
        binaries = folder / "env" / "bin"
        quiet = ("--quiet", "--disable-pip-version-check", "--constraint", ROOT / "constraints.txt")
        run(binaries / "python", "-m", "pip", "install", *quiet, wheel, cwd=folder)
        shutil.copytree(HERE / "sample_project", folder / "project")
        run(binaries / "python", "-m", "pytest", "-q", cwd=folder / "project")
        run(binaries / "codex-testkit", "--help", cwd=folder / "project")
        run(binaries / "codex-testkit", "scenario", "show", "stream-cut", cwd=folder / "project")
        run(binaries / "codex-testkit", "check", "server", "mock", cwd=folder / "project")
    print("wheel: installed and used beside a project with clashing folders")


if __name__ == "__main__":
    main()
