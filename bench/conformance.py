"""The matrix of conformance: the mock and the published binaries as servers, and clients; and how long it took.

``--write-readme`` puts the table into README.md. Each run is a process of its own, as ``codex-testkit check`` makes it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from table import write_between_markers

from codex_conformance.cli._matrix_runs import runs_of
from codex_conformance.reports.matrix import Matrix, render

ROOT = Path(__file__).parent.parent
BINARIES = ("0.141.0", "0.150.0", "0.160.0", "0.169.0")
#: The HTTP surfaces of the mock are the same for each release, and are asked once.
OF_RELEASES = ("--surface", "app-server", "--surface", "account")
OLDER_MOCKS = tuple(f"mock:{release}" for release in ("0.100.0", "0.130.0", "0.150.0", "0.160.0"))
SERVERS = ("mock:0.169.0", *(f"real:{release}" for release in BINARIES))
CLIENTS = (*(f"codex:{release}" for release in BINARIES), "openai-python", "authlib")

#: Between these the README has the table.
MARKERS = ("<!-- matrix -->\n", "<!-- end of matrix -->\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", action="append", default=[], help="only this target, or report; may be repeated")
    parser.add_argument("--client", action="append", default=[], help="only this client; may be repeated")
    parser.add_argument("--jobs", default="2", help="processes of each run")
    parser.add_argument("--write-readme", action="store_true", help="put the table into README.md, too")
    options = parser.parse_args()
    # The clients of the table are programs among the tests, and have their names there.
    os.chdir(ROOT / "tests" / "conformance" / "clients")
    began, jobs = time.monotonic(), ("--jobs", options.jobs)
    if options.server or options.client:
        runs = list(runs_of(options.server, options.client, jobs))
    else:
        runs = [*runs_of(OLDER_MOCKS, (), (*OF_RELEASES, *jobs)), *runs_of(SERVERS, CLIENTS, jobs)]
    matrix = Matrix(runs)
    print(render(matrix, "text"))
    for run in runs:
        print(f"{run.target:<16} {len(run.verdicts):>5} cases in {run.seconds:.1f} s")
    print(f"all of it in {time.monotonic() - began:.0f} s, one after the other")
    if options.write_readme:
        write_between_markers(ROOT / "README.md", render(matrix, "summary"), MARKERS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
