"""``--codex-scenario`` and ``codex_scenario``: the scenario of every test that names none."""

from __future__ import annotations

import pytest

_TESTS = """
    import pytest

    def test_one_that_names_none(codex_backend):
        assert codex_backend.script.scenario.name == "outage"

    @pytest.mark.codex(seed=1)
    def test_one_with_another_wish(codex_backend):
        assert codex_backend.script.scenario.name == "outage"

    @pytest.mark.codex(scenario="stream-cut")
    def test_one_that_names_its_own(codex_backend):
        assert codex_backend.script.scenario.name == "stream-cut"
"""


@pytest.mark.parametrize("form", [("--codex-scenario={}",), ("-o", "codex_scenario={}")], ids=["option", "ini"])
def test_a_file_below_the_root(pytester, run, form: tuple[str, ...]) -> None:
    (pytester.path / "outage.yaml").write_text("name: outage\n")
    pytester.mkdir("deep")
    (pytester.path / "deep" / "test_it.py").write_text(_TESTS.replace("\n    ", "\n"))

    run(*[word.format("outage.yaml") for word in form]).assert_outcomes(passed=3)


def test_the_option_is_stronger_than_the_ini_file(pytester, run) -> None:
    pytester.makepyfile("""
        def test_it(codex_backend):
            assert codex_backend.script.scenario.name == "openness-probe"
    """)

    run("-o", "codex_scenario=stream-cut", "--codex-scenario=openness-probe").assert_outcomes(passed=1)


def test_one_that_is_not_there_fails_each_test_that_would_have_it(pytester, run) -> None:
    pytester.makepyfile("""
        def test_it(codex_backend): ...

        def test_without(): ...
    """)

    result = run("--codex-scenario=steam-cut")

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*::test_it: *, found 'steam-cut'. Write stream-cut."])
