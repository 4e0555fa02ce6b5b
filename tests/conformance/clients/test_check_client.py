"""`codex-testkit check client` runs the suites against a command, and says how it ended."""

from __future__ import annotations

import json
import shlex
import sys

import pytest

from codex_conformance.cli import main
from codex_conformance.clients import Client

#: Sends the prompt, prints the answer, and takes any answer for a success.
CARELESS = """
import json, os, sys, urllib.error, urllib.request
body = json.dumps({"model": "gpt-5.5", "input": sys.argv[1]}).encode()
headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"}
url = os.environ["OPENAI_BASE_URL"] + "/responses"
try:
    answer = urllib.request.urlopen(urllib.request.Request(url, body, headers)).read()
    print(json.loads(answer)["output"][0]["content"][0]["text"])
except urllib.error.HTTPError as error:
    print(error)
"""
COMMAND = ("--", sys.executable, "-P", "-c", CARELESS, "{prompt}")
#: Say all that would be looked for, so that no trial is made for it.
KNOWN = [f"--disable={name}" for name in ("chatgpt", "websocket", "stream", "zstd", "tools", "models", "refresh")]
KNOWN += ["--declare=api-key"]


@pytest.fixture
def check(capsys):
    """A function that runs the command, and returns its exit code and what it printed."""

    def run(*words: str) -> tuple[int, str]:
        code = main(["check", "client", *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def test_a_requirement_that_is_met(check) -> None:
    code, printed = check("--select=responses.client.request.bearer", *KNOWN, *COMMAND)

    assert (code, "responses   MUST             1" in printed) == (0, True), printed


def test_a_requirement_that_is_not_met(check) -> None:
    code, printed = check("--select=responses.client.refusal.is-failure", *KNOWN, *COMMAND)

    assert code == 1
    assert "expected an exit code other than 0" in printed
    assert "blame    the implementation" in printed


def test_the_command_that_repeats_a_case(check, capsys) -> None:
    """It is said in words that the shell takes, and does the same."""
    check("--select=responses.client.refusal.is-failure", "--json", *KNOWN, *COMMAND)
    code = main(["check", "client", "--select=responses.client.refusal.is-failure", "--json", *KNOWN, *COMMAND])
    report = json.loads(capsys.readouterr().out)
    words = shlex.split(report["verdicts"][0]["repeat"])

    assert code == 1
    assert words[:5] == ["codex-testkit", "check", "client", "--select", "responses.client.refusal.is-failure"]
    assert words[-len(COMMAND) :] == list(COMMAND)


def test_what_a_client_does_not_do_is_not_asked(check) -> None:
    """Then nobody says that it is conformant."""
    code, printed = check("--select=wham.client.tasks.read", *KNOWN, "--task", "usage=false", *COMMAND)

    assert (code, "cloud-tasks" in printed, "not declared" in printed) == (5, True, True), printed


def test_a_further_task(check) -> None:
    code, printed = check("--select=wham.client.usage.failure", *KNOWN, "--task", "usage=false", *COMMAND)

    assert code == 0, printed


def test_a_client_that_hangs(check) -> None:
    code, printed = check("--select=responses.client.turn.answer-shown", *KNOWN, "--deadline=1", "--", "sleep", "60")

    assert (code, "killed after 1 s" in printed) == (1, True), printed


def test_a_client_of_the_project(check, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    tasks = json.dumps(COMMAND[1:])
    (tmp_path / "codex-targets.toml").write_text(f"[clients.careless]\ntasks.turn = {tasks}\ndeclare = ['api-key']\n")

    code, printed = check("--select=responses.client.request.no-account-with-key", "--client=careless", *KNOWN[:-1])

    assert (code, "client careless" in printed) == (0, True), printed


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--task", "fly", "--", "true"), "'fly'"),
        (("--task", "fly=true", "--", "true"), "'fly'"),
        (("--client", "codex:nine"), "a version such as"),
        (("--select", "nothing", *KNOWN, "--", "true"), "'nothing'"),
        (("--", "/nowhere/client"), "No such file"),
    ],
    ids=["no task", "unknown task", "no release", "no requirement", "no program"],
)
def test_a_problem_is_told(check, words: tuple[str, ...], found: str) -> None:
    code, printed = check(*words)

    assert (code, found in printed) == (2, True), printed


def test_a_client_that_is_missing(check, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        check("--select=responses.client")

    assert "a client is missing" in capsys.readouterr().err


def test_pytest_runs_the_same(pytester: pytest.Pytester) -> None:
    command = shlex.join(COMMAND[1:])
    options = [f"--codex-{word[2:]}" for word in KNOWN]

    result = pytester.runpytest_subprocess(
        "--pyargs",
        "codex_conformance.suites.client.responses",
        f"--codex-client={command}",
        "--codex-select=responses.client.request.names-model",
        *options,
        "-p",
        "no:randomly",
    )

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*1*"])


def test_a_fixture_of_users_may_be_the_client(reference) -> None:
    """The same engine serves a test of the user's own."""
    from codex_conformance.clients import Examiner, Trial  # noqa: PLC0415 (as a user writes it)

    client: Client = reference()
    outcome = Examiner(client).run(Trial.of("turn", "stream-cut"))

    assert outcome.succeeded
    assert outcome.misses() == []
