"""`schema validate` holds one message, or what one carries, against a release."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codex_conformance.cli import _json_input, main

PARAMS = {"threadId": "x", "input": [{"type": "text", "text": "hi"}]}
TURN = {"id": "t", "items": [], "status": "completed"}
REQUEST = {"id": 1, "method": "turn/start", "params": PARAMS}
NOTIFICATION = {"method": "turn/started", "params": {"threadId": "x", "turn": TURN}}

#: What fits codex 0.169.0: the value, and the options that say what it is.
FITTING = {
    "request": (REQUEST, ()),
    "notification": (NOTIFICATION, ()),
    "answer": ({"id": 1, "result": {}}, ()),
    "error": ({"id": 1, "error": {"code": -32600, "message": "no"}}, ()),
    "params": (PARAMS, ("--method", "turn/start")),
    "params of a notification": (NOTIFICATION["params"], ("--method", "turn/started")),
    "message of a method": (REQUEST, ("--method", "turn/start")),
    "result": ({"turn": TURN}, ("--method", "turn/start", "--result")),
    "result of the client": ({"contentItems": [], "success": True}, ("--method", "item/tool/call", "--result")),
    "answer to a method": ({"id": 1, "result": {"turn": TURN}}, ("--method", "turn/start", "--result")),
    "refusal of a method": (
        {"id": 1, "error": {"code": -32600, "message": "no"}},
        ("--method", "turn/start", "--result"),
    ),
    "type": (TURN, ("--type", "Turn")),
    "type with its namespace": (TURN, ("--type", "v2/Turn")),
    "experimental method": ({}, ("--method", "collaborationMode/list", "--experimental")),
}
#: What does not fit, with where and at which path it is told.
FAILING = {
    "request": ({**REQUEST, "params": {"threadId": 5, "input": []}}, (), "turn/start", "/params/threadId"),
    "params": ({"threadId": 5, "input": []}, ("--method", "turn/start"), "turn/start", "/threadId"),
    "no params": (None, ("--method", "turn/start"), "turn/start", ""),
    "variant": (
        {"threadId": "x", "input": [{"type": "text"}]},
        ("--method", "turn/start"),
        "UserInput[text]",
        "/input/0",
    ),
    "result": (
        {"turn": {**TURN, "status": "done"}},
        ("--method", "turn/start", "--result"),
        "turn/start result",
        "/turn/status",
    ),
    "type": ({**TURN, "items": None}, ("--type", "Turn"), "Turn", "/items"),
    "unknown method": ({"method": "turn/complted", "params": {}}, (), "message", "/method"),
    "experimental method": ({"id": 1, "method": "collaborationMode/list", "params": {}}, (), "message", "/method"),
    "no message": ([], (), "message", ""),
}


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Any], str]:
    """Write a value, or bytes as they are, and return the path."""

    def write(value: Any) -> str:
        path = tmp_path / "message.json"
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return str(path)

    return write


def validate(*arguments: str) -> int:
    return main(["schema", "validate", *arguments, "--version", "0.169.0"])


@pytest.mark.parametrize(("value", "options"), FITTING.values(), ids=FITTING)
def test_what_fits_is_0(capsys, file, value: Any, options: tuple[str, ...]) -> None:
    name = file(value)

    assert validate(name, *options) == 0
    channel = "experimental" if "--experimental" in options else "stable"
    assert capsys.readouterr().out == f"{name} fits codex 0.169.0, {channel}\n"


@pytest.mark.parametrize(("value", "options", "where", "path"), FAILING.values(), ids=FAILING)
def test_what_does_not_fit_is_1_and_told(capsys, file, value, options, where: str, path: str) -> None:
    assert validate(file(value), *options, "--json") == 1

    told = json.loads(capsys.readouterr().out)
    assert told["valid"] is False
    assert [(violation["where"], violation["path"]) for violation in told["violations"]] == [(where, path)]


def test_a_person_reads_branch_path_expected_and_found(capsys, file) -> None:
    name = file({"threadId": 5, "input": []})

    assert validate(name, "--method", "turn/start") == 1
    assert capsys.readouterr().out == (
        f"{name} does not fit codex 0.169.0, stable\n  turn/start at /threadId\n    expected  string\n    found     5\n"
    )


def test_many_violations_are_counted(capsys, file) -> None:
    assert validate(file({"threadId": "x", "input": [5] * 30}), "--method", "turn/start") == 1

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 10 * 3 + 1
    assert lines[-1] == "  and 20 more"


def test_the_release_decides(file) -> None:
    message = file({"id": 1, "method": "thread/rollback", "params": {"threadId": "x", "numTurns": 1}})

    assert main(["schema", "validate", message, "--version", "0.155"]) == 0
    assert main(["schema", "validate", message, "--version", "0.156"]) == 1


def test_standard_input_is_read(environment: dict[str, str], start) -> None:
    process: subprocess.Popen[str] = start("schema", "validate", "-", "--type", "Turn", "--version", "0.169.0")

    output, errors = process.communicate(json.dumps(TURN))

    assert (process.returncode, output, errors) == (0, "standard input fits codex 0.169.0, stable\n", "")


@pytest.mark.parametrize("control", ["\x1b", "\x9b"], ids=ascii)
def test_a_message_cannot_steer_the_terminal(capsys, file, control: str) -> None:
    assert validate(file({"method": f"{control}[31m"})) == 1

    assert control not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "expected", "found"),
    [
        (b"", "JSON", "Expecting value at column 1"),
        (b'{"id": 1,\n "method": }', "JSON", "Expecting value at line 2, column 12"),
        (b'{"id": NaN}', "JSON", "NaN, which is not JSON"),
        (b"\xff\xfe", "text in UTF-8", "'utf-8' codec can't decode"),
        (b'"\\ud800"', "text in UTF-8", "'utf-8' codec can't encode"),
        (b"[" * 100_000 + b"]" * 100_000, "lists and objects that nest", "deeper ones"),
        (b'{"method": ' + b"[" * 990 + b"]" * 990 + b"}", "lists and objects that nest", "deeper ones"),
    ],
    ids=["empty", "malformed", "not a number", "not UTF-8", "half a character", "deep", "too deep to be checked"],
)
def test_what_is_no_json_is_a_problem(capsys, file, content: bytes, expected: str, found: str) -> None:
    assert validate(file(content)) == 2

    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("message.json")
    assert lines[1].strip().startswith(f"expected: {expected}")
    assert lines[2].strip().startswith(f"found:    {found}")


def test_what_is_enormous_is_a_problem(capsys, file, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_json_input, "_LARGEST", 2**20)

    assert validate(file({"method": "x" * 2**20})) == 2
    assert "expected: at most 1 MiB" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["missing.json", "", "a\0b"], ids=["missing", "folder", "no name"])
def test_a_file_that_cannot_be_read_is_a_problem(capsys, tmp_path: Path, name: str) -> None:
    assert validate(f"{tmp_path}/{name}") == 2
    assert "expected: a file that can be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "closest"),
    [(("--method", "turn/strat"), "turn/start"), (("--type", "Trun"), "Turn")],
    ids=["method", "type"],
)
def test_an_unknown_name_is_a_problem_with_the_closest(capsys, file, options: tuple[str, str], closest: str) -> None:
    assert validate(file({}), *options) == 2
    assert f"to do:    Closest: {closest}" in capsys.readouterr().err
