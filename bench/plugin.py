"""What the pytest plugin costs: a run that does not use it, and a test that has a backend of its own.

All in one run and in turns; a cost is the difference of two medians. pytest finds no plugins by itself here, so
that only ours is measured. What a run pays that does not use it is processor time, since a few milliseconds are
less than what else the machine does; a thousand tests are timed with the clock.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from table import Row, text_lines
from turns import medians

TESTS = 1_000
OURS = ("-p", "codex_conformance.plugin")
WORKERS = ("-p", "xdist", "-n", "2")

#: What each of the thousand tests does.
BODIES = {
    "nothing": "def test_it(turn): pass",
    "backend": "def test_it(codex_backend, turn): assert len(codex_backend.journal) == 0",
    "backend and call": """\
import urllib.request

def test_it(codex_backend, turn):
    with urllib.request.urlopen(f"{codex_backend.url}/.well-known/jwks.json") as answer:
        assert answer.status == 200
    assert len(codex_backend.journal) == 1
""",
    "app-server": """\
def test_it(codex_app_server, turn):
    assert codex_app_server.ask("thread/list", {})["data"] == []
""",
}
_HEAD = "import pytest\n\npytestmark = pytest.mark.parametrize('turn', range({count}))\n\n"

#: Prints the milliseconds that importing the plugin takes where pytest is there already.
_IMPORT = """
import pytest
from time import process_time
started = process_time()
import codex_conformance.plugin
print(1000 * (process_time() - started))
"""


def rows(folder: Path, rounds: int) -> Iterator[Row]:
    """Yield the figures."""
    (milliseconds,) = medians("import", ["plugin"], rounds, _import).values()
    yield Row("import of the plugin", "ms", milliseconds, wanted="under 15 ms")
    kinds = {"without": (_project(folder, "nothing", 1),), "with": (_project(folder, "nothing", 1), *OURS)}
    seconds = medians("run of one test", list(kinds), rounds, lambda kind: _processor(*kinds[kind]))
    yield Row("added to a run", "ms", 1000 * (seconds["with"] - seconds["without"]), wanted="under 15 ms")
    for workers, where in (((), ""), (WORKERS, ", -n 2")):
        projects = {body: _project(folder, body, TESTS) for body in BODIES}
        measure = partial(_run_project, projects, workers)
        seconds = medians(f"{TESTS:,} tests{where}", list(BODIES), max(3, rounds // 4), measure)
        for body in BODIES:
            wanted = "" if body == "nothing" else "a few seconds"
            yield Row(f"{TESTS:,} x {body}{where}", "s", seconds[body], wanted=wanted)
        if not workers:
            costs = {body: 1000 * (seconds[body] - seconds["nothing"]) / TESTS for body in BODIES}
            yield from (Row(f"one {body}", "ms", cost) for body, cost in costs.items() if body != "nothing")


def _import(_kind: str) -> float:
    return float(subprocess.run([sys.executable, "-c", _IMPORT], capture_output=True, check=True).stdout)


def _project(folder: Path, body: str, count: int) -> Path:
    path = folder / f"test_{body.replace(' ', '_').replace('-', '_')}_{count}.py"
    path.write_text(_HEAD.format(count=count) + BODIES[body])
    return path


def _run_project(projects: dict[str, Path], workers: tuple[str, ...], body: str) -> float:
    return _run(projects[body], *OURS, *workers)


def _processor(project: Path, *arguments: str) -> float:
    """Return the seconds of the processor that a run of pytest takes."""
    before = _children()
    _run(project, *arguments)
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(project: Path, *arguments: str) -> float:
    """Return the seconds that a run of pytest takes."""
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "no:cacheprovider", *arguments, project]
    begun = time.perf_counter()
    subprocess.run(
        command,
        cwd=project.parent,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21, help="turns of the short runs (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for line in text_lines(rows(Path(name), options.rounds)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
