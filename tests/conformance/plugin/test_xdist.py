"""Under pytest-xdist: each worker has a backend for each test, and none sees another's."""

from __future__ import annotations


def test_tests_are_apart(pytester, run) -> None:
    pytester.makepyfile("""
        import urllib.request

        import pytest

        @pytest.mark.parametrize("turn", range(40))
        def test_it(codex_backend, codex_app_server, turn):
            assert len(codex_backend.journal) == 0
            assert codex_app_server.ask("thread/list", {})["data"] == []

            codex_app_server.ask("thread/start", {"cwd": "/tmp"})
            for _ in range(turn % 3):
                urllib.request.urlopen(f"{codex_backend.url}/.well-known/jwks.json").close()

            assert len(codex_backend.journal) == turn % 3
    """)

    run("-p", "xdist", "-n", "2").assert_outcomes(passed=40)


def test_options_and_messages_reach_the_workers(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        def test_option(codex_backend):
            assert codex_backend.script.scenario.name == "stream-cut"
            assert False

        @pytest.mark.codex(colour="red")
        def test_marker(): ...
    """)

    result = run("-p", "xdist", "-n", "2", "--codex-scenario=stream-cut", "--codex-strict")

    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*::test_marker: reading the marker codex: *found 'colour'*"])
    result.stdout.fnmatch_lines(["*not used of the scenario: faults[[]0]*"])
