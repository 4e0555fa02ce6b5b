"""Say where the mock differs from the recordings of the real binaries.

``python tests/app_server/compare.py [--release V] [CASE or AREA...]``
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback

from parity import RELEASES, Stuck, cases, compare, golden_file, read_golden
from parity._mock import run_mock

_SHOWN = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="append", choices=RELEASES)
    parser.add_argument("names", nargs="*", metavar="CASE or AREA")
    options = parser.parse_args()
    counts = {"equal": 0, "different": 0}
    for release in (options.release or RELEASES)[::-1]:
        for case in cases().values():
            chosen = not options.names or {case.name, case.area} & set(options.names)
            if chosen and golden_file(release, case.name).exists():
                counts["different" if _report(case, release) else "equal"] += 1
    print(counts)
    return 1 if counts["different"] else 0


def _report(case, release) -> bool:
    """Print how a case differs and tell whether it does."""
    stuck = ""
    try:
        said, _ = run_mock(case, release)
    except Stuck as error:
        said, stuck = error.transcript, f"  stuck: {error}\n"
    except Exception:  # noqa: BLE001 (a crash of the mock is a finding)
        print(f"== {release} {case.area}/{case.name}\n  crash: {''.join(traceback.format_exc()[-900:])}")
        return True
    found = compare(case, read_golden(release, case.name), said)
    if found or stuck:
        print(f"== {release} {case.area}/{case.name}: {len(found)} differences\n{stuck}", end="")
    for each in found[:_SHOWN]:
        print(f"  {each.at}\n      real {json.dumps(each.real)[:260]}\n      mock {json.dumps(each.mock)[:260]}")
    return bool(found or stuck)


if __name__ == "__main__":
    sys.exit(main())
