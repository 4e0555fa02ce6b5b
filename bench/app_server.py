"""The mock app-server beside the published one: its start, and how many turns it makes in a second.

Usage: app_server.py [--rounds 5] [--seconds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from table import Row
from turns import medians

RELEASE = "0.169.0"
ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / ".codex" / RELEASE / "node_modules" / ".bin" / "codex"
MOCK = [sys.executable, "-m", "codex_conformance.shim", RELEASE, "", os.devnull, "app-server"]
SCENARIO = {"model": [{"say": [{"message": "High water at noon."}], "times": None}]}


class Client:
    """A client of an app-server over its standard streams."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._next_id = 0

    def ask(self, method: str, **params: Any) -> Any:
        """Return the result of a request; notifications are read over."""
        self._next_id += 1
        request = {"method": method, "id": self._next_id, "params": params}
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self.read_until(b'"id":%d,' % self._next_id))
        return answer["result"]

    def read_until(self, part: bytes) -> bytes:
        """Return the next line that has a part."""
        for line in self._process.stdout:
            if part in line:
                return line
        raise SystemExit(f"the app-server ended: {self._process.wait()}")

    def initialize(self) -> None:
        self.ask("initialize", clientInfo={"name": "bench", "version": "1"})


@contextmanager
def running(command: Sequence[str | Path]) -> Iterator[Client]:
    """Run an app-server in a home of its own."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as home:
        process = subprocess.Popen(
            command,
            cwd=home,
            # The first start may compile; an installed package is compiled already.
            env={**os.environ, "CODEX_HOME": home, "PYTHONDONTWRITEBYTECODE": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with process:
            yield Client(process)
            process.stdin.close()


def start(commands: dict[str, Sequence[str | Path]], rounds: int) -> Row:
    """Return how long it takes from the start of the process to the answer to `initialize`."""

    def first_answer(kind: str) -> float:
        begun = time.perf_counter()
        with running(commands[kind]) as client:
            client.initialize()
            return 1000 * (time.perf_counter() - begun)

    what = "start to the answer of initialize"
    figures = medians(what, commands, rounds, first_answer)
    return Row(what, "ms", figures.pop("mock"), figures, "not slower than the published one")


def turns(seconds: float, rounds: int) -> Row:
    """Return how many scripted turns one client has in a second, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scenario.json")
        path.write_text(json.dumps(SCENARIO))
        command = [*MOCK[:4], str(path), *MOCK[5:]]
        figures = medians("turns", ["mock"], rounds, lambda _: _turns(command, seconds))
    return Row("turns over one connection", "/s", figures["mock"], {}, "1,000")


def _turns(command: Sequence[str | Path], seconds: float) -> float:
    with running(command) as client:
        client.initialize()
        thread = client.ask("thread/start", ephemeral=True)["thread"]["id"]
        said = [{"type": "text", "text": "When is high water?"}]
        count, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            client.ask("turn/start", threadId=thread, input=said)
            client.read_until(b'"method":"turn/completed"')
            count += 1
        return count / (time.perf_counter() - begun)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    commands: dict[str, Sequence[str | Path]] = {"mock": MOCK}
    if PUBLISHED.exists():
        commands[f"codex {RELEASE}"] = [PUBLISHED, "app-server"]
    for row in (start(commands, options.rounds), turns(options.seconds, options.rounds)):
        peers = "".join(f", {name} {figure:,.0f} ({row.ratio(name):.2g})" for name, figure in row.peers.items())
        print(f"{row.what} ({row.unit}): mock {row.ours:,.0f}{peers}; wanted: {row.wanted}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
