"""The command ``app-server``: as a process it starts, listens and ends as the real one does."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable

import pytest

from codex_conformance.cli import main

INITIALIZE = '{"method":"initialize","id":1,"params":{"clientInfo":{"name":"probe","version":"1"}}}\n'
#: Arguments, the exit code, and how the only line on standard error begins.
REFUSALS = {
    "no transport": (
        ["--listen", "foo"],
        2,
        "error: invalid value 'foo' for '--listen <URL>': unsupported --listen URL `foo`; expected ",
    ),
    "no address": (
        ["--listen", "ws://localhost:0"],
        2,
        "error: invalid value 'ws://localhost:0' for '--listen <URL>': invalid websocket --listen URL ",
    ),
    "no mode": (
        ["--ws-auth", "bogus"],
        2,
        "error: invalid value 'bogus' for '--ws-auth <MODE>'\n  [possible values: capability-token, signed-bearer-",
    ),
    "no seconds": (
        ["--ws-max-clock-skew-seconds=-1"],
        2,
        "error: invalid value '-1' for '--ws-max-clock-skew-seconds <SECONDS>': invalid digit found in string\n",
    ),
    "off": (["--listen", "off"], 1, "Error: no transport configured; use --listen or enable remote control\n"),
    "everybody without auth": (
        ["--listen", "ws://0.0.0.0:0"],
        1,
        "Error: refusing to start non-loopback websocket listener 0.0.0.0:0 without auth; configure ",
    ),
    "auth that is half said": (
        ["--listen", "stdio://", "--ws-auth", "capability-token"],
        1,
        "Error: `--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth capability-token` is set\n",
    ),
    "a folder that is missing": (
        ["--listen", "unix:///missing/folder/socket"],
        1,
        "Error: No such file or directory (os error 2)\n",
    ),
}


@pytest.fixture
def say(start) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Start the command, say something to it, and wait for its end."""

    def run(arguments: list[str], text: str) -> subprocess.CompletedProcess[str]:
        process = start("app-server", *arguments)
        stdout, stderr = process.communicate(text, timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    return run


@pytest.mark.parametrize(("arguments", "exit_code", "text"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_start_says_so_in_the_words_of_the_real_one(capsys, arguments, exit_code, text) -> None:
    assert main(["app-server", *arguments]) == exit_code
    assert capsys.readouterr().err.startswith(text)


def test_an_unknown_scenario_is_a_problem(capsys) -> None:
    assert main(["app-server", "--scenario", "no-such-scenario"]) == 2
    assert capsys.readouterr().err.startswith("codex-testkit: a problem while ")


def test_what_a_mock_cannot_use_is_accepted_and_told(testkit) -> None:
    finished = testkit("app-server", "--code-mode-host", "http://127.0.0.1:1", "--strict-config", "--stdio")

    assert finished.returncode == 0
    assert finished.stderr.splitlines() == [
        "codex-testkit: --code-mode-host changes nothing in a mock",
        "codex-testkit: --strict-config changes nothing in a mock",
    ]


def test_settings_of_the_command_line_win(say) -> None:
    read = '{"method":"config/read","id":2,"params":{}}\n'

    finished = say(["-c", 'model="gpt-5.5"'], INITIALIZE + read)

    (answer,) = [message for message in map(json.loads, finished.stdout.splitlines()) if message.get("id") == 2]
    assert answer["result"]["config"]["model"] == "gpt-5.5"


@pytest.mark.parametrize("release", ["0.141.0", "0.169.0"])
def test_a_release_answers_until_its_input_ends(environment, say, release) -> None:
    finished = say(["--codex-version", release], INITIALIZE)

    answer = json.loads(finished.stdout.splitlines()[0])
    assert finished.returncode == 0
    assert answer["result"]["userAgent"].startswith(f"probe/{release} ")
    assert answer["result"]["codexHome"] == f"{environment['HOME']}/.codex"


def test_it_writes_nothing_into_the_home(say, tmp_path) -> None:
    say([], INITIALIZE)

    assert not (tmp_path / "home").exists()


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize(
    ("release", "number", "exit_code"),
    [
        ("0.169.0", signal.SIGTERM, 0),
        ("0.141.0", signal.SIGTERM, -signal.SIGTERM),
        ("0.169.0", signal.SIGINT, -signal.SIGINT),
    ],
    ids=["0.169.0 SIGTERM", "0.141.0 SIGTERM", "SIGINT"],
)
def test_a_signal_ends_it_as_it_ends_the_release(start, release, number, exit_code) -> None:
    process = start("app-server", "--codex-version", release)
    process.stdin.write(INITIALIZE)
    process.stdin.flush()
    process.stdout.readline()

    process.send_signal(number)

    assert process.wait(20) == exit_code


def test_a_listener_says_where_it_is_and_ends_on_a_signal(start) -> None:
    process = start("app-server", "--listen", "ws://127.0.0.1:0")

    assert process.stderr.readline() == "codex app-server (WebSockets)\n"
    process.send_signal(signal.SIGINT)

    assert process.wait(20) == 0


def test_threads_survive_in_a_state_file(start, say, tmp_path) -> None:
    arguments = ["--state", str(tmp_path / "state.db")]
    process = start("app-server", *arguments)
    thread = _ask(process, "thread/start")["thread"]["id"]
    _ask(process, "turn/start", threadId=thread, input=[{"type": "text", "text": "tide?"}])
    while json.loads(process.stdout.readline()).get("method") != "turn/completed":
        pass
    process.communicate(timeout=20)

    again = start("app-server", *arguments)

    assert len(_ask(again, "thread/read", threadId=thread, includeTurns=True)["thread"]["turns"]) == 1


def _ask(process, method: str, **params) -> dict:
    """Shake hands once more, ask, and return the result."""
    process.stdin.write(INITIALIZE + json.dumps({"method": method, "id": method, "params": params}) + "\n")
    process.stdin.flush()
    while (answer := json.loads(process.stdout.readline())).get("id") != method:
        pass
    return answer["result"]


def test_coverage_names_every_method_of_the_release(capsys) -> None:
    assert main(["app-server", "--codex-version", "0.141.0", "--coverage", "--json"]) == 0

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    methods = {method["method"]: method for method in told}
    assert methods["thread/start"] == {
        "release": "0.141.0",
        "method": "thread/start",
        "experimental": False,
        "answered": True,
    }
    assert methods["thread/turns/list"]["experimental"]
    assert "thread/revert" not in methods


def test_coverage_is_a_table_for_a_person(capsys) -> None:
    assert main(["app-server", "--codex-version", "0.141.0", "--coverage"]) == 0

    first, *lines = capsys.readouterr().out.splitlines()
    assert first.startswith("codex 0.141.0: the mock answers ")
    assert "  answered  stable        thread/start" in lines
