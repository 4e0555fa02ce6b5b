"""`run` gives any command a mock of its own and tells what it called."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from codex_conformance.cli._command import fit_for_folder

ASK = (
    "import os, ssl, urllib.request as u\n"
    "trust = ssl.create_default_context(cafile=os.environ['SSL_CERT_FILE'])\n"
    "for url in ('https://auth.openai.com/.well-known/jwks.json', 'https://chatgpt.com/nothing/sk-{secret}'):\n"
    "    try: print(u.urlopen(url, context=trust).status)\n"
    "    except OSError as error: print(error)\n"
).replace("{secret}", "abcdefghijklmnopqrstuvwxyz")


def test_the_command_reaches_the_mock_and_the_journal_is_told(testkit) -> None:
    finished = testkit("run", "--", sys.executable, "-c", ASK)

    assert finished.returncode == 0
    assert finished.stdout == "200\nHTTP Error 404: Not Found\n"
    lines = finished.stderr.splitlines()
    assert lines[0].split() == ["#", "operation", "status"]
    assert lines[1].split() == ["1", "jwks", "200"]
    assert lines[2].split() == ["2", "GET", "/nothing/sk-…", "404"]
    assert lines[3].strip().startswith("no operation")
    assert max(map(len, lines)) <= 80


def test_the_journal_is_told_as_json(testkit) -> None:
    finished = testkit("run", "--json", "--", sys.executable, "-c", ASK)

    told = json.loads(finished.stderr)
    assert told["exit_code"] == 0
    assert told["refused_hosts"] == []
    assert told["exchanges"][0] == {
        "number": 1,
        "operation": "jwks",
        "method": "GET",
        "path": "/.well-known/jwks.json",
        "status": 200,
        "near_miss": None,
        "faults": [],
    }
    assert "abcdefghijklmnopqrstuvwxyz" not in finished.stderr


def test_a_host_that_the_proxy_refused_is_told(testkit) -> None:
    finished = testkit(
        "run", "--", sys.executable, "-c", "import urllib.request as u; u.urlopen('https://example.com')"
    )

    assert finished.returncode == 1
    assert "The proxy refused these hosts:\n      example.com:443" in finished.stderr


@pytest.mark.parametrize(("script", "code"), [("exit 7", 7), ("kill -TERM $$", 143)], ids=["code", "signal"])
def test_the_exit_code_is_that_of_the_command(testkit, script, code) -> None:
    assert testkit("run", "--", "sh", "-c", script).returncode == code


def test_the_double_dash_may_be_left_out(testkit) -> None:
    assert testkit("run", "sh", "-c", "exit 3").returncode == 3


def test_the_command_gets_a_home_that_is_logged_in_and_goes_away(testkit) -> None:
    finished = testkit("run", "--as", "team", "--", "sh", "-c", "echo $CODEX_HOME; cat $CODEX_HOME/auth.json")

    home, _, credentials = finished.stdout.partition("\n")
    assert json.loads(credentials)["tokens"]["access_token"]
    assert not Path(home).exists()


def test_the_command_can_be_logged_out(testkit) -> None:
    finished = testkit("run", "--logged-out", "--", "sh", "-c", "cat $CODEX_HOME/*")

    assert "check_for_update_on_startup" in finished.stdout
    assert "tokens" not in finished.stdout


def test_real_credentials_and_foreign_settings_stay_outside(testkit) -> None:
    foreign = {
        "OPENAI_API_KEY": "sk-real",
        "CODEX_API_KEY": "sk-real",
        "ALL_PROXY": "http://example.com",
        "KEPT": "yes",
    }

    finished = testkit("run", "--", "env", **foreign)

    assert "sk-real" not in finished.stdout
    assert "example.com" not in finished.stdout
    assert "KEPT=yes" in finished.stdout


@pytest.mark.parametrize("name", ["no-such-program", "/etc/passwd"])
def test_a_command_that_cannot_run_is_a_problem(testkit, name) -> None:
    finished = testkit("run", "--", name)

    assert finished.returncode == 2
    assert finished.stderr.startswith("codex-testkit: a problem while running a command")


def test_an_account_that_is_not_there_is_a_problem(testkit) -> None:
    finished = testkit("run", "--as", "bob", "--", "true")

    assert finished.returncode == 2
    assert "found:    'bob'" in finished.stderr


@pytest.mark.parametrize("options", [(), ("--codex-version", "0.1.0")], ids=["default", "version"])
def test_no_install_refuses_where_codex_is_missing(testkit, options) -> None:
    finished = testkit("run", "--no-install", *options, "--", "codex", "login")

    assert finished.returncode == 2
    assert "--no-install" in finished.stderr


def test_codex_without_npm_is_a_problem(testkit) -> None:
    finished = testkit("run", "--", "codex", "login")

    assert finished.returncode == 2
    assert "found:    no npm on the PATH" in finished.stderr


#: How a person or a supervisor ends the command: Ctrl-C reaches the whole group, SIGTERM only the first process.
ENDINGS = {"Ctrl-C": (os.killpg, signal.SIGINT), "SIGTERM": (os.kill, signal.SIGTERM)}


#: Exits with 9 on either signal, and by itself when its standard input is closed.
PATIENT = (
    "import signal, sys\n"
    "for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, lambda *_: sys.exit(9))\n"
    "print('ready', flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.mark.parametrize(("send", "number"), ENDINGS.values(), ids=ENDINGS)
def test_the_command_decides_what_a_signal_means(start, send, number) -> None:
    process = start("run", "--", sys.executable, "-c", PATIENT)
    assert process.stdout.readline() == "ready\n"

    send(process.pid, number)
    # Not communicate(): it closes the standard input, which ends the command by itself.
    process.wait(timeout=10)
    errors = process.stderr.read()

    assert process.returncode == 9
    assert "Traceback" not in errors


@pytest.mark.real_codex
def test_the_published_codex_takes_a_turn_in_an_empty_folder(testkit, codex_folder, tmp_path, monkeypatch) -> None:
    """codex itself refuses to work outside a repository, so the option for that is added, and said."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)

    finished = testkit(
        "run", "--codex-version", "0.169.0", "--", "codex", "exec", "hello",
        CODEX_TESTKIT_CODEX_DIR=str(codex_folder), PATH=os.environ["PATH"],
    )  # fmt: skip

    assert finished.returncode == 0
    assert "hello" in finished.stdout
    assert "connectResponses" in finished.stderr
    assert "--skip-git-repo-check" in finished.stderr
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "is_repository", "added"),
    [
        (["codex", "exec", "hi"], False, True),
        (["codex", "exec", "hi"], True, False),
        (["codex", "exec", "--skip-git-repo-check", "hi"], False, False),
        (["codex", "cloud", "list"], False, False),
        (["make", "exec"], False, False),
    ],
    ids=["exec outside a repository", "inside", "asked for already", "another command", "another program"],
)
def test_only_exec_outside_a_repository_gets_the_option(command, is_repository, added, tmp_path, capsys) -> None:
    if is_repository:
        (tmp_path / ".git").mkdir()

    fitted = fit_for_folder(command, tmp_path)

    assert (fitted != command) == added
    assert ("--skip-git-repo-check" in capsys.readouterr().err) == added
