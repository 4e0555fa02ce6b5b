"""`fixtures check`, `fixtures list` and `fixtures to-scenario`, as a user runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_conformance.cli import main
from codex_fixtures import Header, Line, RecordingWriter, shipped
from codex_mockserver.model import load_scenario

GREETING = {
    "id": 0,
    "method": "initialize",
    "params": {"clientInfo": {"name": "x", "version": "1"}, "capabilities": {"experimentalApi": True}},
}
#: Since 0.128.0.
GOAL = {"id": 1, "method": "thread/goal/get", "params": {"threadId": "t"}}
WRONG = {"id": 2, "method": "turn/start", "params": {}}


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    """Write a recording of what a client says to an app-server."""

    def write(*messages: object, codex: str = "0.169.0", name: str = "goal.jsonl") -> Path:
        path = tmp_path / name
        with RecordingWriter(path, Header(recording=1, surface="app-server", codex=codex, title="A goal.")) as writer:
            for message in messages:
                writer.write(Line(at=0, x=1, side="client", text=json.dumps(message)))
        return path

    return write


def test_the_releases_that_a_recording_fits_are_told(recording, capsys) -> None:
    path = recording(GREETING, GOAL)

    assert main(["fixtures", "check", str(path)]) == 0

    told = capsys.readouterr().out
    assert f"{path}: made with 0.169.0, fits 0.128.0 to 0.169.0" in told
    assert "1 recording checked, all fit all releases from their own on" in told


def test_the_first_failing_release_is_told_with_its_reason(recording, capsys) -> None:
    assert main(["fixtures", "check", str(recording(GREETING, WRONG))]) == 1

    told = capsys.readouterr().out
    assert "does not fit 0.169.0\n  line 3, turn/start of the client, at /params\n    expected  the field" in told
    assert "1 recording checked, 1 does not fit" in told


def test_one_release_is_told_in_full(recording, capsys) -> None:
    path = recording(GREETING, WRONG, GOAL, {**WRONG, "id": 3})

    assert main(["fixtures", "check", str(path), "--version", "latest"]) == 1

    told = capsys.readouterr().out
    assert [line.split(",")[0].strip() for line in told.splitlines() if "turn/start" in line] == ["line 3", "line 5"]
    assert "1 recording checked, 1 does not fit codex 0.169.0" in told


def test_a_partial_version_is_its_newest_patch(recording, capsys) -> None:
    assert main(["fixtures", "check", str(recording(GREETING)), "--version", "0.141"]) == 0

    assert "all fit codex 0.141." in capsys.readouterr().out


def test_json_holds_every_release(recording, capsys) -> None:
    assert main(["fixtures", "check", str(recording(GREETING, GOAL)), "--json"]) == 0

    (drift,) = json.loads(capsys.readouterr().out)
    assert drift["results"]["0.169.0"] is None
    assert drift["results"]["0.58.0"]["line"] == 3
    assert (drift["codex"], drift["first_failing"]) == ("0.169.0", None)


def test_json_of_one_release_holds_every_misfit(recording, capsys) -> None:
    path = recording(GREETING, WRONG)

    assert main(["fixtures", "check", str(path), "--version", "0.169.0", "--json"]) == 1

    (misfit,) = json.loads(capsys.readouterr().out)[str(path)]
    assert (misfit["line"], misfit["violation"]["path"]) == (3, "/params")


def test_a_folder_stands_for_its_recordings(recording, tmp_path, capsys) -> None:
    recording(GREETING, name="one.jsonl")
    recording(GREETING, name="two.jsonl")

    assert main(["fixtures", "check", str(tmp_path), "--version", "0.169.0"]) == 0

    assert "2 recordings checked" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, "at least one file"), ("{}", "a first line such as")],
    ids=["no recording", "another file"],
)
def test_what_cannot_be_checked_is_said(tmp_path, capsys, content: str | None, expected: str) -> None:
    if content is not None:
        (tmp_path / "other.jsonl").write_text(content)

    assert main(["fixtures", "check", str(tmp_path)]) == 2

    assert expected in capsys.readouterr().err


def test_an_unknown_release_is_told_with_the_nearest(recording, capsys) -> None:
    assert main(["fixtures", "check", str(recording(GREETING)), "--version", "0.169.99"]) == 2

    assert "The nearest is 0.169.0" in capsys.readouterr().err


def test_the_shipped_recordings_are_listed(capsys) -> None:
    assert main(["fixtures", "list", "--codex-version", "0.141.0"]) == 0

    told = capsys.readouterr().out
    assert "0.141.0/turn-sse  A turn over server-sent events" in told
    assert "0.169.0/" not in told


def test_the_list_as_json_gives_the_files(capsys) -> None:
    assert main(["fixtures", "list", "--json"]) == 0

    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed] == [each.name for each in shipped()]
    assert all(Path(entry["path"]).is_file() for entry in listed)


def test_a_scenario_is_made_of_a_recording(tmp_path, capsys) -> None:
    recording = next(each for each in shipped() if each.name == "0.169.0/tool-sse")
    target = tmp_path / "tool.yaml"

    assert main(["fixtures", "to-scenario", str(recording.path), "-o", str(target)]) == 0
    assert main(["fixtures", "to-scenario", str(recording.path)]) == 0

    assert capsys.readouterr().out == target.read_text()
    assert len(load_scenario(target).model) == 2
