"""``codex_respx``: calls of ``httpx`` to the real hosts end in the backend."""

from __future__ import annotations


def test_calls_to_the_real_hosts_end_in_the_backend(pytester, run) -> None:
    pytester.makepyfile("""
        import socket

        import httpx
        import pytest

        @pytest.fixture(autouse=True)
        def no_socket(monkeypatch):
            monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a socket"))

        @pytest.mark.codex(scenario="usage-insufficient-quota")
        def test_it(codex_respx, codex_backend, codex_journal):
            key = codex_backend.world.account("plus").api_key
            answer = httpx.post(
                "https://api.openai.com/v1/responses",
                headers={"authorization": f"Bearer {key}"},
                json={"model": "gpt-5.5", "input": "hello"},
            )

            assert answer.status_code == 429
            assert codex_journal.single_request().operation == "createResponse"

        def test_no_other_host_passes(codex_respx):
            with pytest.raises(Exception, match="not mocked"):
                httpx.get("https://example.com/")
    """)

    run().assert_outcomes(passed=2)


def test_it_ends_with_its_test(pytester, run) -> None:
    pytester.makepyfile("""
        import httpx

        def test_it(codex_respx): ...

        def test_another(codex_backend):
            assert httpx.get(f"{codex_backend.url}/.well-known/jwks.json").status_code == 200
    """)

    run().assert_outcomes(passed=2)


def test_asynchronous_clients_are_served(pytester, run_async, mark) -> None:
    pytester.makepyfile(f"""
        import httpx
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.{mark}
        async def test_it(codex_respx, codex_journal):
            async with httpx.AsyncClient() as client:
                assert (await client.get("https://auth.openai.com/.well-known/jwks.json")).status_code == 200
            assert len(await codex_journal.wait(1, "jwks")) == 1
    """)

    run_async().assert_outcomes(passed=1)


def test_without_the_package_it_says_what_to_install(pytester, run) -> None:
    pytester.makeconftest("""
        import sys

        sys.modules["respx"] = None  # as if it were not installed
    """)
    pytester.makepyfile("def test_it(codex_respx): ...")

    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*preparing the fixture codex_respx: expected the package respx, found *. Install *"])
