"""How fast two releases are compared, beside the package `jsonschema-diff` on the same files.

Both are measured as whole commands, start-up included, in turns; the medians are compared. The
peer is installed into an environment of its own in the cache. Both releases have to be installed
(`make test` does it), because the files are what their binaries emit.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from codex_conformance.releases import cache_folder, find

OLD, NEW = "0.141.0", "0.169.0"
PEER = "jsonschema-diff"
BUNDLE = "codex_app_server_protocol.schemas.json"
OURS = [str(Path(sys.executable).parent / "codex-testkit"), "diff"]
#: How often each side runs; the peer is slow.
ROUNDS, PEER_ROUNDS = 9, 3


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        bundles = [str(emit(release, Path(name, release))) for release in (OLD, NEW)]
        commands = {"releases": [*OURS, OLD, NEW], "files": [*OURS, *bundles]}
        if peer := install_peer():
            commands["peer"] = [str(peer), *bundles]
        times: dict[str, list[float]] = {kind: [] for kind in commands}
        for turn in range(ROUNDS):
            for kind, command in commands.items():
                if kind != "peer" or turn < PEER_ROUNDS:
                    times[kind].append(seconds(command))
    medians = {kind: statistics.median(measured) for kind, measured in times.items()}
    print(f"codex-testkit diff {OLD} {NEW}: {medians['releases']:.3g} s")
    print(f"codex-testkit diff of the files that both emit: {medians['files']:.3g} s")
    if "peer" in medians:
        ratios = [medians["peer"] / medians[kind] for kind in ("releases", "files")]
        print(f"{PEER} of the same files: {medians['peer']:.3g} s, ratios {ratios[0]:.1f} and {ratios[1]:.1f}")
    return 0


def emit(release: str, folder: Path) -> Path:
    """Have the binary of a release write its schemas, and return the file with all of them."""
    binary = find(release, Path(__file__).parent.parent / ".codex")
    if binary is None:
        sys.exit(f"codex {release} is not installed: run `python tests/install_codex.py {OLD} {NEW}`")
    folder.mkdir()
    environment = {**os.environ, "CODEX_HOME": str(folder)}
    command = [binary, "app-server", "generate-json-schema", "--out", folder / "out"]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    return folder / "out" / BUNDLE


def install_peer() -> Path | None:
    """Return the peer's command, installed first where it is missing; None where it cannot be had."""
    folder = cache_folder() / "bench" / PEER
    command = folder / "bin" / PEER
    if not command.exists():
        venv.create(folder, clear=True, with_pip=True)
        install = [folder / "bin" / "pip", "install", "--quiet", PEER]
        installed = subprocess.run(install, capture_output=True, check=False, text=True)
        if installed.returncode != 0:
            lines = installed.stderr.strip().splitlines() or ["pip failed"]
            print(f"{PEER} cannot be installed, so that only one side is measured: {lines[-1]}", file=sys.stderr)
            return None
    return command


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    finished = subprocess.run(command, capture_output=True, check=False)
    elapsed = time.perf_counter() - started
    assert finished.returncode == 0, finished.stderr
    return elapsed


if __name__ == "__main__":
    sys.exit(main())
