"""The marker ``codex``: described to pytest, and strict about what it is told."""

from __future__ import annotations


def test_it_is_registered_with_its_arguments(run) -> None:
    run("--markers").stdout.fnmatch_lines(["@pytest.mark.codex(requirement=None, [*], *needs*scenario*recording*"])


def test_it_is_known_where_markers_are_strict(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.codex(seed=1)
        def test_it(): ...
    """)

    run("--strict-markers").assert_outcomes(passed=1)


def test_wrong_arguments_are_told_with_the_name_of_the_test(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.codex(scenaro="stream-cut")
        def test_misspelt(): ...

        @pytest.mark.codex(colour="red")
        def test_unknown(): ...

        @pytest.mark.codex(seed=1.5)
        def test_of_a_wrong_type(): ...

        @pytest.mark.codex("oauth.refresh.rotates", "oauth.revoke")
        def test_two_requirements(): ...

        @pytest.mark.codex(needs=("oauth.device",))
        def test_needs_without_a_requirement(): ...

        @pytest.mark.codex(account=None)
        class TestGroup:
            @pytest.mark.codex(release=169)
            def test_within(self): ...

            def test_right(self): ...
    """)

    result = run()

    result.assert_outcomes(errors=6, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*::test_misspelt: reading the marker codex: expected *, found 'scenaro'. Write scenario.",
            "*::test_unknown: *: expected arguments among scenario, account, *, found 'colour'. Leave it out.",
            "*::test_of_a_wrong_type: *: expected seed to be a number or a text, found 1.5. *",
            "*::test_two_requirements: *: expected at most one value without a name, *",
            "*::test_needs_without_a_requirement: *, found 'needs'. *",
            "*::TestGroup::test_within: *: expected release to be *, found 169. *",
        ]
    )
    result.stdout.no_fnmatch_line("*_wishes.py*")
