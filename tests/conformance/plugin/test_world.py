"""``codex_world``: what the backend of the test remembers."""

from __future__ import annotations


def test_it_is_the_world_of_the_backend(pytester, run) -> None:
    pytester.makepyfile("""
        import json
        import urllib.request

        def test_it(codex_world, codex_backend):
            account = codex_world.account("plus")
            request = urllib.request.Request(
                f"{codex_backend.url}/v1/models", headers={"authorization": f"Bearer {account.api_key}"}
            )

            assert codex_world is codex_backend.world
            assert json.load(urllib.request.urlopen(request))["object"] == "list"
    """)

    run().assert_outcomes(passed=1)


def test_its_clock_can_be_advanced(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.codex(clock="2026-01-02T00:00:00Z")
        def test_it(codex_world):
            before = codex_world.now()
            codex_world.clock.advance(3600)
            assert codex_world.now() == before + 3600
    """)

    run().assert_outcomes(passed=1)
