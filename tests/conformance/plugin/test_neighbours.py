"""Beside what projects have: folders of any name, other plugins, and the wish to do without."""

from __future__ import annotations

import pytest

_TEST = """
import schemas, fixtures, conformance, mockserver

def test_the_project_keeps_its_own(codex_backend):
    assert {each.OWNER for each in (schemas, fixtures, conformance, mockserver)} == {"the project"}
"""


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_folders_with_the_names_of_our_sources(pytester, run, mode: str) -> None:
    for name in ("schemas", "fixtures", "conformance", "mockserver"):
        (pytester.mkpydir(name) / "__init__.py").write_text("OWNER = 'the project'\n")
    pytester.makepyfile(_TEST)

    run(f"--import-mode={mode}", "-o", "pythonpath=.").assert_outcomes(passed=1)


def test_it_can_be_switched_off(pytester) -> None:
    pytester.makepyfile("""
        def test_it(request):
            assert request.config.pluginmanager.get_plugin("codex_testkit") is None

        def test_asking(codex_backend): ...
    """)

    result = pytester.runpytest_subprocess("-p", "no:codex_testkit", "-p", "no:randomly")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*fixture 'codex_backend' not found"])


def test_it_is_found_by_its_entry_point(pytester) -> None:
    pytester.makepyfile("""
        def test_it(request):
            assert request.config.pluginmanager.has_plugin("codex_testkit")
    """)

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


def test_a_project_may_have_fixtures_of_the_same_names(pytester, run) -> None:
    """Fixtures of the project count, as with every plugin, and may be made of ours."""
    pytester.makeconftest("""
        import pytest

        @pytest.fixture
        def codex_backend(codex_backend):
            codex_backend.use_scenario("stream-cut")
            return codex_backend
    """)
    pytester.makepyfile("""
        def test_it(codex_backend, codex_world):
            assert codex_backend.script.scenario.name == "stream-cut"
            assert codex_world is codex_backend.world
    """)

    run().assert_outcomes(passed=1)


def test_unittest_and_doctest_items_are_left_alone(pytester, run) -> None:
    pytester.makepyfile('''
        """
        >>> 1 + 1
        2
        """
        import unittest

        import pytest

        class Case(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def with_backend(self, codex_backend):
                self.backend = codex_backend

            def test_it(self):
                assert self.backend.url
    ''')

    run("--doctest-modules").assert_outcomes(passed=2)
