"""How a run ends, and what it says of each case."""

import json


def outcomes(report):
    return {verdict["case"]: verdict["outcome"] for verdict in report["verdicts"]}


def test_what_is_met_is_passed_and_what_is_not_there_is_skipped(serve, check) -> None:
    serve()

    code, report = check()

    assert outcomes(report) == {
        "test_issuer[]": "passed",
        "test_issuer[/]": "passed",
        "test_device": "skipped",
        "all messages": "passed",
    }
    (skipped,) = [verdict for verdict in report["verdicts"] if verdict["outcome"] == "skipped"]
    assert skipped["reason"] == "not declared: oauth.device"
    # Other MUSTs of this surface were not asked.
    assert code == 5


def test_a_failure_of_a_should_fails_only_a_run_that_wants_it(serve, check) -> None:
    serve(issuer="http://wrong")

    code, report = check("--codex-select=oauth.discovery.issuer")
    strict, _ = check("--codex-select=oauth.discovery.issuer", "--codex-fail-level=should")

    assert outcomes(report) == {"test_issuer[]": "failed", "test_issuer[/]": "failed"}
    assert (code, strict) == (0, 1)


def test_a_failure_says_its_parts_its_evidence_and_how_to_repeat_it(serve, check) -> None:
    serve(issuer="http://wrong")

    _, report = check("--codex-select=oauth.discovery.issuer")

    verdict = report["verdicts"][0]
    assert verdict["blame"] == "implementation"
    assert verdict["finding"] == {
        "doing": "GET /.well-known/openid-configuration",
        "expected": "http://right",
        "found": "http://wrong",
        "advice": "",
    }
    assert [step["sender"] for step in verdict["steps"]] == ["suite", "target"]
    assert verdict["repeat"] == (
        "codex-testkit check server --select oauth.discovery.issuer --case 'test_issuer[]' asgi:server:app"
    )


def test_a_message_against_the_contract_fails_the_requirement_that_says_so(serve, check) -> None:
    serve(scopes_supported="openid")

    code, report = check()

    assert outcomes(report) == {
        "test_issuer[]": "passed",
        "test_issuer[/]": "passed",
        "discovery 200 /scopes_supported": "failed",
        "test_device": "skipped",
    }
    (failed,) = [verdict for verdict in report["verdicts"] if verdict["outcome"] == "failed"]
    assert failed["requirement"] == "oauth.contract.messages"
    assert failed["repeat"].split()[3:5] == ["--select", "oauth.discovery.issuer"]
    assert code == 1


def test_a_fault_of_the_suite_is_no_fault_of_the_server(serve, check, pytester) -> None:
    serve()
    pytester.makepyfile(
        test_broken="""
        import pytest

        @pytest.mark.codex("oauth.discovery.issuer")
        def test_broken(http):
            http.call("discovery").no_such_thing
        """
    )

    code, report = check("test_broken.py")

    assert code == 3
    assert report["verdicts"][0]["outcome"] == "error"
    assert report["verdicts"][0]["blame"] == "suite"


def test_a_server_that_is_gone_is_no_fault_of_the_suite(serve, check, pytester) -> None:
    serve()
    pytester.makepyfile(
        test_gone="""
        import httpx
        import pytest

        @pytest.fixture
        def fresh_world():
            # Nobody listens on this port.
            httpx.get("http://127.0.0.1:9/_testkit/worlds", trust_env=False)

        @pytest.mark.codex("oauth.discovery.issuer")
        def test_gone(fresh_world):
            pass
        """
    )

    _, report = check("test_gone.py")

    (verdict,) = [each for each in report["verdicts"] if each["case"] == "test_gone"]
    assert (verdict["outcome"], verdict["blame"]) == ("failed", "implementation")
    assert verdict["finding"]["expected"] == "a server that answers"
    assert verdict["finding"]["found"].startswith("ConnectError")


def test_no_check_is_an_error(serve, check) -> None:
    serve()

    code, report = check("--codex-select=oauth.discovery.issuer", "--codex-case=test_nothing")

    assert report["verdicts"] == []
    assert code == 5


def test_disabled_and_declared_are_told_apart(serve, check) -> None:
    serve()

    _, disabled = check("--codex-disable=oauth.device")
    code, declared = check("--codex-declare=oauth.device", "--codex-select=oauth.contract.messages")

    assert [v["reason"] for v in disabled["verdicts"] if v["outcome"] == "skipped"] == ["disabled: oauth.device"]
    assert declared["capabilities"]["oauth.device"] == "declared"
    assert outcomes(declared)["test_device"] == "passed"
    assert code in (0, 1)


def test_a_run_in_two_processes_says_the_same(serve, check) -> None:
    serve(issuer="http://wrong", scopes_supported="openid")

    code, alone = check()
    again, together = check("-n", "2")

    assert outcomes(alone) == outcomes(together)
    assert code == again == 1


def test_the_command_line_of_pytest_shows_a_summary(serve, pytester, monkeypatch) -> None:
    serve()
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))

    result = pytester.runpytest_subprocess("--codex-target=asgi:server:app", "--codex-select=oauth.discovery.issuer")

    result.stdout.fnmatch_lines(["*codex conformance*", "*asgi:server:app*"])
    assert result.ret == 0


def test_tests_of_the_project_run_beside_the_suite(serve, check, pytester) -> None:
    serve()
    pytester.makepyfile(test_own="def test_own():\n    assert True")

    code, report = check("test_own.py", "test_cases.py", "--codex-select=oauth.discovery.issuer")

    assert len(report["verdicts"]) == 2
    assert code == 0


def test_a_problem_with_the_target_is_a_usage_error(serve, check) -> None:
    serve()

    code, said = check("--codex-target=asgi:server:nothing")

    assert code == 4
    assert "asgi:MODULE:ATTRIBUTE" in json.dumps(said)
