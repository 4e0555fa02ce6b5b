"""`record` keeps what a command, a server's clients or an app-server say, and changes nothing for them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from codex_fixtures import Data, Line, RecordingReader, Request, Response

ASK = (
    "import os, ssl, urllib.request as u\n"
    "trust = ssl.create_default_context(cafile=os.environ['SSL_CERT_FILE'])\n"
    "print(u.urlopen('https://auth.openai.com/.well-known/jwks.json', context=trust).status)\n"
)
#: Ends as a program does that a signal ends.
WAIT = (
    "import signal, sys\nfor number in (2, 15): signal.signal(number, signal.SIG_DFL)\n"
    "print('ready', flush=True)\nsys.stdin.read()\n"
)
ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)\nsys.exit(3)\n"


def read(path: Path) -> tuple[list, bool | None]:
    with RecordingReader(path) as reader:
        return list(reader), reader.ended_early


def test_what_a_command_asks_the_mock_is_kept(testkit, tmp_path) -> None:
    path = tmp_path / "calls.jsonl"

    finished = testkit("record", "-o", path, "--title", "the keys", "--", sys.executable, "-c", ASK)

    assert (finished.returncode, finished.stdout) == (0, "200\n")
    assert finished.stderr == f"codex-testkit: 1 exchanges are in {path}\n"
    entries, ended_early = read(path)
    assert ended_early is False
    assert [entry.url for entry in entries if isinstance(entry, Request)] == [
        "https://auth.openai.com/.well-known/jwks.json"
    ]
    assert [entry.status for entry in entries if isinstance(entry, Response)] == [200]
    with RecordingReader(path) as reader:
        assert (reader.header.title, reader.header.codex) == ("the keys", None)
        assert reader.header.redactions


@pytest.mark.parametrize("path", ["", "/nowhere"], ids=["its root", "a path of it"])
def test_a_command_can_be_led_to_another_server(testkit, start, tmp_path, path) -> None:
    """The recording knows the host that the command meant, wherever its calls went."""
    recording = tmp_path / "calls.jsonl"
    mock = json.loads(start("serve", "--port", "0", "--json").stdout.readline())["http"]

    testkit("record", "-o", recording, "--upstream", mock + path, "--", sys.executable, "-c", ASK)

    entries, _ = read(recording)
    assert [entry.url for entry in entries if isinstance(entry, Request)] == [
        "https://auth.openai.com/.well-known/jwks.json"
    ]
    assert [entry.status for entry in entries if isinstance(entry, Response)] == [404 if path else 200]


def test_the_exit_code_is_that_of_the_command(testkit, tmp_path) -> None:
    path = tmp_path / "none.jsonl"

    assert testkit("record", "-o", path, "--", "sh", "-c", "exit 7").returncode == 7
    assert read(path) == ([], False)


def test_a_command_that_a_signal_ends_leaves_a_recording_that_ended_early(start, tmp_path) -> None:
    path = tmp_path / "early.jsonl"
    process = start("record", "-o", path, "--", sys.executable, "-c", WAIT)
    assert process.stdout.readline() == "ready\n"

    os.killpg(process.pid, signal.SIGINT)

    assert process.wait(timeout=10) == 128 + signal.SIGINT
    assert read(path)[1] is True


def test_an_app_server_does_not_notice(testkit, environment, tmp_path) -> None:
    path = tmp_path / "lines.jsonl"
    command = [*_command(), "record", "app-server", "-o", path, "--", sys.executable, "-c", ECHO]

    finished = subprocess.run(command, input=b'{"a":1}\nlast', capture_output=True, check=False, env=environment)

    assert (finished.returncode, finished.stdout, finished.stderr) == (3, b'{"a":1}\nlast', b"")
    entries, ended_early = read(path)
    said = [(entry.side, entry.text) for entry in entries if isinstance(entry, Line)]
    assert sorted(said) == [("client", "last"), ("client", '{"a":1}'), ("server", "last"), ("server", '{"a":1}')]
    assert ended_early is False


def test_sigterm_reaches_an_app_server(start, tmp_path) -> None:
    path = tmp_path / "lines.jsonl"
    process = start("record", "app-server", "-o", path, "--", sys.executable, "-c", WAIT)
    assert process.stdout.readline() == "ready\n"

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=10) == 128 + signal.SIGTERM
    assert [entry.text for entry in read(path)[0] if isinstance(entry, Line)] == ["ready"]
    assert read(path)[1] is True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_reverse_proxy_records_until_it_is_stopped(start, tmp_path, number) -> None:
    path = tmp_path / "calls.jsonl"
    mock = json.loads(start("serve", "--port", "0", "--json").stdout.readline())
    process = start("record", "-o", path, "--upstream", mock["http"])
    url = process.stdout.readline().split()[-1]

    with urllib.request.urlopen(f"{url}/.well-known/jwks.json", timeout=10) as answer:
        body = answer.read()
    process.send_signal(number)

    assert process.wait(timeout=10) == 0
    entries, ended_early = read(path)
    kept = b"".join(entry.content for entry in entries if isinstance(entry, Data))
    assert len(kept) == len(body)
    assert json.loads(kept).keys() == json.loads(body).keys()
    assert ended_early is False


def test_a_reverse_proxy_that_is_stopped_in_an_exchange_says_so(start, tmp_path) -> None:
    path = tmp_path / "calls.jsonl"
    with socket.create_server(("127.0.0.1", 0)) as server:
        process = start("record", "-o", path, "--upstream", f"http://127.0.0.1:{server.getsockname()[1]}")
        host, port = process.stdout.readline().split()[-1].removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1000)
                process.send_signal(signal.SIGINT)
                assert process.wait(timeout=10) == 0

    assert read(path)[1] is True


#: Arguments that are refused, and what the refusal names.
REFUSED = {
    "no file": (["--", "true"], "-o FILE"),
    "no command": (["-o", "{}"], "a command is missing"),
    "no app-server": (["app-server", "-o", "{}"], "a command is missing"),
    "a host on another machine": (["-o", "{}", "--upstream", "https://example.com"], "--allow-live"),
    "the real hosts": (["-o", "{}", "--upstream", "real", "--", "true"], "--allow-live"),
    "the real hosts without a command": (["-o", "{}", "--upstream", "real", "--allow-live"], "Name it after --"),
    "no address": (["-o", "{}", "--upstream", "http://127.0.0.1:1", "--listen", "8080"], "127.0.0.1:0"),
    "another address": (["-o", "{}", "--upstream", "http://127.0.0.1:1", "--listen", "0.0.0.0:0"], "loopback"),
    "a folder": (["-o", ".", "--", "true"], "a place on the disk"),
    "no rules": (["-o", "{}", "--rules", "/missing", "--", "true"], "reading the rules"),
}


@pytest.mark.parametrize(("arguments", "named"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_recorded_is_said(testkit, tmp_path, arguments, named) -> None:
    finished = testkit("record", *(each.replace("{}", str(tmp_path / "x.jsonl")) for each in arguments))

    assert finished.returncode == 2
    assert named in finished.stderr
    assert "Traceback" not in finished.stderr


def _command() -> list[str]:
    return [sys.executable, "-c", "import sys; from codex_conformance.cli import main; sys.exit(main())"]
