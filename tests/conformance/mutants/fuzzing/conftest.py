"""Trials of mutants, whose end is a number of messages and not a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from codex_conformance.fuzzing import Budget
from codex_conformance.probes import Evidence, HttpProbe
from codex_conformance.suites.server.app_servers import AppServers
from codex_conformance.targets import CAPABILITIES, Credentials, HttpTarget, Target, TargetSpec, Urls
from codex_mockserver.serving import serve_app


@pytest.fixture
def plenty() -> Budget:
    """Return a budget that is spent by its messages on every machine."""
    return Budget(600, seed=1, max_examples=4000, shrink_seconds=2)


@pytest.fixture
def evidence() -> Evidence:
    return Evidence()


@pytest.fixture
def probe(evidence: Evidence) -> Iterator[Callable[..., HttpProbe]]:
    """Return what opens a probe of an application, in a world with a scenario."""
    with ExitStack() as stack:

        def probe_of(app: Any, scenario: Any = None) -> HttpProbe:
            target = HttpTarget(Urls.under(stack.enter_context(serve_app(app))), Credentials())
            stack.callback(target.close)
            opened = HttpProbe(stack.enter_context(target.world(scenario)), evidence)
            stack.callback(opened.close)
            return opened

        yield probe_of


@pytest.fixture
def app_servers_of(evidence: Evidence) -> Iterator[Callable[..., AppServers]]:
    """Return what starts app-servers of a kind."""
    with ExitStack() as stack:

        def start(make: Any) -> AppServers:
            spec = TargetSpec(name="mutant", kind="mock")
            return AppServers(Target(spec, dict.fromkeys(CAPABILITIES, "declared"), make=make), evidence, stack)

        yield start
