"""Make the shipped recordings again, from the published binaries and the mock backend.

``python tests/recordings/record.py [--release V] [--into FOLDER] [CASE or AREA...]``

The releases must be installed: ``python tests/install_codex.py V...``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path += [str(Path(__file__).parent), str(ROOT / "tests" / "app_server")]

from parity import binary_of  # noqa: E402 (found by the line above)
from shipping import RELEASES, cases, record_app_server, record_http  # noqa: E402

SHIPPED = ROOT / "fixtures" / "codex_fixtures" / "recordings"

#: Always the same, so that a recording differs from the one before as little as can be.
WORK = Path(tempfile.gettempdir()) / "codex-recording"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="append", choices=RELEASES)
    parser.add_argument("--into", type=Path, default=SHIPPED, help="the folder of the recordings")
    parser.add_argument("names", nargs="*", metavar="CASE or AREA")
    options = parser.parse_args()
    chosen = [case for case in cases().values() if not options.names or {case.name, case.area} & set(options.names)]
    failed = [
        f"{release} {case.name}"
        for case in chosen
        for release in case.releases
        if release in (options.release or RELEASES) and not record(case, release, options.into)
    ]
    print(f"failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def record(case, release, into):
    """Record a case; return whether it ended as it should."""
    file = into / release / f"{case.name}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    WORK.mkdir()
    try:
        kind = record_app_server if case.parity else record_http
        kind(case, release, binary_of(release), part, WORK)
    except Exception as error:  # noqa: BLE001 (the others can still be recorded)
        print(f"{release} {case.name}: {error!r:.2000}", file=sys.stderr)
        return False
    else:
        part.replace(file)
        file.chmod(0o644)
        print(f"{release} {case.name}: {file.stat().st_size} bytes")
        return True
    finally:
        part.unlink(missing_ok=True)
        shutil.rmtree(WORK, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
