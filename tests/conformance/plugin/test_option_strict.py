"""``--codex-strict`` and ``codex_strict``: what is left over fails the test."""

from __future__ import annotations

import pytest

_TESTS = """
    import urllib.error
    import urllib.request

    import pytest

    def call(url):
        try:
            urllib.request.urlopen(url)
        except urllib.error.HTTPError:
            pass

    @pytest.mark.codex(scenario={"model": [{"say": [{"message": "Never said."}]}]})
    def test_unused_step(codex_backend): ...

    @pytest.mark.codex(scenario={"model": [{"say": [{"message": "May be said."}], "times": None}]})
    def test_step_of_any_number(codex_backend): ...

    @pytest.mark.codex(scenario={"faults": [{"on": "jwks", "after": 1, "answer": {"status": 500}}]})
    def test_unused_fault(codex_backend):
        call(f"{codex_backend.url}/.well-known/jwks.json")

    @pytest.mark.codex(scenario={"faults": [{"on": "jwks", "after": 1, "answer": {"status": 500}}]})
    def test_used_fault(codex_backend):
        call(f"{codex_backend.url}/.well-known/jwks.json")
        call(f"{codex_backend.url}/.well-known/jwks.json")

    @pytest.mark.codex(scenario={"app_server": {"faults": [{"on": "turn/completed", "drop": True}]}})
    def test_unused_fault_of_the_app_server(codex_app_server): ...

    @pytest.mark.codex(scenario={"app_server": {"faults": [{"on": "thread/started", "drop": True}]}})
    def test_used_fault_of_the_app_server(codex_app_server):
        codex_app_server.ask("thread/start", {"cwd": "/tmp"})

    def test_unknown_request(codex_backend):
        call(f"{codex_backend.url}/no-such-thing")

    @pytest.mark.codex(recording="0.169.0/turn-sse")
    def test_unrecorded_request(codex_recording):
        call(f"{codex_recording.url}/no-such-thing")

    def test_nothing_left(codex_backend):
        call(f"{codex_backend.url}/.well-known/jwks.json")
"""


def test_without_it_nothing_fails(write, run) -> None:
    write(_TESTS)

    run().assert_outcomes(passed=9)


@pytest.mark.parametrize("arguments", [("--codex-strict",), ("-o", "codex_strict=true")], ids=["option", "ini"])
def test_with_it_what_is_left_over_fails_the_test(write, run, arguments: tuple[str, ...]) -> None:
    write(_TESTS)

    result = run(*arguments)

    result.assert_outcomes(passed=4, failed=5)
    result.stdout.fnmatch_lines(
        [
            "*::test_unused_step: *: expected every part *, found not used of the scenario: model[[]0]. *",
            "*::test_unused_fault: *, found not used of the scenario: faults[[]0]. *",
            "*::test_unused_fault_of_the_app_server: *, found not used of the scenario: app_server/faults[[]0]. *",
            "*::test_unknown_request: *, found requests that no contract knows: GET /no-such-thing. *",
            "*::test_unrecorded_request: *, found *no-such-thing*",
        ]
    )


def test_a_test_that_failed_before_says_only_why(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.codex(scenario={"model": [{"say": [{"message": "Never said."}]}]})
        def test_it(codex_backend):
            assert 1 == 2
    """)

    result = run("--codex-strict")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E       assert 1 == 2"])
    result.stdout.no_fnmatch_line("*codex_strict wants*")


def test_an_expected_failure_is_one(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.xfail(strict=True)
        @pytest.mark.codex(scenario={"model": [{"say": [{"message": "Never said."}]}]})
        def test_it(codex_backend): ...
    """)

    run("--codex-strict").assert_outcomes(xfailed=1)
