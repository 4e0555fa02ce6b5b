"""How long it takes until the mock can be used: as a process of its own, and as a fresh one for each test."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from servers import AIMOCK, COMMANDS, free_port, opened, running, started
from table import Row
from turns import medians
from workloads import turn_answer, turn_request

__all__ = ["cold_start", "fresh_mock"]

#: Fresh mocks in one process; the first of them, which also loads the code, is not counted.
FRESH = 30

#: A program that prints the milliseconds that a fresh mock takes in a test's process, by who does it.
_PROGRAMS = {
    "mock": """
from time import perf_counter
from codex_mockserver import SyncBackend
for number in range(COUNT + 1):
    if number == 1: started = perf_counter()
    with SyncBackend(): pass
print(1000 * (perf_counter() - started) / COUNT)
""",
    "aimock": """
const { LLMock } = await import("LIBRARY");
let started;
for (let number = 0; number <= COUNT; number++) {
  if (number === 1) started = performance.now();
  const mock = new LLMock({ port: 0 });
  await mock.start();
  await mock.stop();
}
console.log((performance.now() - started) / COUNT);
""",
}
_INTERPRETERS = {"mock": [sys.executable, "-c"], "aimock": ["node", "--input-type=module", "-e"]}


def cold_start(peers: Sequence[str], rounds: int) -> Row:
    """Return how long each server takes from the start of its process to its first answer."""
    what = "cold start of the process"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ExitStack() as stack:
            mock = started("mock", folder, stack)
            (folder / "answer.json").write_text(json.dumps(turn_answer(mock, stream=True)))
        request = turn_request(mock, stream=True)
        kinds = ["mock", *(peer for peer in peers if peer != "socket")]
        figures = medians(what, kinds, rounds, lambda kind: _first_answer(kind, folder, request))
    return Row(what, "ms", figures.pop("mock"), figures)


def fresh_mock(peers: Sequence[str], rounds: int) -> Row:
    """Return how long a fresh mock, started and stopped, takes in the process of a test."""
    what = "a fresh mock for a test"
    figures = medians(what, [kind for kind in _PROGRAMS if kind in ("mock", *peers)], rounds, _fresh)
    return Row(what, "ms", figures.pop("mock"), figures, "under 5 ms")


def _first_answer(kind: str, folder: Path, request: bytes) -> float:
    port = free_port()
    begun = time.perf_counter()
    with running(COMMANDS[kind](port, folder)):
        with opened(port) as connection:
            connection.sendall(request)
            answer = connection.recv(65536)
        elapsed = time.perf_counter() - begun
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    return 1000 * elapsed


def _fresh(kind: str) -> float:
    program = _PROGRAMS[kind].replace("COUNT", str(FRESH)).replace("LIBRARY", str(AIMOCK / "index.js"))
    return float(subprocess.run([*_INTERPRETERS[kind], program], capture_output=True, check=True).stdout)
