"""`schema check` holds every message of a transcript against a release."""

from __future__ import annotations

import json
import os
import select
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from codex_conformance.cli import _json_input, main

TURN = {"id": "t", "items": [], "status": "inProgress"}
START = {"id": 0, "method": "turn/start", "params": {"threadId": "x", "input": []}}
STARTED = {"id": 0, "result": {"turn": TURN}}
CALL = {
    "id": 0,
    "method": "item/tool/call",
    "params": {"threadId": "x", "turnId": "t", "callId": "c", "tool": "look", "arguments": {}},
}
CALLED = {"id": 0, "result": {"contentItems": [], "success": True}}
INITIALIZED = {"method": "initialized"}
#: A conversation in which both sides ask with the same id.
CONVERSATION = [
    ("client", INITIALIZED),
    ("client", START),
    ("server", CALL),
    ("server", STARTED),
    ("client", CALLED),
    ("server", {"method": "turn/started", "params": {"threadId": "x", "turn": TURN}}),
]
#: How transcripts write who sends a message.
DIRECTIONS = {
    "arrows": ("->", "<-"),
    "out and in": ("out", "in"),
    "sides": ("client", "server"),
    "capitals": ("OUT", "IN"),
}


@pytest.fixture
def transcript(tmp_path: Path) -> Callable[[Iterable[Any]], str]:
    """Write lines, bytes as they are, and return the path."""

    def write(lines: Iterable[Any]) -> str:
        path = tmp_path / "transcript.jsonl"
        path.write_bytes(
            b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
        )
        return str(path)

    return write


@pytest.fixture
def failing(capsys: pytest.CaptureFixture[str]):
    """Check a transcript and return what fails: line, sender, method and the paths of the violations."""

    def check(name: str, *options: str) -> list[tuple[int, str, str | None, list[str]]]:
        code = main(["schema", "check", name, "--version", "0.169.0", "--json", *options])
        found = json.loads(capsys.readouterr().out)["failing"]
        assert code == (1 if found else 0)
        return [
            (each["line"], each["sender"], each["method"], [violation["path"] for violation in each["violations"]])
            for each in found
        ]

    return check


def directed(outwards: str, inwards: str) -> list[dict[str, Any]]:
    return [{"dir": outwards if sender == "client" else inwards, "msg": message} for sender, message in CONVERSATION]


@pytest.mark.parametrize(("outwards", "inwards"), DIRECTIONS.values(), ids=DIRECTIONS)
def test_a_transcript_says_directions_in_any_of_the_usual_words(transcript, failing, outwards, inwards) -> None:
    assert failing(transcript(directed(outwards, inwards))) == []
    assert failing(transcript(directed(inwards, outwards))) != []


@pytest.mark.parametrize("wrapped", ["bare", "msg"])
def test_without_directions_they_are_inferred(transcript, failing, wrapped: str) -> None:
    lines = [message if wrapped == "bare" else {"msg": message} for _, message in CONVERSATION]

    assert failing(transcript(lines)) == []


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([{**START, "params": {"input": []}}], (1, "client", "turn/start", ["/params"])),
        ([START, {"id": 0, "result": {}}], (2, "server", None, ["/result"])),
        ([CALL, {"id": 0, "result": {}}], (2, "client", None, ["/result", "/result"])),
        ([{"id": 9, "result": {}}], (1, "server", None, ["/id"])),
        ([{"method": "turn/complted", "params": {}}], (1, "server", "turn/complted", ["/method"])),
        ([{"method": "thread/rollback", "id": 1}], (1, "client", "thread/rollback", ["/method"])),
        ([INITIALIZED, b"", b"  ", "text"], (4, "server", None, [""])),
        ([{"method": 5}], (1, "client", "5", ["/method"])),
    ],
    ids=[
        "request",
        "answer of the server",
        "answer of the client",
        "unasked answer",
        "misspelt method",
        "method of another release",
        "no object",
        "no method",
    ],
)
def test_what_does_not_fit_is_told_with_its_line(transcript, failing, messages: list, expected: tuple) -> None:
    assert failing(transcript(messages)) == [expected]


def test_an_answer_belongs_to_the_request_that_waits_for_one(transcript, failing) -> None:
    """The result of `thread/archive` is any object: the answer of the client must not pass as a second one to it."""
    archive = {"id": 0, "method": "thread/archive", "params": {"threadId": "x"}}
    empty = {"id": 0, "result": {}}

    found = failing(transcript([archive, empty, CALL, empty]))

    assert [(line, sender) for line, sender, _, _ in found] == [(4, "client")]


def test_a_person_reads_line_message_and_violations(capsys, transcript) -> None:
    name = transcript([INITIALIZED, {**START, "params": {"threadId": 5, "input": []}}])

    assert main(["schema", "check", name, "--version", "0.169.0"]) == 1
    assert capsys.readouterr().out == (
        "line 2: turn/start of the client\n"
        "  turn/start at /params/threadId\n"
        "    expected  string\n"
        "    found     5\n"
        "2 messages checked, 1 does not fit codex 0.169.0, stable\n"
    )


