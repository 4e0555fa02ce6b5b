"""The command line as a whole: help, problems, exit codes."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from codex_conformance.cli import COMMANDS, main
from codex_mockserver.serving import Listener


def test_the_help_names_every_command_and_exit_code(testkit) -> None:
    finished = testkit("--help")

    assert finished.returncode == 0
    assert [name for name in re.findall(r"\n    ([^ \n]+)", finished.stdout) if name in COMMANDS] == list(COMMANDS)
    assert "exit codes:" in finished.stdout
    assert max(map(len, finished.stdout.splitlines())) <= 80


def test_the_version_is_that_of_the_package(testkit) -> None:
    finished = testkit("--version")

    assert (finished.returncode, finished.stdout) == (0, f"codex-testkit {version('codex-testkit')}\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_has_examples(testkit, command) -> None:
    finished = testkit(command, "--help")

    assert finished.returncode == 0
    assert f"examples:\n  codex-testkit {command}" in finished.stdout


@pytest.mark.parametrize(
    "arguments",
    [(), ("dance",), ("serve", "--port", "70000"), ("run",), ("run", "--")],
    ids=" ".join,
)
def test_a_wrong_argument_is_2_and_shows_the_usage(capsys, arguments) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: codex-testkit")


def test_a_problem_is_2_and_four_lines(capsys) -> None:
    code = main(["serve", "--port", "0", "--host", "192.0.2.1"])

    lines = capsys.readouterr().err.splitlines()
    assert code == 2
    assert [line.split(":")[0].strip() for line in lines] == ["codex-testkit", "expected", "found", "to do"]


def test_output_that_nobody_reads_is_no_trouble(testkit) -> None:
    script = f'{sys.executable} -c \'from codex_conformance.cli import main; main(["run", "--help"])\' | true'

    finished = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=False, timeout=30)

    assert finished.stderr == b""


async def test_a_port_that_is_taken_is_a_problem(testkit) -> None:
    listener = Listener(None)
    await listener.start()

    finished = testkit("serve", "--port", str(listener.address[1]))

    await listener.stop()
    assert finished.returncode == 2
    assert "expected: a free port" in finished.stderr
