"""The account suite on published binaries: none of them fails what every implementation must do."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.requirements import find, requirements

CODEX_FOLDER = Path(__file__).parents[3] / ".codex"
NEWEST, *OLDER = ("0.169.0", "0.160.0", "0.150.0", "0.141.0")

#: Parts that all others judge, that ask clients, and that take their time on purpose.
ELSEWHERE = {"account.contract", "account.client", "account.robust"}
#: The parts of the suite, by the beginning of their ids: each is short, and they run side by side.
PARTS = sorted({".".join(name.split(".")[:2]) for name in requirements() if name.startswith("account.")} - ELSEWHERE)

RUNS = [
    pytest.param(release, part, marks=[pytest.mark.slow] if release in OLDER else [], id=f"{release}-{part}")
    for release in (NEWEST, *OLDER)
    for part in PARTS
]


@pytest.mark.real_codex
@pytest.mark.parametrize(("release", "part"), RUNS)
def test_a_published_binary_does_what_it_must(monkeypatch, release, part):
    if not (CODEX_FOLDER / release).is_dir():
        pytest.skip(f"codex {release} is not installed (make test installs it through npm)")
    monkeypatch.setenv("CODEX_TESTKIT_CODEX_DIR", str(CODEX_FOLDER))
    run = run_suites("server", [f"--codex-target=real:{release}", f"--codex-select={part}"], surface="account")

    unmet = [
        f"{each.requirement} {each.case}: {each.outcome} {each.reason} {each.finding}"
        for each in run.verdicts
        if each.outcome not in ("passed", "skipped") and find(each.requirement).level == "MUST"
    ]
    asked = [each for each in requirements().values() if each.id.startswith(f"{part}.") and each.holds_for(release)]
    assert unmet == []
    assert {each.id for each in asked} <= {each.requirement for each in run.verdicts if each.outcome == "passed"}
