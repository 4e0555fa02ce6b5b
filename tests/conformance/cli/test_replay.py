"""`replay` plays a recording as a server, on standard streams, beside a command, or as a client."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from codex_fixtures import Data, End, Header, Line, RecordingWriter, Request, Response

ASK = (
    "import os, ssl, urllib.request as u\n"
    "trust = ssl.create_default_context(cafile=os.environ['SSL_CERT_FILE'])\n"
    "print(u.urlopen('https://chatgpt.com/hello', context=trust).read().decode())\n"
    "print(os.path.exists(os.environ['CODEX_HOME'] + '/config.toml'))\n"
)
COMMAND = [sys.executable, "-c", "import sys; from codex_conformance.cli import main; sys.exit(main())"]


@pytest.fixture
def recording(tmp_path):
    """A recording of one call."""
    path = tmp_path / "calls.jsonl"
    with RecordingWriter(path, Header(recording=1, surface="http")) as writer:
        writer.write(Request(at=0, x=1, method="GET", url="https://chatgpt.com/hello"))
        writer.write(End(at=0, x=1, side="client"))
        writer.write(Response(at=0, x=1, status=200, headers=[("content-length", "2")]))
        writer.write(Data(at=0, x=1, side="server", text="hi"))
        writer.write(End(at=0, x=1, side="server"))
    return path


@pytest.fixture
def session(tmp_path):
    """A recording of one line and its answer."""
    path = tmp_path / "session.jsonl"
    with RecordingWriter(path, Header(recording=1, surface="app-server")) as writer:
        writer.write(Line(at=0, x=1, side="client", text='{"method":"a","id":1}'))
        writer.write(Line(at=0, x=1, side="server", text='{"id":1,"result":{}}'))
    return path


def test_it_serves_until_it_is_stopped(start, recording) -> None:
    process = start("replay", recording, "--json", "--port", "0")
    url = json.loads(process.stdout.readline())["http"]

    with urllib.request.urlopen(f"{url}/hello", timeout=10) as answer:
        assert answer.read() == b"hi"
    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=10) == 0


def test_a_miss_is_told_at_the_end(start, recording) -> None:
    process = start("replay", recording, "--json")
    url = json.loads(process.stdout.readline())["http"]

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{url}/hell", timeout=10)
    refused.value.close()
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=10) == 1
    assert "a problem while answering GET /hell from the recording" in process.stderr.read()


def test_a_command_takes_it_for_the_real_host(testkit, recording) -> None:
    finished = testkit("replay", recording, "--match", "content", "--", sys.executable, "-c", ASK)

    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "hi\nTrue\n", "")


def test_an_app_server_is_played_on_the_standard_streams(environment, session) -> None:
    finished = subprocess.run(
        [*COMMAND, "replay", session],
        input=b'{"method":"a","id":2}\n',
        capture_output=True,
        check=False,
        env=environment,
    )

    assert (finished.returncode, finished.stdout, finished.stderr) == (0, b'{"id":2,"result":{}}\n', b"")


def test_a_line_without_an_answer_is_told(environment, session) -> None:
    finished = subprocess.run(
        [*COMMAND, "replay", session, "--match", "content"],
        input=b'{"method":"b","id":1}\n',
        capture_output=True,
        check=False,
        env=environment,
    )

    assert finished.returncode == 1
    assert b"/body/method: expected 'a', found 'b'" in finished.stderr


def test_the_requests_are_sent_to_a_server(testkit, start, recording, tmp_path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(recording.read_text().replace('"hi"', '"ho"'))
    url = json.loads(start("replay", recording, "--json", "--match", "content").stdout.readline())["http"]

    same, differs = testkit("replay", recording, "--to", url), testkit("replay", other, "--to", url)

    assert (same.returncode, same.stdout) == (0, "same     GET /hello\n")
    assert (differs.returncode, differs.stdout) == (1, "differs  GET /hello\n  /body: expected 'ho', found 'hi'\n")
    assert testkit("replay", other, "--ignore", "/body", "--to", url).returncode == 0


#: Arguments that are refused, and what the refusal names.
REFUSED = {
    "no file": ([], "one recording is wanted"),
    "a command in its place": (["--", "true"], "one recording is wanted"),
    "two files": (["{}", "{}"], "one recording is wanted"),
    "a file that is not there": (["/missing"], "a file that can be read"),
    "no speed": (["{}", "--speed", "0"], "--speed"),
    "no pointer": (["{}", "--ignore", "body"], "Begin it with a slash"),
    "no header": (["{}", "--to", "http://127.0.0.1:1", "--header", "x"], "reading a header"),
    "nobody there": (["{}", "--to", "http://127.0.0.1:1"], "sending exchange 1"),
    "another machine": (["{}", "--to", "https://example.com"], "--allow-live"),
}


@pytest.mark.parametrize(("arguments", "named"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_replayed_is_said(testkit, recording, arguments, named) -> None:
    finished = testkit("replay", *(each.replace("{}", str(recording)) for each in arguments))

    assert finished.returncode == 2
    assert named in finished.stderr
    assert "Traceback" not in finished.stderr
