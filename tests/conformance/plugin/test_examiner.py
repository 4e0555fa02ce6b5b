"""``codex_examiner``: a client of the project is held against the requirements in a test of the project."""

from __future__ import annotations

import pytest

#: Two clients that take a turn: one waits for the end of a stream, and one takes any end for it.
CLIENTS = """
    import json
    import urllib.error
    import urllib.request

    import pytest

    class Broken(Exception):
        pass

    def post(request):
        try:
            return urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            with error:
                raise Broken(error.reason) from None

    def events(known):
        body = json.dumps({"model": "gpt-5.5", "input": known.prompt, "stream": True}).encode()
        headers = {"authorization": f"Bearer {known.api_key}", "content-type": "application/json"}
        request = urllib.request.Request(f"{known.base_url}/responses", body, headers)
        with post(request) as answer:
            for line in answer:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])

    def careless(known):
        return "".join(event["delta"] for event in events(known) if event["type"] == "response.output_text.delta")

    def careful(known):
        texts = []
        for event in events(known):
            if event["type"] == "response.output_text.delta":
                texts.append(event["delta"])
            if event["type"] == "response.completed":
                return "".join(texts)
        raise Broken("the stream has no end")

    END = "responses.client.stream.missing-terminal-event"
"""


@pytest.fixture
def project(write):
    """Writes tests of a project beside its clients."""
    return lambda tests: write(CLIENTS, tests)


def test_a_function_meets_what_is_chosen(project, run) -> None:
    project("""
        def test_it(codex_examiner):
            run = codex_examiner(careful, select=f"{END}*")

            assert {(each.requirement, each.outcome) for each in run.verdicts} == {
                (END, "passed"), (f"{END}-retried", "failed")
            }
            assert (run.role, run.target, run.surfaces) == ("client", "careful", ["responses"])
    """)

    run().assert_outcomes(passed=1)


def test_what_is_not_met_fails_the_test_with_the_exchange(project, run) -> None:
    project("""
        def test_it(codex_examiner):
            codex_examiner(careless, select=f"{END}*")
    """)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "MUST responses.client.stream.missing-terminal-event: A stream that ends in good order without *",
            "*expected  an exit code other than 0",
            "*found     exit code 0*",
            "careless is not conformant *: 1 MUST not met. *",
            "*- codex responses.client.stream.missing-terminal-event: test_* -*",
            "client: POST /v1/responses",
            "   {?model?*",
            "backend: 200",
        ]
    )
    result.stdout.no_fnmatch_line("*_examination.py*")
    result.stdout.no_fnmatch_line("*retried*")


def test_a_secret_of_the_exchange_is_not_shown(project, run) -> None:
    project("""
        keys = []

        def telling(known):
            keys.append(known.api_key)
            return known.api_key + careless(known)

        def test_it(codex_examiner):
            codex_examiner(telling, select="responses.client.secrets.not-printed")

        def test_the_key():
            print("the key is", keys[-1][-12:])
            assert False
    """)

    output = run().stdout.str()

    key = output.rpartition("the key is ")[2].split()[0]
    assert "MUST responses.client.secrets.not-printed:" in output
    assert output.count(key) == 1


def test_the_level_that_fails_is_chosen(project, run) -> None:
    project("""
        def test_should(codex_examiner):
            codex_examiner(careful, select=f"{END}*", fail_level="SHOULD")

        def test_only_must(codex_examiner):
            run = codex_examiner(careful, select=f"{END}*", level="must", fail_level="SHOULD")
            assert {each.requirement for each in run.verdicts} == {END}
    """)

    result = run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["SHOULD responses.client.stream.missing-terminal-event-retried: *"])


def test_a_baseline_lies_beside_the_test(project, run, pytester) -> None:
    folder = pytester.mkdir("deep")
    (folder / "known.toml").write_text(
        '[[known]]\nrequirement = "responses.client.stream.cut"\ncase = "test_cut"\nreason = "Planned."\n'
        '[[known]]\nrequirement = "responses.client.turn.text-intact"\ncase = "test_text_intact"\nreason = "Old."\n'
    )
    project("""
        def test_known(codex_examiner):
            run = codex_examiner(careless, select="responses.client.stream.cut", level="MUST", baseline="known.toml")
            assert [each.outcome for each in run.verdicts] == ["known"]

        def test_stale(codex_examiner):
            codex_examiner(careful, select="responses.client.turn.text-intact", baseline="known.toml")
    """)
    (module,) = pytester.path.glob("test_*.py")
    module.rename(folder / "test_it.py")

    result = run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["MUST responses.client.turn.text-intact: *", "*reason * Old.", "*1 entry * stale*"])


