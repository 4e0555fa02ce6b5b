"""The mock app-server starts, answers over HTTP and ends as the published one, both asked the same."""

from __future__ import annotations

import base64
import hmac
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.frames import Frame, Opcode

MOCK = [sys.executable, "-c", "import sys; from codex_conformance.cli import main; sys.exit(main())", "app-server"]
SECRET = b"s" * 40
HEADER = b'{"alg":"HS256"}'
INITIALIZE = b'{"method":"initialize","id":1,"params":{"clientInfo":{"name":"probe","version":"1"}}}'
#: A connection that says nothing for so long, before and after somebody else got an answer, stays open.
SILENCE = 0.5
#: How many seconds something may take that must happen.
PATIENCE = 30.0

UPGRADE = {
    "Host": "127.0.0.1",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def request(line: str = "GET / HTTP/1.1", *, body: str = "", **headers: str | None) -> bytes:
    """Return a request; headers replace those of the handshake, None takes one away."""
    merged = UPGRADE | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [line, *(f"{name}: {value}" for name, value in merged.items() if value is not None), "", body]
    return "\r\n".join(lines).encode("latin-1")


def plain(line: str, **headers: str) -> bytes:
    return request(line, **dict.fromkeys((name.replace("-", "_") for name in UPGRADE), None) | headers)


REQUESTS = {
    "ready": plain("GET /readyz HTTP/1.1"),
    "healthy": plain("GET /healthz?x=1 HTTP/1.1"),
    "head": plain("HEAD /readyz HTTP/1.1"),
    "head elsewhere": plain("HEAD / HTTP/1.1"),
    "options": plain("OPTIONS /healthz HTTP/1.1"),
    "the old protocol": plain("GET /readyz HTTP/1.0"),
    "a connection that is to end": plain("GET /readyz HTTP/1.1", Connection="close"),
    "another path": plain("GET /readyz/ HTTP/1.1"),
    "post": plain("POST /x HTTP/1.1", Content_Length="0"),
    "origin": plain("GET /readyz HTTP/1.1", Origin="null"),
    "empty origin": plain("GET / HTTP/1.1", Origin=""),
    "upgrade": request(),
    "upgrade with an origin": request(Origin="http://a"),
    "upgrade of a health page": request("GET /readyz HTTP/1.1"),
    "upgrade by POST": request("POST / HTTP/1.1"),
    "upgrade in the old protocol": request("GET / HTTP/1.0"),
    "subprotocol": request(Sec_WebSocket_Protocol="a", Sec_WebSocket_Extensions="permessage-deflate"),
    "no upgrade": request(Upgrade=None),
    "another upgrade": request(Upgrade="h2c"),
    "no version": request(Sec_WebSocket_Version=None),
    "no key": request(Sec_WebSocket_Key=None),
    "a short key": request(Sec_WebSocket_Key="short"),
    "garbage": b"HELLO\r\n\r\n",
    "two requests": plain("GET /readyz HTTP/1.1") + plain("GET /healthz HTTP/1.1"),
    "many headers": plain("GET /readyz HTTP/1.1", **{f"X{number}": "a" for number in range(120)}),
    "a long target": plain(f"GET /readyz?{'a' * 70_000} HTTP/1.1"),
}


def frame(data: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True, mask: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=mask)


FRAMES = {
    "close": frame(b"\x03\xe8bye", Opcode.CLOSE),
    "no mask": frame(INITIALIZE, mask=False),
    "an unknown opcode": b"\x83\x80\0\0\0\0",
    "a reserved bit": b"\xc1\x80\0\0\0\0",
    "no UTF-8": frame(b"\xff\xff"),
    "ping": frame(b"hi", Opcode.PING),
    "a continuation of nothing": frame(b"x", Opcode.CONT),
    "two objects": frame(INITIALIZE + INITIALIZE),
    "binary": frame(INITIALIZE, Opcode.BINARY),
}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bearer(**claims: object) -> str:
    merged = {"exp": int(time.time()) + 600, "iss": "me", "aud": "you"} | claims
    content = json.dumps({name: value for name, value in merged.items() if value is not None}).encode()
    signed = f"{encoded(HEADER)}.{encoded(content)}"
    return f"Bearer {signed}.{encoded(hmac.digest(SECRET, signed.encode(), 'sha256'))}"


def authorizations() -> dict[str, str | None]:
    """Return headers with tokens, which are good or bad as of now."""
    now = int(time.time())
    return {
        "right": bearer(),
        "blanks": bearer().replace(" ", "  ") + "  ",
        "none": None,
        "no scheme": "abc",
        "another scheme": "Basic abc",
        "no token": "Bearer",
        "junk": "Bearer junk",
        "within the skew": bearer(exp=now - 10),
        "expired": bearer(exp=now - 100, iss="x"),
        "too early": bearer(nbf=now + 100),
        "no expiry": bearer(exp=None),
        "a fraction": bearer(exp=now + 600.5),
        "another issuer": bearer(iss="x", aud="x"),
        "no issuer": bearer(iss=None),
        "issuers": bearer(iss=["me"]),
        "audiences": bearer(aud=["x", "you"]),
        "another audience": bearer(aud="x"),
        "an audience that is none": bearer(aud=[1, "you"]),
        "padding": bearer() + "=",
    }


LISTEN = ("--listen", "ws://127.0.0.1:0")

#: Arguments with which nothing starts.
REFUSALS = {
    "no transport": ["--listen", "foo"],
    "a name": ["--listen", "ws://localhost:0"],
    "no port": ["--listen", "ws://127.0.0.1"],
    "a port that is none": ["--listen", "ws://127.0.0.1:99999"],
    "off": ["--listen", "off"],
    "everybody": ["--listen", "ws://0.0.0.0:0"],
    "no mode": ["--ws-auth", "bogus"],
    "no token": ["--ws-auth", "capability-token"],
    "two tokens": ["--ws-auth", "capability-token", "--ws-token-file", "token", "--ws-token-sha256", "zz"],
    "no digest": ["--ws-auth", "capability-token", "--ws-token-sha256", "zz"],
    "options without a mode": ["--ws-token-file", "token"],
    "options of another mode": ["--ws-auth", "capability-token", "--ws-issuer", "me"],
    "a blank token": [*LISTEN, "--ws-auth", "capability-token", "--ws-token-file", "blank"],
    "a file that is missing": [*LISTEN, "--ws-auth", "capability-token", "--ws-token-file", "missing"],
    "a short secret": [*LISTEN, "--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", "token"],
    "no secret": ["--ws-auth", "signed-bearer-token"],
    "a negative skew": ["--ws-max-clock-skew-seconds=-1"],
    "a folder that is missing": ["--listen", "unix:///missing/folder/socket"],
}


class Pair:
    """The published app-server and the mock of the same release."""

    def __init__(self, codex) -> None:
        self._codex = codex
        # The program that npm links starts this one, and makes something else of signals.
        (program,) = codex.binary.resolve().parents[2].glob("codex-*/vendor/*/bin/codex")
        self._commands = ([program, "app-server"], [*MOCK, "--codex-version", codex.release])
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> list[subprocess.Popen[str]]:
        """Start the published one and the mock."""
        return [self.start_one(number, *arguments) for number in range(len(self._commands))]

    def start_one(self, number: int, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*self._commands[number], *arguments],
            cwd=self._codex.work,
            env=self._codex.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        return process

    def listen(self, *arguments: str) -> list[int]:
        """Start both on an address, and return their ports."""
        return [_port(process) for process in self.start("--listen", "ws://127.0.0.1:0", *arguments)]

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                stream.close()


def _port(process: subprocess.Popen[str]) -> int:
    for line in process.stderr:
        if (found := re.search(r"ws://127\.0\.0\.1:(\d+)", line)) is not None:
            break
    return int(found[1])


@pytest.fixture
def pair(codex) -> Iterator[Pair]:
    pair = Pair(codex)
    yield pair
    pair.stop()


def connect(where: int | Path) -> socket.socket:
    """Connect to a port or a Unix socket as soon as somebody listens, which is after its address was told."""
    address = ("127.0.0.1", where) if isinstance(where, int) else str(where)
    for _ in range(int(PATIENCE / 0.05)):
        connection = socket.socket(socket.AF_INET if isinstance(where, int) else socket.AF_UNIX)
        if connection.connect_ex(address) == 0:
            return connection
        connection.close()
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {where}")


def ask(where: int | Path, *parts: bytes) -> tuple[bytes, str]:
    """Send parts, each after the answer to the one before; return what came last, and whether it is still open."""
    answer, end = b"", "open"
    with connect(where) as connection:
        connection.settimeout(SILENCE)
        for part in parts:
            answer = b""
            with suppress(TimeoutError, ConnectionError):
                connection.sendall(part)
                while data := receive(connection, where):
                    answer += data
                end = "closed"
    return re.sub(rb"date: [^\r]*", b"date", answer), end


def receive(connection: socket.socket, where: int | Path) -> bytes:
    """Return what comes next; nothing has come only where the server, however busy, answered another meanwhile."""
    with suppress(TimeoutError):
        return connection.recv(65536)
    with connect(where) as witness:
        witness.settimeout(PATIENCE)
        witness.sendall(request())
        witness.recv(1)
    return connection.recv(65536)


def ask_all(port: int, cases: dict[str, tuple[bytes, ...]]) -> dict[str, tuple[bytes, str]]:
    """Ask all at once, each on a connection of its own."""
    with ThreadPoolExecutor(len(cases)) as pool:
        answers = pool.map(lambda parts: ask(port, *parts), cases.values())
        return dict(zip(cases, answers, strict=True))


def test_requests_are_answered_alike(pair) -> None:
    published, mock = pair.listen()

    cases = {name: (data,) for name, data in REQUESTS.items()}
    assert ask_all(mock, cases) == ask_all(published, cases)


def test_frames_are_answered_alike(pair) -> None:
    published, mock = pair.listen()

    cases = {name: (request(), data) for name, data in FRAMES.items()}
    assert ask_all(mock, cases) == ask_all(published, cases)


def test_signed_tokens_are_judged_alike(pair, codex) -> None:
    (codex.work / "secret").write_bytes(SECRET)
    mode = ("--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", "secret")
    published, mock = pair.listen(*mode, "--ws-issuer", "me", "--ws-audience", "you")

    cases = {name: (request(Authorization=value),) for name, value in authorizations().items()}
    assert ask_all(mock, cases) == ask_all(published, cases)


@pytest.mark.parametrize("arguments", REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_start_is_said_alike(pair, codex, arguments) -> None:
    (codex.work / "token").write_text("short")
    (codex.work / "blank").write_text(" ")

    said = [(process.communicate(timeout=30)[1], process.returncode) for process in pair.start(*arguments)]

    published, mock = [(_error_of(text), code) for text, code in said]
    assert mock == published


def _error_of(text: str) -> str:
    """Return the message, without what the published one logs before it."""
    return text[text.lower().index("error: ") :] if "rror: " in text else text


SOCKET_REQUESTS = {
    "upgrade": request(),
    "upgrade with an origin": request(Origin="http://a"),
    "health": plain("GET /readyz HTTP/1.1"),
    "another version": request(Sec_WebSocket_Version="8"),
    "lines": INITIALIZE + b"\n",
}


def test_unix_sockets_are_alike(pair, codex) -> None:
    paths = [codex.work / name for name in ("published", "mock")]
    processes = [pair.start_one(number, "--listen", f"unix://{path}") for number, path in enumerate(paths)]

    published, mock = [_seen_at(path, process) for path, process in zip(paths, processes, strict=True)]
    assert mock == published


def _seen_at(path: Path, process: subprocess.Popen[str]) -> dict[str, object]:
    answers = {name: ask(path, data) for name, data in SOCKET_REQUESTS.items()}
    mode = oct(path.stat().st_mode)
    process.send_signal(signal.SIGTERM)
    return {"answers": answers, "mode": mode, "exit code": process.wait(30), "is left": path.exists()}


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_them_alike(pair, number) -> None:
    assert len(set(_codes(pair, lambda process: process.send_signal(number)))) == 1


def test_the_end_of_the_input_ends_them_alike(pair) -> None:
    assert _codes(pair, lambda process: process.stdin.close()) == [0, 0]


def _codes(pair: Pair, end: Callable[[subprocess.Popen[str]], None]) -> list[int]:
    codes = []
    for process in pair.start():
        process.stdin.write(INITIALIZE.decode() + "\n")
        process.stdin.flush()
        process.stdout.readline()
        end(process)
        codes.append(process.wait(30))
        process.stdin.close()
    return codes
