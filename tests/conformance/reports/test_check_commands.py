"""The commands ``check list``, ``check show`` and ``check matrix``."""

from __future__ import annotations

import json

import pytest

from codex_conformance.cli import check_list, check_show, main
from codex_conformance.reports import as_json
from codex_conformance.reports.matrix import FORMATS, Matrix, render
from codex_conformance.terminal import Terminal

LIST = """\
oauth, server
  oauth.refresh.rotates MUST
      A refresh token can be used once; a second use is refused.
  oauth.code.used-once MUST
      An authorization code can be used once.
  oauth.device.pending MUST
      Oauth device pending.

oauth, client
  oauth.client.state MUST
      The state of a login is checked.

4 of 10 requirements
"""

SHOW = """\
oauth.device.pending
  Oauth device pending.
  level     MUST: without it, peers break
  of        servers, oauth
  releases  all
  needs     oauth.device
  without   Users were logged out.
  source    codex 0.169.0, observed
  check     codex-testkit check server TARGET --select oauth.device.pending
"""


def test_requirements_are_listed_with_their_sentences(capsys) -> None:
    assert main(["check", "list", "oauth", "--level", "MUST"]) == 0
    assert capsys.readouterr().out == LIST


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--role", "client"], ["oauth.client.state", "responses.client.retry-after"]),
        (["--surface", "app-server"], ["app-server.turn.status-before-completed"]),
        (["--level", "SHOULD"], ["wham.usage.credits", "responses.client.retry-after"]),
        (["*.usage.*"], ["wham.usage.windows", "wham.usage.credits"]),
        (["wham.usage", "--level", "MUST"], ["wham.usage.windows"]),
    ],
)
def test_limits_are_joined(capsys, arguments, names) -> None:
    assert main(["check", "list", "--json", *arguments]) == 0
    assert [each["id"] for each in json.loads(capsys.readouterr().out)] == names


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "oauth.refesh.rotates"], "Did you mean oauth.refresh.rotates"),
        (["list", "oauth", "--surface", "wham"], "none with --surface wham"),
        (["show", "oauth.refresh"], "found:    'oauth.refresh'"),
    ],
)
def test_what_is_not_there_is_said_in_four_lines(capsys, arguments, words) -> None:
    assert main(["check", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 4


def test_a_requirement_is_shown_with_all_that_is_known(capsys) -> None:
    assert main(["check", "show", "oauth.device.pending"]) == 0
    assert capsys.readouterr().out == SHOW


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wham.usage.windows", "releases  before 0.160.0"),
        ("wham.usage.credits", "releases  from 0.150.0 on"),
        ("oauth.client.state", "check client --select oauth.client.state -- CMD"),
    ],
)
def test_what_differs_is_shown(capsys, name, words) -> None:
    assert main(["check", "show", name]) == 0
    assert words in capsys.readouterr().out


def test_a_requirement_as_json(capsys) -> None:
    assert main(["check", "show", "wham.usage.windows", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["until"] == "0.160.0"


@pytest.mark.parametrize("module", [check_list, check_show])
def test_it_fits_the_terminal(registry, module) -> None:
    lines = [
        line
        for each in registry
        for line in (module._lines([each], Terminal()) if module is check_list else module._lines(each, Terminal()))
    ]

    assert max(map(len, lines)) <= 80


def test_what_is_no_report_is_said_in_four_lines(tmp_path, capsys) -> None:
    (tmp_path / "report.json").write_text("{}")

    assert main(["check", "matrix", str(tmp_path / "report.json")]) == 2
    assert [line.partition(":")[0].strip() for line in capsys.readouterr().err.splitlines()[1:]] == [
        "expected",
        "found",
        "to do",
    ]


def test_a_report_that_is_not_there_is_said_in_four_lines(tmp_path, capsys) -> None:
    assert main(["check", "matrix", str(tmp_path / "nowhere.json")]) == 2

    error = capsys.readouterr().err
    assert "No such file" in error
    assert len(error.splitlines()) == 4


def test_reports_become_a_matrix(run, verdict, tmp_path, capsys) -> None:
    runs = [run(verdict("wham.usage.credits")), run(target="proxy")]
    paths = [tmp_path / f"{number}.json" for number in range(2)]
    for path, each in zip(paths, runs, strict=True):
        path.write_text(as_json(each))

    for form in FORMATS:
        assert main(["check", "matrix", *map(str, paths), "--format", form]) == 0
        assert capsys.readouterr().out == render(Matrix(runs), form)
    assert main(["check", "matrix", *map(str, paths), "-o", str(tmp_path / "matrix.txt")]) == 0
    assert (tmp_path / "matrix.txt").read_text() == render(Matrix(runs), "text")
