"""Every fixture in ``async def`` tests, under each plugin that runs them, and in both modes of each."""

from __future__ import annotations

import pytest

#: Tests that use all fixtures, and wait for a client in their own loop.
_TESTS = """
    import asyncio
    import urllib.request

    import pytest

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    def call(backend):
        return urllib.request.urlopen(f"{backend.url}/.well-known/jwks.json").status

    def test_sync(codex_backend, codex_journal):
        assert call(codex_backend) == 200
        assert len(codex_backend.wait(1, "jwks")) == 1

    @MARK
    async def test_async(codex_backend, codex_journal, codex_world, codex_scenario):
        codex_scenario("stream-cut")
        waiting = asyncio.ensure_future(codex_journal.wait(1, "jwks"))
        assert await asyncio.to_thread(call, codex_backend) == 200
        assert len(await waiting) == 1
        codex_backend.reset()
        assert len(codex_journal) == 0

    @MARK
    async def test_app_server(codex_app_server):
        assert codex_app_server.ask("account/read", {})["account"]["planType"] == "plus"

    @MARK
    async def test_environment(codex_home, codex_environment):
        assert codex_environment["CODEX_HOME"] == str(codex_home)

    @MARK
    @pytest.mark.codex(recording="0.169.0/turn-sse")
    async def test_recording(codex_recording):
        url = f"{codex_recording.url}/backend-api/codex/models?client_version=0.169.0"
        answer = await asyncio.to_thread(urllib.request.urlopen, url)
        assert answer.status == 200
        answer.close()

    @MARK
    async def test_respx(codex_respx):
        import httpx

        async with httpx.AsyncClient() as client:
            assert (await client.get("https://auth.openai.com/.well-known/jwks.json")).status_code == 200

    @MARK
    async def test_fixtures_of_the_project(client):
        assert await client() == 200
"""
_CLIENT = """
    @FIXTURE
    async def client(codex_backend):
        yield lambda: asyncio.to_thread(call, codex_backend)
        assert len(await codex_backend.journal.wait(1, "jwks")) == 1
"""

_ASYNCIO = ("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function")
#: Each plugin and mode: what is above a test, what above a fixture, and the options.
MODES = {
    "asyncio-strict": (
        "pytest.mark.asyncio",
        "__import__('pytest_asyncio').fixture",
        (*_ASYNCIO, "--asyncio-mode=strict"),
    ),
    "asyncio-auto": ("(lambda test: test)", "pytest.fixture", (*_ASYNCIO, "--asyncio-mode=auto")),
    "anyio-strict": ("pytest.mark.anyio", "pytest.fixture", ("-p", "anyio", "--anyio-mode=strict")),
    "anyio-auto": ("(lambda test: test)", "pytest.fixture", ("-p", "anyio", "--anyio-mode=auto")),
}


@pytest.mark.parametrize("mode", MODES)
def test_all_fixtures(write, run, mode: str) -> None:
    mark, fixture, arguments = MODES[mode]
    write(_TESTS.replace("MARK", mark), _CLIENT.replace("FIXTURE", fixture))

    run(*arguments).assert_outcomes(passed=7)


@pytest.mark.parametrize("plugin", ["asyncio", "anyio"])
def test_a_failure_shows_the_journal_and_strictness_holds(write, run, plugin: str) -> None:
    mark, _, arguments = MODES[f"{plugin}-strict"]
    write(
        f"""
        import asyncio
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @{mark}
        async def test_failing(codex_backend):
            await asyncio.sleep(0)
            assert False

        @{mark}
        @pytest.mark.codex(scenario={{"model": [{{"say": [{{"message": "Never said."}}]}}]}})
        async def test_leaving(codex_backend):
            await asyncio.sleep(0)
    """
    )

    result = run(*arguments, "--codex-strict")

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["*codex journal*", "the backend was not called", "*not used of the scenario: model[[]0]*"]
    )


def test_on_trio_the_fixtures_work_and_waiting_is_done_in_a_thread(write, run) -> None:
    pytest.importorskip("trio")
    write(
        """
        import urllib.request

        import anyio
        import pytest

        pytestmark = pytest.mark.anyio

        @pytest.fixture
        def anyio_backend():
            return "trio"

        def call(backend):
            return urllib.request.urlopen(f"{backend.url}/.well-known/jwks.json").status

        async def test_backend(codex_backend):
            async with anyio.create_task_group() as group:
                group.start_soon(anyio.to_thread.run_sync, call, codex_backend)
                found = await anyio.to_thread.run_sync(codex_backend.wait, 1, "jwks")
            assert [exchange.status for exchange in found] == [200]

        async def test_app_server(codex_app_server):
            assert codex_app_server.ask("account/read", {})["account"]["planType"] == "plus"

        async def test_respx(codex_respx, codex_backend):
            import httpx

            async with httpx.AsyncClient() as client:
                assert (await client.get("https://auth.openai.com/.well-known/jwks.json")).status_code == 200
            assert len(codex_backend.wait(1, "jwks")) == 1
    """
    )

    run("-p", "anyio").assert_outcomes(passed=3)
