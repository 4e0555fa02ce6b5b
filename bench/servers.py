"""The mock and what it is measured beside, as commands that serve on a port."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "AIMOCK",
    "COMMANDS",
    "SCENARIO",
    "WORDS",
    "Address",
    "free_port",
    "install_aimock",
    "opened",
    "running",
    "started",
]

HERE = Path(__file__).parent
#: Where git ignores what is installed for the benchmark.
FOLDER = HERE.parent / ".bench"
PACKAGE, VERSION = "@copilotkit/aimock", "1.43.0"
#: The package as it is installed.
AIMOCK = FOLDER / "node_modules" / PACKAGE / "dist"

WORDS = [f"word{number:02}" for number in range(50)]
#: One message of 50 deltas, as often as it is asked for, and logins without a page.
SCENARIO = {
    "settings": {"auto_approve": True},
    "model": [{"say": [{"message": " ".join(WORDS)}], "times": None}],
}
#: The same for aimock, which cuts by characters.
FIXTURES = {"fixtures": [{"match": {"userMessage": "go"}, "response": {"content": " ".join(WORDS)}}]}
CHUNK = len(WORDS[0]) + 1


def mock(port: int, folder: Path) -> list[object]:
    scenario = _written(folder / "scenario.json", SCENARIO)
    return [Path(sys.executable).with_name("codex-testkit"), "serve", "--json", "--port", port, "--scenario", scenario]


def aimock(port: int, folder: Path) -> list[object]:
    fixtures = _written(folder / "fixtures.json", FIXTURES)
    return ["node", AIMOCK / "cli.js", "-p", port, "-f", fixtures, "-c", CHUNK, "--log-level", "silent"]


def starlette(port: int, folder: Path) -> list[object]:
    return [sys.executable, HERE / "bare_server.py", port, folder / "answer.json"]


def bare_socket(port: int, folder: Path) -> list[object]:
    return [sys.executable, HERE / "socket_server.py", port, folder / "answer.json"]


#: How each server is started, by name: the mock and the peers, on a port, with a folder for what they read.
COMMANDS = {"mock": mock, "aimock": aimock, "Starlette": starlette, "socket": bare_socket}


def install_aimock() -> bool:
    """Install aimock where it is missing; tell whether it can be had."""
    manifest = json.dumps({"private": True, "dependencies": {PACKAGE: VERSION}})
    stamp = FOLDER / "installed.json"
    if stamp.exists() and stamp.read_text() == manifest:
        return True
    if shutil.which("npm") is None:
        print("npm is not here: aimock is left out", file=sys.stderr)
        return False
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "package.json").write_text(manifest)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"{done.stderr}\naimock is left out", file=sys.stderr)
        return False
    stamp.write_text(manifest)
    return True


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    port: int
    #: An API key of the mock; the others take any.
    key: str = "any"
    #: Whether it is the mock, which wants tokens that it has issued.
    is_mock: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(command: list[object]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server."""
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def opened(port: int) -> socket.socket:
    """Return a connection as soon as somebody listens."""
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            time.sleep(0.001)


def started(kind: str, folder: Path, stack: ExitStack) -> Address:
    """Start a server, and return where it listens as soon as it does."""
    port = free_port()
    process = stack.enter_context(running(COMMANDS[kind](port, folder)))
    if kind == "mock":
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        return Address(port, ready["accounts"]["plus"]["api_key"], is_mock=True)
    opened(port).close()
    return Address(port)


def _written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value))
    return path
