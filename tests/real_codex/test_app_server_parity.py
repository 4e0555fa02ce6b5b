"""The published binaries say what was recorded of them."""

from __future__ import annotations

import pytest
from parity import binary_of, cases, compare, read_golden, run_real

#: One case of each area is quick enough for every run of the suite.
SAMPLE = {case.area: case.name for case in reversed(cases().values())}
RUNS = [
    pytest.param(
        release,
        case,
        id=f"{release}-{case.name}",
        marks=() if case.name in SAMPLE.values() else pytest.mark.slow,
    )
    for case in cases().values()
    for release in case.releases
]


@pytest.mark.parametrize(("release", "case"), RUNS)
def test_the_binary_says_what_was_recorded(release, case, tmp_path) -> None:
    if not binary_of(release).exists():
        pytest.skip(f"codex {release} is not installed (make test installs it through npm)")

    golden = read_golden(release, case.name)

    said, _ = run_real(case, release, tmp_path, lambda said: not compare(case, golden, said))

    assert compare(case, golden, said) == []
