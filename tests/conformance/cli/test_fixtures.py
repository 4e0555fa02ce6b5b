"""`fixtures` shows, scans, imports and exports recordings."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_conformance.cli import main
from codex_fixtures import (
    Close,
    Data,
    End,
    Frame,
    Header,
    Line,
    RecordingReader,
    RecordingWriter,
    Request,
    Response,
)

TOKEN = "rt_Vx8Kq2Lm5Tz9Rw4Yp7Nc1Hd6Bs3Jf0Ga"
TRANSCRIPT = [
    {"dir": "->", "msg": {"id": 1, "method": "account/login/start", "params": {"type": "apiKey", "apiKey": TOKEN}}},
    {"dir": "<-", "msg": {"id": 1, "result": {"type": "apiKey"}}},
]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "turn.jsonl"
    header = Header(recording=1, surface="http", title="A turn.", codex="0.169.0", recorded_at="2026-11-21T14:00:00Z")
    with RecordingWriter(path, header) as writer:
        writer.write(Request(at=0, x=1, method="POST", url="https://chatgpt.com/a"))
        writer.write(Data(at=0, x=1, side="client", text="{}"))
        writer.write(End(at=0, x=1, side="client"))
        writer.write(Response(at=0, x=1, status=200))
        writer.write(Data(at=0, x=1, side="server", text="x"))
        writer.write(End(at=0, x=1, side="server", how="cut"))
        writer.write(Request(at=0, x=2, method="GET", url="https://chatgpt.com/socket\x1b[2J"))
        writer.write(Response(at=0, x=2, status=101))
        writer.write(Frame(at=0, x=2, side="client", text='{"type":"response.create"}'))
        writer.write(Frame(at=0, x=2, side="server", base64="AAE="))
        writer.write(Close(at=0, x=2, side="server", code=1008, reason="policy"))
        writer.write(Request(at=0, x=3, method="GET", url="https://chatgpt.com/never"))
    return path


def test_show_tells_each_exchange(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fixtures", "show", str(recording)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "A turn.",
        "codex 0.169.0, http, 2026-11-21T14:00:00Z",
        "1  POST https://chatgpt.com/a 200  2 bytes -> 1 byte, server cut",
        "2  GET https://chatgpt.com/socket\\x1b[2J 101  2 messages",
        "3  GET https://chatgpt.com/never no answer  0 bytes -> 0 bytes",
    ]


def test_show_tells_each_message(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fixtures", "show", str(recording), "--messages"]) == 0

    told = capsys.readouterr().out.splitlines()
    assert told[4:7] == ["    -> response.create", "    <- \\x00\\x01", "    <- close 1008 policy"]


def test_show_says_that_a_recording_ended_early(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording.write_bytes(recording.read_bytes()[:-30])

    assert main(["fixtures", "show", str(recording)]) == 0
    assert capsys.readouterr().out.endswith("the recording ended early\n")


def test_import_of_a_transcript_has_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "t.jsonl", tmp_path / "clean.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in TRANSCRIPT))

    assert (
        main(["fixtures", "import", str(source), "-o", str(target), "--codex", "0.169.0", "--title", "A login."]) == 0
    )

    assert capsys.readouterr().out == f"{target}: 2 entries\n"
    assert TOKEN not in target.read_text()
    with RecordingReader(target) as reader:
        assert (reader.header.surface, reader.header.codex, reader.header.title) == (
            "app-server",
            "0.169.0",
            "A login.",
        )
        sides = [(entry.side, json.loads(entry.content).get("method")) for entry in reader if isinstance(entry, Line)]
    assert sides == [("client", "account/login/start"), ("server", None)]


def test_what_is_exported_can_be_imported(recording: Path, tmp_path: Path) -> None:
    har, again = tmp_path / "turn.har", tmp_path / "again.jsonl"

    assert main(["fixtures", "export", str(recording), "-o", str(har)]) == 0
    assert main(["fixtures", "import", str(har), "-o", str(again)]) == 0

    assert [entry["response"]["status"] for entry in json.loads(har.read_text())["log"]["entries"]] == [200, 101, 0]
    with RecordingReader(again) as reader:
        assert next(entry.url for entry in reader if isinstance(entry, Request)) == "https://chatgpt.com/a"


def test_an_import_of_a_recording_puts_more_rules_to_work(recording: Path, tmp_path: Path) -> None:
    rules, target = tmp_path / "rules.yaml", tmp_path / "clean.jsonl"
    rules.write_text('patterns: ["never"]')

    assert main(["fixtures", "import", str(recording), "-o", str(target), "--rules", str(rules)]) == 0

    assert "https://chatgpt.com/r0001" in target.read_text()


def test_an_import_takes_its_place_only_when_it_is_whole(recording: Path, tmp_path: Path) -> None:
    before, source = recording.read_bytes(), tmp_path / "broken.jsonl"
    source.write_text(json.dumps(TRANSCRIPT[0]) + "\nbroken\n")

    assert main(["fixtures", "import", str(source), "-o", str(recording)]) == 2
    assert recording.read_bytes() == before
    assert main(["fixtures", "import", str(recording), "-o", str(recording)]) == 0
    assert recording.read_bytes() != before
    assert {path.name for path in tmp_path.iterdir()} == {recording.name, source.name}
    assert main(["fixtures", "import", str(recording), "-o", str(tmp_path / "none" / "x.jsonl")]) == 2
    assert main(["fixtures", "export", str(recording), "-o", str(tmp_path / "none" / "x.har")]) == 2


def test_an_export_of_json_rpc_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lines.jsonl"
    with RecordingWriter(path, Header(recording=1, surface="app-server")):
        pass

    assert main(["fixtures", "export", str(path)]) == 2
    assert "expected: a recording of HTTP" in capsys.readouterr().err


def test_a_scan_finds_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(f"nothing\n{TOKEN}\n")

    assert main(["fixtures", "scan", str(path)]) == 1

    found, summary = capsys.readouterr().out.splitlines()
    assert found.startswith(f"{path}:2: api keys: rt_V… (35 characters), fingerprint ")
    assert summary == "1 file read, 1 secret"

    allow = tmp_path / "allow.txt"
    allow.write_text(f"{found.split()[-1]}  made up for a test\n")
    assert main(["fixtures", "scan", str(path), "--allow", str(allow)]) == 0
    assert capsys.readouterr().out == "1 file read, no secrets\n"


def test_a_scan_as_json_is_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text(TOKEN)
    (tmp_path / "other.bin").write_bytes(b"\0")

    assert main(["fixtures", "scan", str(tmp_path), "--json"]) == 1

    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["skipped"]) == (2, {str(tmp_path / "other.bin"): "no text"})
    assert [(finding["line"], finding["kind"]) for finding in told["findings"]] == [(1, "api keys")]
    assert TOKEN not in json.dumps(told)


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan", "no-such-file"),
        ("show", "no-such-file"),
        ("export", "no-such-file"),
        ("import", "no-such-file", "-o", "x.jsonl"),
        ("import", "/dev/null", "-o", "x.jsonl"),
        ("show", "/dev/null"),
    ],
)
def test_what_cannot_be_read_is_told_in_four_lines(
    testkit: Callable[..., subprocess.CompletedProcess[str]], arguments: tuple[str, ...]
) -> None:
    done = testkit("fixtures", *arguments)

    assert done.returncode == 2
    assert done.stderr.count("\n") == 4
