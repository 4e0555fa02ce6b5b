"""The pytest plugin: loaded in every run of every user, so it imports nothing heavy by itself."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from codex_conformance._fixtures import WITNESSES
from codex_conformance._pytest.options import RUN, add_options, is_asked_for

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from codex_conformance._fixtures.examination import ClientExaminer
    from codex_mockserver import Journal, Scenario, SyncBackend, SyncReplay, World
    from codex_mockserver.app_server import Client
    from codex_mockserver.serving.router import BackendRouter

__all__ = [
    "codex_app_server",
    "codex_backend",
    "codex_environment",
    "codex_examiner",
    "codex_home",
    "codex_journal",
    "codex_recording",
    "codex_respx",
    "codex_scenario",
    "codex_world",
    "recording_snapshot",
]

# Whatever is heavy is imported inside the function that needs it: only a test that wants it pays for it.
# ruff: noqa: PLC0415

_MARKER = (
    "codex(requirement=None, *, needs=(), scenario=None, account='plus', seed=None, clock=None, release=None, "
    "recording=None, matching='order'): what a test wants of the fixtures of codex-testkit; with the id of a "
    "requirement, what a case of the shipped suites judges."
)

#: What a whole run wants where a test says nothing: the option ``--codex-NAME`` and the ini option ``codex_NAME``.
_SETTINGS: Mapping[str, tuple[str, str]] = {
    "scenario": ("NAME", "Put this scenario to work for every test that names none: a name, or a file below the root."),
    "seed": ("SEED", "Seed the identifiers of every world whose test names no seed, and the fuzz checks."),
    "release": ("V", "Let codex_app_server, and the contract of a conformance run, be of this release."),
}
_STRICT = "Fail a test that leaves a part of its scenario unused, or whose client calls what nobody answers."


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("codex", "codex-testkit")
    add_options(group)
    for name, (metavar, sentence) in _SETTINGS.items():
        group.addoption(f"--codex-{name}", metavar=metavar, help=sentence)
        parser.addini(f"codex_{name}", sentence)
    group.addoption("--codex-strict", action="store_true", help=_STRICT)
    parser.addini("codex_strict", _STRICT, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker, and begin a conformance run where an option asks for one."""
    config.addinivalue_line("markers", _MARKER)
    if is_asked_for(config) and not config.pluginmanager.has_plugin(RUN):
        from codex_conformance._pytest.session import register
        from codex_schemas import Problem

        try:
            register(config)
        except Problem as problem:
            raise pytest.UsageError(str(problem)) from None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a marker that says what no fixture knows."""
    if item.get_closest_marker("codex") is not None:
        from codex_conformance._fixtures.wishes import check_markers

        check_markers(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that passed, where ``--codex-strict`` is asked for and something is left over."""
    result = yield
    if WITNESSES in item.stash:
        from codex_conformance._fixtures.evidence import require_nothing_left

        require_nothing_left(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what clients did in a test that failed."""
    report = yield
    if WITNESSES in item.stash:
        from codex_conformance._fixtures.evidence import show

        show(item, report)
    return report


@pytest.fixture
def codex_backend(request: pytest.FixtureRequest) -> Iterator[SyncBackend]:
    """A mock Codex backend that runs, with a world of its own."""
    from codex_conformance._fixtures.backend import running_backend

    with running_backend(request) as backend:
        yield backend


@pytest.fixture
def codex_world(codex_backend: SyncBackend) -> World:
    """All that ``codex_backend`` remembers: its accounts, sessions, limits, tasks, threads and clock."""
    return codex_backend.world


@pytest.fixture
def codex_journal(codex_backend: SyncBackend) -> Journal:
    """What clients sent to ``codex_backend`` and got from it, in order."""
    return codex_backend.journal


@pytest.fixture
def codex_scenario(
    request: pytest.FixtureRequest, codex_backend: SyncBackend
) -> Callable[[Scenario | Mapping[str, Any] | Path | str], Scenario]:
    """Puts a scenario to work in ``codex_backend``, from its first step on, and returns it loaded."""
    from codex_conformance._fixtures.backend import scenario_user

    return scenario_user(request, codex_backend)


@pytest.fixture
def codex_home(
    request: pytest.FixtureRequest, codex_backend: SyncBackend, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A new ``CODEX_HOME`` in which the account of the marker is logged in to ``codex_backend``."""
    from codex_conformance._fixtures.backend import written_home

    return written_home(request, codex_backend, tmp_path_factory.mktemp("codex-home"))


@pytest.fixture
def codex_environment(codex_backend: SyncBackend, codex_home: Path) -> dict[str, str]:
    """All variables for a codex process, so that whatever it calls is answered by ``codex_backend``."""
    from codex_conformance._fixtures.backend import environment

    return environment(codex_backend, codex_home)


@pytest.fixture
def codex_app_server(request: pytest.FixtureRequest, codex_backend: SyncBackend) -> Client:
    """A client of a mock ``codex app-server`` in this process; it has the world of ``codex_backend``."""
    from codex_conformance._fixtures.app_server import connected_client

    return connected_client(request, codex_backend)


@pytest.fixture
def codex_examiner(request: pytest.FixtureRequest) -> ClientExaminer:
    """Runs a client through the scenarios of the client suites, and fails the test where it does not meet them."""
    from codex_conformance._fixtures.examination import ClientExaminer

    return ClientExaminer(request.node)


@pytest.fixture
def codex_recording(request: pytest.FixtureRequest) -> Iterator[SyncReplay]:
    """A server that answers as the recording of the marker does."""
    from codex_conformance._fixtures.recording import running_replay

    with running_replay(request) as replay:
        yield replay


@pytest.fixture
def codex_respx(request: pytest.FixtureRequest, codex_backend: SyncBackend) -> Iterator[BackendRouter]:
    """While it is there, calls of ``httpx`` to the real hosts end in ``codex_backend``, without a socket."""
    from codex_conformance._fixtures.router import active_router

    with active_router(request, codex_backend) as router:
        yield router


@pytest.fixture
def recording_snapshot(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """A snapshot of ``syrupy`` that keeps a recording, or its entries, without what differs from run to run."""
    from codex_conformance._fixtures.recording import snapshot_of_recordings

    return snapshot_of_recordings(request)
