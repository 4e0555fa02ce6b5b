"""Broken servers: small mutations of the mock, and the suites that are to find what is broken.

``judge_http(app, ids)`` and ``judge_app_server(make, ids)`` run a part of the suites on a server and return the run;
``find_out(app, broken)`` and ``acquit(app, mutants)`` say what must come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from http_mutants import Broken, Mutant, Mutation

from codex_conformance._pytest.running import run_suites
from codex_conformance._pytest.subjects import Subject
from codex_conformance.reports import Run
from codex_conformance.requirements import matching
from codex_conformance.targets import CAPABILITIES, Credentials, HttpTarget, Target, TargetSpec, Urls
from codex_mockserver.app_server import AppServer
from codex_mockserver.http import App
from codex_mockserver.serving import serve_app

SPEC = TargetSpec(name="mutant", kind="mock")
APP_SERVER = ("app_server", "account")
#: Without the search for forgotten exceptions, which takes longer than the run: the run around us does it.
QUICKLY = ("-p", "no:unraisableexception", "-p", "no:threadexception")


def _judge(target: Target, requirement_ids: Sequence[str]) -> Run:
    """Judge these requirements, which are of one surface."""
    (surface,) = {found.surface for each in requirement_ids for found in matching(each)}
    subject = Subject("server", SPEC.name, SPEC.release, target.surfaces, target.capabilities, [SPEC.name], target)
    options = [f"--codex-select={each}" for each in requirement_ids]
    return run_suites("server", [*QUICKLY, *options], surface=surface, subject=subject)


@pytest.fixture
def judge_http() -> Callable[[Any, Sequence[str]], Run]:
    """Judge requirements of an ASGI application that has the mock's control calls, or of one at an address."""

    def judge(app: Any, requirement_ids: Sequence[str]) -> Run:
        states = {
            name: "not declared" if each.surface in APP_SERVER else "found" for name, each in CAPABILITIES.items()
        }
        with ExitStack() as stack:
            url = app if isinstance(app, str) else stack.enter_context(serve_app(app))
            http = HttpTarget(Urls.under(url), Credentials())
            stack.callback(http.close)
            return _judge(Target(SPEC, states, http), requirement_ids)

    return judge


@pytest.fixture
def judge_app_server() -> Callable[[Callable[..., AppServer], Sequence[str]], Run]:
    """Judge requirements of an app-server in this process: ``AppServer``, or what takes the same and is one."""

    def judge(make: Callable[..., AppServer], requirement_ids: Sequence[str]) -> Run:
        states = {
            name: "declared" if each.surface in APP_SERVER else "not declared" for name, each in CAPABILITIES.items()
        }
        return _judge(Target(SPEC, states, make=make), requirement_ids)

    return judge


@pytest.fixture
def mutated() -> Callable[[str, Mutation], App]:
    """Make a mock whose calls to the paths that fit a pattern go through a mutation."""
    return Mutant.make


@pytest.fixture
def outcomes() -> Callable[[Run], dict[str, str]]:
    """Tell what became of each requirement of a run: of several cases, the worst."""
    worst = ("error", "failed", "skipped", "passed")

    def of(run: Run) -> dict[str, str]:
        found: dict[str, str] = {}
        for verdict in run.verdicts:
            before = found.get(verdict.requirement, "passed")
            found[verdict.requirement] = min(before, verdict.outcome, key=worst.index)
        return found

    return of


@pytest.fixture
def find_out(judge_http, outcomes) -> Callable[[App | str, Broken], None]:
    """Assert that a broken server is found out by the requirement that it breaks, and blamed for all that fails."""

    def find(app: App | str, broken: Broken) -> None:
        run = judge_http(app, [broken.asked])

        assert outcomes(run)[broken.requirement] == "failed"
        assert {verdict.blame for verdict in run.verdicts if verdict.outcome == "failed"} == {"implementation"}

    return find


@pytest.fixture
def acquit(judge_http, outcomes) -> Callable[[App, Sequence[Broken]], None]:
    """Assert that a server which is not broken passes all by which mutants are found out."""

    def judge(app: App, mutants: Sequence[Broken]) -> None:
        asked = {broken.asked for broken in mutants}
        found = outcomes(judge_http(app, sorted(asked)))

        assert asked <= found.keys()
        assert set(found.values()) == {"passed"}

    return judge
