"""Install published codex releases for the tests that drive the real client.

Usage: install_codex.py VERSION... - into ``.codex/`` at the root of the project. Where npm is
missing it says so and succeeds: those tests are then skipped by name.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from codex_conformance import releases
from codex_schemas import Problem

FOLDER = Path(__file__).parent.parent / ".codex"


def main(versions: list[str]) -> int:
    if shutil.which("npm") is None:
        print("npm is not here: the real_codex tests will be skipped", file=sys.stderr)
        return 0
    for version in versions:
        try:
            releases.ensure(version, FOLDER)
        except Problem as problem:
            print(f"{problem}\nthe real_codex tests of {version} will be skipped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
