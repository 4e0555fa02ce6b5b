"""A binary writes its protocol, or says that it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event

import pytest

from codex_conformance.importing import _emission
from codex_conformance.importing._emission import NoProtocol, command, emit
from codex_schemas import Problem

UNKNOWN = '#!/bin/sh\ncase "$*" in *{word}*) echo "error: {message} \'{word}\' found" >&2; exit 2 ;; esac\n'


@pytest.fixture
def write(tmp_path):
    """Write a binary."""

    def write(script: str) -> Path:
        path = tmp_path / "codex"
        path.write_text(script)
        path.chmod(0o755)
        return path

    return write


def run(binary: Path):
    return emit(binary, binary.parent / "emitted", Event())


def test_both_channels_are_written(write, codex, bundle) -> None:
    emission = run(write(codex()))

    assert emission.stable == emission.experimental == bundle
    assert list(emission.typescript_stable["messages"]["ClientRequest"]) == ["userInfo"]
    assert set(emission.typescript_stable["definitions"]) == {"PingResponse", "UserInfoResponse"}
    assert command(emission) == "codex app-server generate-json-schema|generate-ts [--experimental]"


def test_an_old_release_has_one_channel(write, codex) -> None:
    unknown = UNKNOWN.format(word="--experimental", message="unexpected argument")

    emission = run(write(unknown + codex().partition("\n")[2]))

    assert emission.experimental is None
    assert emission.typescript_experimental is None
    assert command(emission) == "codex app-server generate-json-schema|generate-ts"


@pytest.mark.parametrize("message", ["unexpected argument", "unrecognized subcommand"])
def test_an_older_one_has_no_such_command(write, message: str) -> None:
    binary = write(UNKNOWN.format(word="generate-json-schema", message=message))

    with pytest.raises(NoProtocol, match="generate-json-schema"):
        run(binary)


def test_it_runs_in_an_empty_home_with_no_variables(write, codex, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    spy = f"#!/bin/sh\n/usr/bin/env >> {tmp_path}/seen; ls -A $CODEX_HOME >> {tmp_path}/seen\n"

    run(write(spy + codex().partition("\n")[2]))

    names = {line.partition("=")[0] for line in (tmp_path / "seen").read_text().splitlines()}
    assert "CODEX_HOME" in names
    assert names <= {"CODEX_HOME", "PWD", "OLDPWD", "SHLVL", "_"}


def test_a_binary_that_fails_is_a_problem(write) -> None:
    with pytest.raises(Problem, match="found 101: thread main panicked"):
        run(write("#!/bin/sh\necho thread main panicked >&2; exit 101\n"))


def test_a_binary_that_hangs_is_a_problem(write, monkeypatch) -> None:
    monkeypatch.setattr(_emission, "_SECONDS", 0.3)

    with pytest.raises(Problem, match=r"an end within 0\.3 s"):
        run(write("#!/bin/sh\nsleep 60\n"))


def test_a_binary_that_writes_nothing_is_a_problem(write) -> None:
    with pytest.raises(Problem, match="No such file"):
        run(write("#!/bin/sh\n"))


def malformed(**definitions: object) -> dict:
    unions = ("ClientRequest", "ServerRequest", "ClientNotification", "ServerNotification")
    return {"definitions": {union: {"oneOf": []} for union in unions} | definitions}


@pytest.mark.parametrize(
    "bundle",
    [
        [],
        {},
        {"definitions": {}},
        malformed(ClientRequest={"oneOf": [{}]}),
        malformed(ClientRequest={"oneOf": 7}),
        malformed(ClientRequest={"required": 7}),
        malformed(Turn={"properties": []}),
        malformed(v2=[]),
    ],
    ids=lambda bundle: json.dumps(bundle)[-40:],
)
def test_a_malformed_bundle_is_a_problem(write, codex, bundle: object) -> None:
    with pytest.raises(Problem):
        run(write(codex(bundle)))


@pytest.mark.parametrize("text", ["string", "{ open", "Stranger"])
def test_malformed_typescript_is_a_problem(write, codex, text: str) -> None:
    with pytest.raises(Problem, match="TypeScript"):
        run(write(codex(typescript={"ClientRequest": text})))