def test_a_mapping_has_an_action_for_each_task(project, run) -> None:
    project("""
        import sys

        def usage(known):
            headers = {"authorization": f"Bearer {known.access_token}", "chatgpt-account-id": known.account_id}
            request = urllib.request.Request(f"{known.chatgpt_url}/wham/usage", headers=headers)
            return urllib.request.urlopen(request).read().decode()

        PROGRAM = "import sys; print(sys.argv[1])"

        def test_it(codex_examiner):
            tasks = {"usage": usage, "turn": [sys.executable, "-c", PROGRAM, "{prompt}"]}
            run = codex_examiner(tasks, select=["wham.client.usage.read", "wham.client.usage.shows-percent"])
            assert {each.outcome for each in run.verdicts} == {"passed"}
            assert run.capabilities["usage"] == "declared"

        def test_a_command_alone_takes_turns(codex_examiner):
            codex_examiner([sys.executable, "-c", PROGRAM, "{prompt}"], select="responses.client.turn.answer-shown")
    """)

    result = run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["the client is not conformant *"])


def test_a_text_names_a_client(project, run, pytester) -> None:
    pytester.path.joinpath("codex-targets.toml").write_text('[clients.mine]\ntasks = { turn = ["echo", "{prompt}"] }\n')
    project("""
        def test_it(codex_examiner):
            codex_examiner("mine", select="responses.client.turn.answer-shown")
    """)

    run().stdout.fnmatch_lines(["mine is not conformant *"])


def test_what_can_not_be_asked_is_no_success(project, run) -> None:
    project("""
        def test_it(codex_examiner):
            codex_examiner(careful, select="oauth.client.login")
    """)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*nothing was checked*"])


def test_wrong_wishes_are_told_without_a_traceback(project, run) -> None:
    project("""
        def test_select(codex_examiner):
            codex_examiner(careful, select="responses.client.straem")

        def test_level(codex_examiner):
            codex_examiner(careful, level="HIGH")

        def test_client(codex_examiner):
            codex_examiner({"trun": careful})

        def test_capability(codex_examiner):
            codex_examiner(careful, declare=["websockets"])

        def test_baseline(codex_examiner):
            codex_examiner(careful, baseline="nowhere.toml")
    """)

    result = run()

    result.assert_outcomes(failed=5)
    result.stdout.fnmatch_lines(
        [
            "*::test_select: *",
            "*::test_level: choosing a level: expected *, found 'HIGH'. *",
            "*::test_client: reading the client the client: expected *, found {'trun': *",
            "*::test_capability: reading the capabilities of a client: expected *, found websockets. *",
            "*::test_baseline: reading the baseline *nowhere.toml: expected *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_client_that_hangs_is_left_behind(project, run) -> None:
    project("""
        import threading

        def test_it(codex_examiner):
            codex_examiner(lambda known: threading.Event().wait(60), select="responses.client.turn", deadline=0.2)
    """)

    run().stdout.fnmatch_lines(["*found *did not end*"])


def test_the_marker_names_the_release(project, run) -> None:
    project("""
        @pytest.mark.codex(release="0.150.0")
        def test_it(codex_examiner):
            assert codex_examiner(careful, select=END).release == "0.150.0"
    """)

    run().assert_outcomes(passed=1)


MODES = {
    "asyncio-strict": ("@pytest.mark.asyncio", ("-p", "pytest_asyncio.plugin", "--asyncio-mode=strict")),
    "asyncio-auto": ("", ("-p", "pytest_asyncio.plugin", "--asyncio-mode=auto")),
    "anyio": ("@pytest.mark.anyio", ("-p", "anyio")),
}


@pytest.mark.parametrize("mode", MODES)
def test_in_asynchronous_tests_and_with_asynchronous_clients(project, run, mode: str) -> None:
    mark, arguments = MODES[mode]
    scope = ("-o", "asyncio_default_fixture_loop_scope=function") if "asyncio-" in mode else ()
    project(f"""
        import asyncio

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        async def asynchronous(known):
            return await asyncio.to_thread(careful, known)

        {mark}
        async def test_it(codex_examiner):
            run = codex_examiner(asynchronous, select=END, level="MUST")
            assert [each.outcome for each in run.verdicts] == ["passed"]

        {mark}
        async def test_that_goes_on_meanwhile(codex_examiner):
            run = await asyncio.to_thread(codex_examiner, careful, select=END, level="MUST")
            assert [each.outcome for each in run.verdicts] == ["passed"]
    """)

    run(*arguments, *scope).assert_outcomes(passed=2)


def test_under_xdist_and_with_the_options_of_the_project(project, run, monkeypatch) -> None:
    """What the user wants of pytest is no business of the run inside."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k test_it")
    project("""
        import os

        @pytest.mark.parametrize("turn", range(4))
        def test_it(codex_examiner, turn):
            run = codex_examiner(careful, select=f"{END}*")
            assert len(run.verdicts) == 2
            assert "test_it" in os.environ["PYTEST_CURRENT_TEST"]
    """)

    run("-p", "xdist", "-n", "2").assert_outcomes(passed=4)


def test_the_output_of_the_test_stays_its_own(project, run) -> None:
    project("""
        def test_it(codex_examiner):
            print("before")
            codex_examiner(careful, select=f"{END}*")
            print("behind")
            assert False
    """)

    result = run()

    result.stdout.fnmatch_lines(["*Captured stdout call*", "before", "behind"])
