"""The backend of a test, and what leads a codex process to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from codex_conformance._fixtures._journal_text import backend_text
from codex_conformance._fixtures._leftovers import leftovers
from codex_conformance._fixtures.evidence import testify
from codex_conformance._fixtures.wishes import Wishes, placed, told, wishes_of
from codex_conformance.codex_process import client_variables
from codex_mockserver import Clock, Scenario, SyncBackend
from codex_mockserver.world import parse_time
from codex_schemas import Problem

__all__ = ["environment", "running_backend", "scenario_user", "written_home"]

#: The fixture for which the backend needs a proxy.
_HOME = "codex_home"


@contextmanager
def running_backend(request: pytest.FixtureRequest) -> Iterator[SyncBackend]:
    """Run the backend that a test wants; it has a proxy only where the test has a codex process."""
    with told(request.node):
        backend = _backend(wishes_of(request.node), proxy=_HOME in request.fixturenames)
    testify(request.node, _BackendWitness(backend))
    with backend:
        yield backend


def scenario_user(
    request: pytest.FixtureRequest, backend: SyncBackend
) -> Callable[[Scenario | Mapping[str, Any] | Path | str], Scenario]:
    """Return what puts a scenario to work in a backend; a file that it names lies beside the test's."""

    def use(scenario: Scenario | Mapping[str, Any] | Path | str) -> Scenario:
        backend.use_scenario(placed(scenario, request.node.path.parent))
        return backend.script.scenario

    return use


def written_home(request: pytest.FixtureRequest, backend: SyncBackend, folder: Path) -> Path:
    """Return a folder, filled so that it can be a ``CODEX_HOME``."""
    with told(request.node):
        if backend.proxy_url is None:
            raise Problem(
                f"preparing the fixture {_HOME}",
                expected=f"a test that names {_HOME} or codex_environment among its arguments, or usefixtures",
                found="one that asked for it with getfixturevalue, after the backend was there",
                advice="Name it among the arguments of the test.",
            )
        backend.write_codex_home(folder, wishes_of(request.node).account)
    return folder


def environment(backend: SyncBackend, home: Path) -> dict[str, str]:
    """Return the variables of this process without what concerns codex and proxies, and those of the backend."""
    return client_variables(backend.client_environment(home))


def _backend(wishes: Wishes, *, proxy: bool) -> SyncBackend:
    clock = None if wishes.clock is None else Clock(frozen_at=parse_time(str(wishes.clock)))
    backend = SyncBackend(seed=wishes.seed, clock=clock, scenario=wishes.scenario, proxy=proxy)
    if wishes.account is not None:
        backend.world.account(wishes.account)
    return backend


class _BackendWitness:
    """Tells what clients did with a backend."""

    def __init__(self, backend: SyncBackend) -> None:
        self._backend = backend

    def sections(self) -> Iterator[tuple[str, str]]:
        """Yield the journal."""
        yield "codex journal", backend_text(self._backend)

    def complaints(self) -> Iterator[str]:
        """Yield calls that nobody answers, and parts of the scenario that nothing has used."""
        return leftovers(self._backend)
