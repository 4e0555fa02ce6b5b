"""The commands that run suites, as somebody meets them who makes mistakes, or has no patience."""

from __future__ import annotations

import json
import os
import signal
import sys

import pytest

from codex_conformance.cli import main

#: One quick case of the mock.
ONE = ("check", "server", "mock", "--select", "oauth.discovery.issuer")

#: A client that never ends, and holds a pipe open while it lives.
HANGING = """
import signal, sys

with open(sys.argv[1], "w") as pipe:
    pipe.write("here")
    pipe.flush()
    signal.pause()
"""


@pytest.mark.parametrize("command", ["", "server", "client", "matrix", "list", "show"])
def test_the_help_fits_a_terminal(capsys, monkeypatch, command) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    with pytest.raises(SystemExit):
        main(["check", *command.split(), "--help"])

    lines = capsys.readouterr().out.splitlines()
    assert "examples:" in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("command", ["server", "client"])
def test_the_help_says_what_the_exit_codes_mean(capsys, command) -> None:
    with pytest.raises(SystemExit):
        main(["check", command, "--help"])

    _, _, text = capsys.readouterr().out.partition("exit codes:\n")
    assert [line.split()[0] for line in text.splitlines()] == ["0", "1", "2", "3", "5", "130"]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--fuzz", "much", "'much' is no number of seconds"),
        ("--fuzz", "nan", "'nan' is no number of seconds"),
        ("--fuzz", "-1", "'-1' is no number of seconds"),
        ("--jobs", "0", "'0' is no number of processes"),
        ("--jobs", "two", "'two' is no number of processes"),
    ],
)
@pytest.mark.parametrize("command", ["server", "client"])
def test_a_wrong_number_is_a_wrong_argument(capsys, command, option, value, words) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", command, f"{option}={value}", "mock"])

    assert caught.value.code == 2
    assert words in capsys.readouterr().err


def test_several_processes_need_a_further_package(capsys, monkeypatch) -> None:
    monkeypatch.setattr("codex_conformance.cli._check.find_spec", lambda name: None)

    with pytest.raises(SystemExit):
        main(["check", "server", "mock", "--jobs", "2"])

    assert "it needs pytest-xdist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--surface", "respones"], "Did you mean responses?"),
        (["--surface", "app-servr"], "Did you mean app-server?"),
        (["--level", "mus"], "Did you mean MUST?"),
        (["--fail-level", "x"], "one of MUST, SHOULD, MAY, OBSERVED"),
        (["--select", "oauth.refesh.rotates"], "Did you mean oauth.refresh.rotates"),
        (["--declare", "oauth.devce"], "Did you mean oauth.device?"),
        (["--release", "9.9.9"], "The nearest is"),
        (["--report", "report.pdf"], "a name that ends with"),
        (["--report", "nowhere/report.json"], "no folder"),
        (["--report", "folder.json"], "found:    a folder"),
        (["--write-baseline"], "the file to write, with --baseline"),
        (["--write-baseline", "--baseline", "nowhere/known.toml"], "no folder"),
        (["--write-baseline", "--baseline", "latin.toml"], "a file in UTF-8"),
        (["--baseline", "latin.toml"], "a file in UTF-8"),
        (["--baseline", "broken.toml"], "line 1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_told_in_four_lines_before_anything_is_asked(
    capsys, monkeypatch, tmp_path, arguments, words
) -> None:
    monkeypatch.chdir(tmp_path)
    # Otherwise it is set for the tests that come later.
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(tmp_path))
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "latin.toml").write_bytes(b"# \xe4\n")
    (tmp_path / "broken.toml").write_text("[[known\n")

    assert main(["check", "server", "mock", *arguments]) == 2

    said = capsys.readouterr()
    assert words in said.err
    assert len(said.err.splitlines()) == 4
    assert said.out == ""


def test_a_run_leaves_nothing_in_the_folder(testkit, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)

    finished = testkit("check", "server", "mock", "--select", "oauth.robust.nearly-valid", "--fuzz", "0.05")

    assert finished.returncode == 0
    assert list(folder.iterdir()) == []


def test_json_is_alone_on_standard_output(testkit) -> None:
    finished = testkit(*ONE, "--json")

    assert json.loads(finished.stdout)["exit_code"] == finished.returncode == 0
    assert "meets what was chosen" in " ".join(finished.stderr.split())
    assert "\x1b" not in finished.stderr


def test_a_full_disk_takes_only_what_is_on_it(testkit, tmp_path) -> None:
    (tmp_path / "full.json").symlink_to("/dev/full")

    finished = testkit(*ONE, "--report", tmp_path / "full.json", "--report", tmp_path / "report.md")

    assert finished.returncode == 2
    assert "No space left on device" in finished.stderr
    assert "meets what was chosen" in " ".join(finished.stdout.split())
    assert "meets what was chosen" in (tmp_path / "report.md").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_who_is_stopped_ends_a_client_with_all_its_processes(start, default_signals, tmp_path, number) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "hanging.py").write_text(HANGING)

    process = start(
        "check", "client", "--deadline", "600", "--", sys.executable, tmp_path / "hanging.py", tmp_path / "pipe"
    )
    with (tmp_path / "pipe").open() as pipe:
        assert pipe.read(4) == "here"
        process.send_signal(number)

        assert process.wait(60) == 130
        # It ends when nobody can write any more.
        pipe.read()


def test_who_stops_a_matrix_stops_its_runs(start, default_signals, tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "hanging.py").write_text(HANGING)

    process = start("check", "matrix", "--client", f"{sys.executable} {tmp_path}/hanging.py {tmp_path}/pipe")
    with (tmp_path / "pipe").open() as pipe:
        assert pipe.read(4) == "here"
        process.send_signal(signal.SIGTERM)

        assert process.wait(60) == 130
        pipe.read()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["server", "moc"], "Did you mean mock?"),
        (["client", "--task", "trn=echo"], "Did you mean turn?"),
        (["client", "--task", "turn=echo 'hi"], "No closing quotation"),
        (["client", "--task", "turn="], "no command"),
        (["client", "--disable", "loginn", "--", "echo"], "Did you mean login?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_name_is_told_with_the_one_that_was_meant(capsys, arguments, words) -> None:
    assert main(["check", *arguments]) == 2

    assert words in capsys.readouterr().err
