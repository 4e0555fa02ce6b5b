"""The published codex binary in a home of its own, with the mock as its whole world."""

from __future__ import annotations

import itertools
import json
import os
import queue
import re
import select
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from codex_conformance._login_port import login_port
from codex_conformance.clients import Person
from codex_mockserver import SyncBackend
from codex_schemas.app_server import Conversation, load
from codex_schemas.diff import Side

RELEASES = ("0.169.0", "0.141.0")
CODEX_FOLDER = Path(__file__).parent.parent.parent / ".codex"

#: Keeps a run to the calls that matter; the tests that want all of them say so.
QUIET = """
[analytics]
enabled = false

[features]
apps = false
plugins = false
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real_codex)


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Each release of codex in turn."""
    return str(request.param)


@pytest.fixture
def backend() -> Iterator[SyncBackend]:
    """A backend of its own, behind the proxy and TLS that the real client needs."""
    with SyncBackend(tls=True, proxy=True) as backend:
        yield backend


@pytest.fixture
def binary(release: str) -> Path:
    """The binary of the release."""
    binary = CODEX_FOLDER / release / "node_modules" / ".bin" / "codex"
    if not binary.exists():
        pytest.skip(f"codex {release} is not installed (make test installs it through npm)")
    return binary


@pytest.fixture
def codex(binary: Path, release: str, backend: SyncBackend, tmp_path: Path) -> Codex:
    """The binary of the release with a home of its own, logged out."""
    return Codex(binary, release, backend, tmp_path)


@pytest.fixture(name="login_port")
def _login_port() -> Iterator[None]:
    """Hold the only port on which codex waits for the browser, across processes."""
    with login_port():
        yield


class Codex:
    """The binary of one release in a home of its own."""

    def __init__(self, binary: Path, release: str, backend: SyncBackend, folder: Path) -> None:
        self.binary = binary
        self.release = release
        self.is_new = release != "0.141.0"
        self.backend = backend
        self.home = folder / "codex-home"
        self.work = folder / "work"
        self.work.mkdir()
        backend.write_codex_home(self.home, account=None)
        with (self.home / "config.toml").open("a") as config:
            config.write(QUIET)

    @property
    def auth(self) -> dict[str, Any]:
        """The credential file."""
        auth: dict[str, Any] = json.loads((self.home / "auth.json").read_text())
        return auth

    def log_in(self, account: str = "plus") -> None:
        """Write credentials of an account as a login leaves them."""
        config = (self.home / "config.toml").read_text()
        self.backend.write_codex_home(self.home, account)
        (self.home / "config.toml").write_text(config)

    def edit_auth(self, **tokens: str) -> None:
        """Replace tokens in the credential file."""
        auth = self.auth
        auth["tokens"] |= tokens
        (self.home / "auth.json").write_text(json.dumps(auth))

    def environment(self, **extra: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LANG") if name in os.environ}
        return {**kept, "HOME": str(self.work), **self.backend.client_environment(self.home), **extra}

    def run(
        self, *args: str, stdin: str = "", timeout: float = 90, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [self.binary, *args],
            cwd=self.work,
            env=self.environment(**environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *args: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command that waits for a person; its output goes to one pipe."""
        return subprocess.Popen(
            [self.binary, *args],
            cwd=self.work,
            env=self.environment(BROWSER="/bin/true", **environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def exec(self, prompt: str, *options: str, **environment: str) -> Turn:
        """Run one turn without a person, and read its events."""
        flags = ("--json", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox")
        done = self.run("exec", *flags, *options, prompt, **environment)
        return Turn(done)


class Turn:
    """What ``codex exec --json`` printed."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.output = done.stdout + done.stderr
        self.events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def items(self, kind: str) -> list[dict[str, Any]]:
        """Return the completed items of a kind."""
        done = [event["item"] for event in self.events if event["type"] == "item.completed"]
        return [item for item in done if item["type"] == kind]

    @property
    def messages(self) -> list[str]:
        return [item["text"] for item in self.items("agent_message")]


@pytest.fixture
def read_until() -> Callable[..., str]:
    """A function that returns the first line of a process that holds a text, or matches a pattern."""

    def read(process: subprocess.Popen[str], text: str, *, pattern: str = "", timeout: float = 30) -> str:
        deadline = time.monotonic() + timeout
        seen = ""
        assert process.stdout is not None
        while select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
            chunk = os.read(process.stdout.fileno(), 65536).decode()
            seen += chunk
            for line in seen.split("\n")[:-1]:
                if text in line and re.search(pattern, line):
                    return line
            if not chunk:
                break
        raise AssertionError(f"{pattern or text!r} did not come; came: {seen}")

    return read


@pytest.fixture
def person(backend: SyncBackend) -> Person:
    return Person(backend)


class AppServer:
    """A client of ``codex app-server`` over its standard input and output."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._ids = itertools.count()
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._backlog: list[dict[str, Any]] = []
        #: Every message so far with its sender, in order.
        self.said: list[tuple[Side, dict[str, Any]]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                message = json.loads(line)
                self.said.append(("server", message))
                self._messages.put(message)

    def send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self.said.append(("client", message))
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def call(self, method: str, params: Any = None) -> dict[str, Any]:
        """Return the whole answer to a request: with ``result``, or with ``error``."""
        number = next(self._ids)
        self.send({"id": number, "method": method} | ({} if params is None else {"params": params}))
        return self._await(lambda message: message.get("id") == number and "method" not in message)

    def result(self, method: str, params: Any = None) -> Any:
        answer = self.call(method, params)
        assert "result" in answer, answer
        return answer["result"]

    def answer(self, method: str, result: Any) -> None:
        """Answer the next request of the server of that method."""
        request = self._await(lambda message: message.get("method") == method)
        self.send({"id": request["id"], "result": result})

    def notification(self, method: str) -> Any:
        """Return the params of the next notification or server request of that method."""
        return self._await(lambda message: message.get("method") == method)["params"]

    def _await(self, wanted: Any) -> dict[str, Any]:
        for message in self._backlog:
            if wanted(message):
                self._backlog.remove(message)
                return message
        while True:
            message = self._messages.get(timeout=30)
            if wanted(message):
                return message
            self._backlog.append(message)


@pytest.fixture
def app_server(codex) -> Iterator[AppServer]:
    """An initialised app-server; nobody is logged in unless the test did so before it was asked for.

    At the end all that was said must fit the contract of the release.
    """
    process = codex.start("app-server")
    server = AppServer(process)
    info = {"name": "testkit", "title": "testkit", "version": "1"}
    server.result("initialize", {"clientInfo": info, "capabilities": {"experimentalApi": True}})
    server.send({"method": "initialized"})
    yield server
    process.kill()
    process.communicate()
    conversation = Conversation(load(codex.release, experimental=True))
    assert [str(each) for sender, message in server.said for each in conversation.violations(message, sender)] == []


@pytest.fixture
def logged_in(codex, request):
    codex.log_in(getattr(request, "param", "team"))
    return request.getfixturevalue("app_server")
