"""Record what the real binaries say in each case, for the mock to be compared with.

``python tests/app_server/record.py [--release V] [--raw FOLDER] [--check] [CASE or AREA...]``

Each case runs twice. A recording that only differs in what may differ from run to run is left as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from parity import RELEASES, Stuck, cases, compare, golden_file, read_golden, run_real, write_transcript


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", action="append", choices=RELEASES)
    parser.add_argument("--raw", type=Path, help="keep the messages as they were in this folder")
    parser.add_argument("--check", action="store_true", help="write nothing, say what differs")
    parser.add_argument("names", nargs="*", metavar="CASE or AREA")
    options = parser.parse_args()
    chosen = [case for case in cases().values() if not options.names or {case.name, case.area} & set(options.names)]
    problems = [
        problem
        for release in options.release or RELEASES
        for case in chosen
        if release in case.releases
        for problem in _record(case, release, options)
    ]
    print("\n".join(problems))
    return 1 if problems else 0


def _record(case, release, options):
    """Record a case and return what is not the same each time."""
    print(release, case.name, file=sys.stderr)
    try:
        said, raw = _run(case, release)
        if options.raw:
            _write_raw(options.raw / release / f"{case.name}.jsonl", raw)
        kept = golden_file(release, case.name).exists()
        before = read_golden(release, case.name) if kept else _run(case, release)[0]
    except Stuck as stuck:
        said = [f"  {json.dumps(message)[:300]}" for messages in stuck.transcript.values() for message in messages[-5:]]
        return [f"{release} {case.name}: {stuck}", *said]
    differences = compare(case, before, said)
    if differences and not options.check:
        again, _ = _run(case, release)
        write_transcript(golden_file(release, case.name), said)
        differences = compare(case, again, said)
    elif not kept and not options.check:
        write_transcript(golden_file(release, case.name), said)
    return [f"{release} {case.name}: {each.at}: {each.real!r:.200} / {each.mock!r:.200}" for each in differences]


def _run(case, release):
    with tempfile.TemporaryDirectory(prefix="parity-", ignore_cleanup_errors=True) as folder:
        return run_real(case, release, Path(folder))


def _write_raw(path, raw):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"on": name, **message}) for name, messages in raw.items() for message in messages]
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
