"""Runs from our own code end in order, whatever happens."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codex_conformance._pytest import running
from codex_schemas import Problem

COMMAND = Path(sys.executable).with_name("codex-testkit")


def test_a_suite_that_cannot_be_read_is_a_problem_with_its_reason(monkeypatch, tmp_path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "server" / "test_broken.py").write_text("import no_such_module")
    monkeypatch.setattr(running, "SUITES", tmp_path)

    with pytest.raises(Problem, match="no_such_module"):
        running.run_suites("server", ["--codex-target=mock"])


def test_options_with_a_mistake_are_a_problem(capfd) -> None:
    with pytest.raises(Problem, match="choosing a target"):
        running.run_suites("server", ["--codex-target=nothing"])

    assert capfd.readouterr().err == ""


def test_ctrl_c_ends_a_run(default_signals, tmp_path) -> None:
    report = tmp_path / "report.json"
    command = [COMMAND, "check", "server", "mock", "--surface", "oauth", "--report", report]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        os.set_blocking(process.stderr.fileno(), True)
        # It has begun when its threads are there; a signal before that ends it too.
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in (130, -signal.SIGINT)
    assert not report.exists()
