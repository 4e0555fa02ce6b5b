"""Inner runs of pytest, as a project that uses the plugin has them."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

#: The plugins for asynchronous tests, with the options without which they warn.
ASYNCHRONOUS = {
    "asyncio": ("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function"),
    "anyio": ("-p", "anyio"),
}


@pytest.fixture
def write(pytester: pytest.Pytester) -> Callable[..., None]:
    """Writes the tests of the project, in several parts."""
    return lambda *parts: pytester.makepyfile("\n".join(map(dedent, parts)))


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """Runs pytest on the project with our plugin, and no other that is not named; warnings are errors."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return lambda *arguments: pytester.runpytest_subprocess("-p", "codex_conformance.plugin", "-W", "error", *arguments)


@pytest.fixture(params=list(ASYNCHRONOUS))
def mark(request: pytest.FixtureRequest) -> str:
    """The name of the marker for asynchronous tests, of each plugin in turn."""
    return str(request.param)


@pytest.fixture
def run_async(run: Callable[..., pytest.RunResult], mark: str) -> Callable[..., pytest.RunResult]:
    """Runs pytest with the plugin of ``mark``, too."""
    return lambda *arguments: run(*ASYNCHRONOUS[mark], *arguments)
