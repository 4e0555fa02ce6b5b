"""``--codex-seed`` and ``codex_seed``: the seed of every world whose test names none."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("form", [("--codex-seed=7",), ("-o", "codex_seed=7")], ids=["option", "ini"])
def test_worlds_are_seeded_alike(pytester, run, form: tuple[str, ...]) -> None:
    pytester.makepyfile("""
        import pytest

        seen = []

        @pytest.mark.parametrize("turn", [1, 2])
        def test_by_the_run(codex_world, turn):
            seen.append(codex_world.ids.new("x"))

        @pytest.mark.codex(seed=7)
        def test_by_the_marker(codex_world):
            seen.append(codex_world.ids.new("x"))

        def test_all_are_equal():
            assert len(seen) == 3 and len(set(seen)) == 1

        @pytest.mark.codex(seed=8)
        def test_the_marker_is_stronger(codex_world):
            assert codex_world.ids.new("x") != seen[0]
    """)

    run(*form).assert_outcomes(passed=5)


def test_without_it_worlds_differ(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        seen = set()

        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(codex_world, turn):
            seen.add(codex_world.ids.new("x"))
            assert len(seen) == turn
    """)

    run().assert_outcomes(passed=2)
