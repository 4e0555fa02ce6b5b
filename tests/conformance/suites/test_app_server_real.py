"""The app-server suite on published binaries: all of them do what is required, and what was observed of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.requirements import requirements

CODEX_FOLDER = Path(__file__).parents[3] / ".codex"
NEWEST, *OLDER = ("0.169.0", "0.160.0", "0.150.0", "0.141.0")

#: Parts that run side by side, with the second words of the ids of their requirements.
PARTS = {
    "messages": ("initialize", "experimental", "rpc"),
    "threads": ("thread", "list", "archive", "delete", "fork", "resume", "read", "history"),
    "turns": ("turn", "review", "item", "interrupt", "steer", "failure"),
    "questions": ("approval", "question", "tool"),
    "agents": ("agent", "queue"),
    "filing": ("section", "project", "attachment"),
    "restarts": ("restart", "overload"),
    "connections": ("connection", "websocket", "stdio"),
    "surroundings": ("config", "models", "skills", "lists", "mcp", "feedback", "files", "exec", "process"),
}
#: What a published binary usually does and does not promise: under load about one turn in a hundred is otherwise.
RACES = {"app-server.turn.answer-before-started"}
#: What all others judge, what is asked of clients, and what takes its time on purpose.
ELSEWHERE = {"contract", "client", "robust"}

RUNS = [
    pytest.param(release, part, marks=[pytest.mark.slow] if release in OLDER else [], id=f"{release}-{part}")
    for release in (NEWEST, *OLDER)
    for part in PARTS
]


def is_fine(verdict):
    """Tell whether a requirement is met, or lost one of the known races."""
    return verdict.outcome == "passed" or (verdict.outcome == "failed" and verdict.requirement in RACES)


def test_the_parts_are_the_whole_suite():
    words = {name.split(".")[1] for name in requirements() if name.startswith("app-server.")}

    assert sorted(word for part in PARTS.values() for word in part) == sorted(words - ELSEWHERE)


def test_what_may_fail_is_promised_to_nobody():
    assert {requirements()[name].level for name in RACES} == {"OBSERVED"}


@pytest.mark.real_codex
@pytest.mark.parametrize(("release", "part"), RUNS)
def test_a_published_binary_meets_everything(monkeypatch, release, part):
    if not (CODEX_FOLDER / release).is_dir():
        pytest.skip(f"codex {release} is not installed (make test installs it through npm)")
    monkeypatch.setenv("CODEX_TESTKIT_CODEX_DIR", str(CODEX_FOLDER))
    chosen = [f"app-server.{word}" for word in PARTS[part]]
    options = [f"--codex-select={each}" for each in chosen]
    run = run_suites("server", [f"--codex-target=real:{release}", *options], surface="app_server")

    not_met = [
        f"{each.requirement} {each.case}: {each.outcome} {each.reason} {each.finding}"
        for each in run.verdicts
        if not is_fine(each)
    ]
    asked = {
        name
        for name, each in requirements().items()
        if name.startswith(tuple(f"{word}." for word in chosen)) and each.holds_for(release)
    }
    assert not_met == []
    assert {each.requirement for each in run.verdicts} == asked
