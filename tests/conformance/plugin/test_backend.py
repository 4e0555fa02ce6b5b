"""``codex_backend``: a backend that runs, with a world of its own, as the marker wants it."""

from __future__ import annotations


def test_each_test_has_a_world_of_its_own(pytester, run) -> None:
    pytester.makepyfile("""
        import urllib.request

        import pytest

        @pytest.mark.parametrize("turn", [1, 2])
        def test_a_backend(codex_backend, turn):
            assert len(codex_backend.journal) == 0
            assert "guest" not in codex_backend.world.state.accounts

            urllib.request.urlopen(f"{codex_backend.url}/.well-known/jwks.json")
            codex_backend.world.state.accounts["guest"] = codex_backend.world.account("plus")

            assert [exchange.status for exchange in codex_backend.wait(1, "jwks")] == [200]
    """)

    run().assert_outcomes(passed=2)


def test_a_stopped_backend_listens_no_more(pytester, run) -> None:
    pytester.makepyfile("""
        import urllib.error
        import urllib.request

        import pytest

        urls = []

        def test_one(codex_backend):
            urls.append(codex_backend.url)

        def test_other():
            with pytest.raises(urllib.error.URLError):
                urllib.request.urlopen(f"{urls[0]}/.well-known/jwks.json")
    """)

    run().assert_outcomes(passed=2)


def test_the_marker_gives_seed_clock_and_scenario(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        pytestmark = pytest.mark.codex(seed=7, clock="2026-01-02T03:04:05Z")
        snapshots = []

        @pytest.mark.parametrize("turn", [1, 2])
        def test_seed_and_clock(codex_backend, turn):
            snapshots.append(codex_backend.describe()["accounts"])
            assert codex_backend.world.now() == 1767323045

        def test_equal_seeds_and_clocks_give_equal_tokens():
            assert snapshots[0] == snapshots[1]

        @pytest.mark.codex(seed=8)
        def test_the_closest_marker_counts_and_the_rest_stays(codex_backend):
            assert codex_backend.describe()["accounts"] != snapshots[0]
            assert codex_backend.world.now() == 1767323045

        @pytest.mark.codex(scenario="usage-limit-reached")
        def test_a_named_scenario(codex_backend):
            assert codex_backend.script.scenario.name == "usage-limit-reached"

        @pytest.mark.codex(scenario={"model": [{"say": [{"message": "hi"}]}]})
        def test_a_scenario_as_values(codex_backend):
            assert codex_backend.script.scenario.model[0].say == [{"message": "hi"}]

        @pytest.mark.codex(clock=1_770_000_000)
        def test_a_clock_in_seconds(codex_backend):
            assert codex_backend.world.now() == 1_770_000_000
    """)

    run().assert_outcomes(passed=7)


def test_a_file_of_a_scenario_lies_beside_the_test(pytester, run) -> None:
    folder = pytester.mkdir("deep")
    (folder / "hello.yaml").write_text("name: from-a-file\nmodel: []\n")
    (folder / "test_it.py").write_text("""
import pytest

@pytest.mark.codex(scenario="hello.yaml")
def test_it(codex_backend):
    assert codex_backend.script.scenario.name == "from-a-file"
""")

    run().assert_outcomes(passed=1)


def test_what_no_backend_can_be_is_told_without_a_traceback(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.codex(scenario="usage-limit-reach")
        def test_scenario(codex_backend): ...

        @pytest.mark.codex(clock="yesterday")
        def test_clock(codex_backend): ...

        @pytest.mark.codex(account="nobody-knows")
        def test_account(codex_backend): ...
    """)

    result = run()

    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(
        [
            "*::test_scenario: *: expected *, found 'usage-limit-reach'. Write usage-limit-reached.",
            "*::test_clock: reading a time: expected RFC 3339 *, found 'yesterday'. *",
            "*::test_account: looking up an account: expected one of plus, *, found 'nobody-knows'. *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*_backend.py:*")
