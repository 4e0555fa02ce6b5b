"""``codex_journal``: what clients did, for tests of every kind."""

from __future__ import annotations

import asyncio
import threading
import urllib.request

_CLIENT = """
    import asyncio
    import urllib.request

    def call(url):
        urllib.request.urlopen(f"{url}/.well-known/jwks.json").close()
"""


def test_it_is_the_journal_of_the_backend(pytester, write, run) -> None:
    write(
        _CLIENT,
        """
        def test_it(codex_journal, codex_backend):
            call(codex_backend.url)
            assert codex_journal.single_request("jwks").status == 200
            assert codex_journal is codex_backend.journal
    """,
    )

    run().assert_outcomes(passed=1)


def test_it_is_awaited_in_any_loop(write, run_async, mark) -> None:
    write(
        _CLIENT,
        f"""
        import pytest

        pytestmark = pytest.mark.{mark}

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        async def test_a_client_that_comes_later(codex_journal, codex_backend):
            waiting = asyncio.ensure_future(codex_journal.wait(3, "jwks"))
            await asyncio.sleep(0)
            for _ in range(3):
                await asyncio.to_thread(call, codex_backend.url)
            assert len(await waiting) == 3

        async def test_a_client_that_came_before(codex_journal, codex_backend):
            await asyncio.to_thread(call, codex_backend.url)
            assert len(await codex_journal.wait(1, "jwks")) == 1

        async def test_a_client_that_never_comes(codex_journal):
            with pytest.raises(Exception, match="reading the journal: expected 2 answered requests of jwks"):
                await codex_journal.wait(2, "jwks", within=0.01)
    """,
    )

    run_async().assert_outcomes(passed=3)


def test_loops_come_and_go_while_calls_go_on(codex_backend, codex_journal) -> None:
    """A call is answered even if whoever waited for it has gone, and its loop with it."""
    statuses = []

    def call_often() -> None:
        for _ in range(50):
            with urllib.request.urlopen(f"{codex_backend.url}/.well-known/jwks.json") as answer:
                statuses.append(answer.status)

    calls = threading.Thread(target=call_often)
    calls.start()
    for count in range(1, 51):
        asyncio.run(codex_journal.wait(count, "jwks"))
    calls.join()

    assert statuses == [200] * 50