def test_a_transcript_that_fits_says_how_many_messages_it_has(capsys, transcript) -> None:
    assert main(["schema", "check", transcript([INITIALIZED]), "--version", "0.169"]) == 0
    assert capsys.readouterr().out == "1 message checked, all fit codex 0.169.0, stable\n"


def test_as_json_it_says_what_was_checked(capsys, transcript) -> None:
    name = transcript([INITIALIZED, {"id": 1, "method": "collaborationMode/list", "params": {}}])

    assert main(["schema", "check", name, "--version", "0.169.0", "--experimental", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "version": "0.169.0",
        "experimental": True,
        "messages": 2,
        "failing": [],
    }


def test_an_experimental_message_fails_in_the_stable_channel(transcript, failing) -> None:
    name = transcript([{"id": 1, "method": "collaborationMode/list", "params": {}}])

    assert failing(name) == [(1, "client", "collaborationMode/list", ["/method"])]
    assert failing(name, "--experimental") == []


@pytest.mark.parametrize("lines", [[], [b"", b"   "]], ids=["empty", "blank"])
def test_a_transcript_without_a_message_is_a_problem(capsys, transcript, lines: list[bytes]) -> None:
    assert main(["schema", "check", transcript(lines)]) == 2
    assert "expected: at least one message" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"method": "turn/start"', "JSON"),
        (b"\xff", "text in UTF-8"),
        (b"[" * 100_000, "lists and objects that nest"),
        ({"dir": "sideways", "msg": INITIALIZED}, "as `dir` one of ->, out, client"),
        ({"dir": ["->"], "msg": INITIALIZED}, "as `dir` one of ->, out, client"),
        ({"method": "x" * 2**20}, "at most 1 MiB"),
    ],
    ids=["malformed", "not UTF-8", "deep", "direction", "direction of another kind", "enormous"],
)
def test_a_line_that_cannot_be_read_is_a_problem_with_its_number(
    capsys, transcript, monkeypatch: pytest.MonkeyPatch, line: Any, expected: str
) -> None:
    monkeypatch.setattr(_json_input, "_LARGEST", 2**20)

    assert main(["schema", "check", transcript([INITIALIZED, line, INITIALIZED])]) == 2
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first.endswith("transcript.jsonl, line 2")
    assert second.strip().startswith(f"expected: {expected}")


def test_what_fails_is_told_while_the_transcript_still_grows(start) -> None:
    process: subprocess.Popen[str] = start("schema", "check", "-")

    process.stdin.write('{"method": "turn/strat"}\n')
    process.stdin.flush()
    told, _, _ = select.select([process.stdout], [], [], 60)

    assert told
    assert process.stdout.readline() == "line 1: turn/strat of the client\n"
    output, errors = process.communicate()
    assert (process.returncode, errors) == (1, "")
    assert output.endswith("1 message checked, 1 does not fit codex 0.169.0, stable\n")


@pytest.mark.parametrize("control", ["\x1b", "\x9b"], ids=ascii)
def test_a_message_cannot_steer_the_terminal(capsys, transcript, control: str) -> None:
    assert main(["schema", "check", transcript([{"method": f"{control}[31m"}])]) == 1
    assert control not in capsys.readouterr().out


@pytest.mark.real_codex
@pytest.mark.parametrize("version", ["0.141.0", "0.169.0"])
def test_a_conversation_with_the_published_app_server_fits_its_release(
    codex_folder: Path, tmp_path: Path, transcript, failing, capsys, version: str
) -> None:
    if not (codex_folder / version).exists():
        pytest.skip(f"codex {version} is not installed")
    requests = [
        {"id": 0, "method": "initialize", "params": {"clientInfo": {"name": "check", "version": "1"}}},
        {"id": 1, "method": "thread/start", "params": {"cwd": str(tmp_path)}},
        {"id": 2, "method": "thread/list", "params": {}},
        {"id": 3, "method": "config/read", "params": {}},
        {"id": 4, "method": "thread/read", "params": {"threadId": "x"}},
    ]
    lines: list[Any] = []
    with subprocess.Popen(
        [codex_folder / version / "node_modules/.bin/codex", "app-server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "CODEX_HOME": str(tmp_path), "HTTPS_PROXY": "http://127.0.0.1:9"},
    ) as server:
        for request in requests:
            lines.append(request)
            server.stdin.write(json.dumps(request).encode() + b"\n")
            server.stdin.flush()
            while "result" not in (answer := json.loads(server.stdout.readline())) and "error" not in answer:
                lines.append(answer)
            lines.append(answer)

    assert main(["schema", "check", transcript(lines), "--version", version]) == 0
    assert capsys.readouterr().out == f"{len(lines)} messages checked, all fit codex {version}, stable\n"
