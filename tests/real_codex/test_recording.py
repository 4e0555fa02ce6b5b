"""The real codex, recorded and replayed: it gets the same bytes and ends the same way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_fixtures import Data, Frame, Header, Line, RecordingReader, Redactor
from codex_mockserver import SyncBackend
from codex_mockserver.recording import Recorder, SyncRecordingProxy, mock_upstream
from codex_mockserver.replaying import SyncReplay, replay_lines
from codex_mockserver.serving import proxied_environment

NO_WEBSOCKET = {"on": "connectResponses", "times": None, "answer": {"status": 426, "body": "use POST"}}
COMMAND = (sys.executable, "-c", "import sys; from codex_conformance.cli import main; sys.exit(main())")
#: What the model does, by name: a scenario, and whether the turn ends well.
TURNS = {
    "websocket": ({}, 0),
    "sse": ({"faults": [NO_WEBSOCKET]}, 0),
    "a tool over websocket": (
        {"model": [{"say": [{"exec_command": {"cmd": "echo tide"}}]}, {"say": [{"message": "done"}]}]},
        0,
    ),
    "a failure over sse": (
        {"faults": [NO_WEBSOCKET, {"on": "createResponse", "times": None, "answer": {"status": 400, "body": "no"}}]},
        1,
    ),
}
SCRIPT = (
    {"method": "initialize", "id": 1, "params": {"clientInfo": {"name": "probe", "version": "1"}}},
    {"method": "initialized"},
    {"method": "account/read", "id": 2, "params": {}},
    {"method": "thread/list", "id": 3, "params": {}},
)


@pytest.fixture
def turn(binary, tmp_path) -> Callable[..., tuple[int, list[dict]]]:
    """A function that runs a turn in an environment, and returns the exit code and what was said of the items."""

    def run(environment: dict[str, str], name: str) -> tuple[int, list[dict]]:
        work = tmp_path / f"work-{name}"
        work.mkdir()
        flags = ("--json", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox")
        done = subprocess.run(
            [binary, "exec", *flags, "tell me about tides"],
            cwd=work,
            env={"PATH": "/usr/bin:/bin", "HOME": str(work), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return done.returncode, [event for event in events if event["type"] != "thread.started"]

    return run


def record(path: Path, scenario: dict, home: Path, run: Callable[[dict[str, str]], object]) -> object:
    header = Header(recording=1, surface="http")
    recorder = Recorder(path, header, Redactor(header))
    with SyncBackend(tls=True, scenario=scenario) as backend:
        backend.write_codex_home(home, "plus", analytics=False, plugins=False)
        with SyncRecordingProxy(recorder, mock_upstream(backend.https_url, backend.ca_file)) as proxy:
            ended = run({"CODEX_HOME": str(home), **proxied_environment(proxy.url, str(proxy.ca_file))})
    recorder.finish()
    assert recorder.unread == 0
    return ended


def said_by_server(path: Path) -> list[list[bytes]]:
    """Return what the server said in each exchange with the model: its frames, or its body, however that was cut."""
    said: dict[int, list[bytes]] = {}
    models = []
    with RecordingReader(path) as reader:
        for entry in reader:
            if getattr(entry, "url", "").endswith("/codex/responses"):
                models.append(entry.x)
            if isinstance(entry, Frame) and entry.side == "server":
                said.setdefault(entry.x, []).append(entry.content)
            if isinstance(entry, Data) and entry.side == "server":
                said[entry.x] = [b"".join([*said.get(entry.x, []), entry.content])]
    return [said.get(x, []) for x in models]


@pytest.mark.parametrize(("scenario", "code"), TURNS.values(), ids=TURNS)
def test_a_recorded_turn_plays_again(turn, tmp_path, scenario, code) -> None:
    """Nothing of the mock is there in the second run: all that the client knows comes out of the file.

    The second run is recorded, too: what the server says in it is what it said in the first.
    """
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    ended = record(first, scenario, tmp_path / "home", lambda environment: turn(environment, "first"))
    assert ended[0] == code

    header = Header(recording=1, surface="http")
    recorder = Recorder(second, header, Redactor(header))
    with SyncReplay(first, proxy=True) as replay:
        replay.write_codex_home(tmp_path / "replay-home")
        home = {"CODEX_HOME": str(tmp_path / "replay-home")}
        upstream = mock_upstream(replay.https_url, replay.ca_file)
        with SyncRecordingProxy(recorder, upstream) as proxy:
            again = turn({**home, **proxied_environment(proxy.url, str(proxy.ca_file))}, "second")
    recorder.finish()

    assert replay.misses == []
    assert again == ended
    assert said_by_server(second) == said_by_server(first)


def test_an_app_server_plays_again(binary, codex, tmp_path) -> None:
    """A scripted client gets the lines of the real one, whose secrets are replaced."""
    path = tmp_path / "session.jsonl"
    script = "".join(json.dumps(message) + "\n" for message in SCRIPT).encode()
    (tmp_path / "script.jsonl").write_bytes(script)
    live = _live(binary, codex, path, len([message for message in SCRIPT if "id" in message]))
    played = tmp_path / "played.jsonl"

    with (tmp_path / "script.jsonl").open("rb") as stdin, played.open("wb") as stdout:
        assert replay_lines(path, matching="content", stdin=stdin.fileno(), stdout=stdout.fileno()) is None

    with RecordingReader(path) as reader:
        recorded = [entry.content for entry in reader if isinstance(entry, Line) and entry.side == "server"]
    assert played.read_bytes().splitlines() == recorded
    assert [json.loads(line).get("id") for line in recorded] == [json.loads(line).get("id") for line in live]


def _live(binary, codex, path: Path, answers: int) -> list[bytes]:
    """Record the script with the real app-server, and return the lines that the client got."""
    command = [*COMMAND, "record", "app-server", "-o", path, "--", binary, "app-server"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=codex.environment(), cwd=codex.work
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(json.dumps(message) + "\n" for message in SCRIPT).encode())
        process.stdin.flush()
        lines = []
        while answers:
            lines.append(process.stdout.readline().rstrip(b"\n"))
            answers -= "id" in json.loads(lines[-1])
        process.stdin.close()
        lines += process.stdout.read().splitlines()
    assert process.returncode == 0
    return lines
