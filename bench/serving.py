"""How fast the mock serves, beside a bare Starlette application under uvicorn that sends the same bytes.

Prints the time from the start of the process to the first answered request, and the streams of a
response with 50 deltas per second. Both sides take turns, and the medians are compared.
"""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
COLD_STARTS = 7
ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 32
SCENARIO = {
    "model": [{"say": [{"message": " ".join(f"word{number:02}" for number in range(50))}], "times": None}],
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def mock(port: int, folder: Path) -> list[str]:
    command = (
        f"{Path(sys.executable).parent}/codex-testkit serve --json --port {port} --scenario {folder}/scenario.json"
    )
    return command.split(" ")


def bare(port: int, folder: Path) -> list[str]:
    return [sys.executable, str(HERE / "bare_server.py"), str(port), str(folder / "payload")]


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def ask(port: int, request: bytes) -> bytes:
    """Return the whole response, trying until somebody listens."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(request.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))
                return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionRefusedError:
            time.sleep(0.001)


def cold_start(command: list[str], port: int, request: bytes) -> float:
    """Return the seconds from the start of a process to its first answer."""
    started = time.perf_counter()
    with running(command):
        answer = ask(port, request)
        elapsed = time.perf_counter() - started
    assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
    return elapsed


def streams_per_second(port: int, folder: Path) -> float:
    command = [sys.executable, HERE / "load.py", port, folder / "request", CONNECTIONS, SECONDS]
    return float(subprocess.run([*map(str, command)], capture_output=True, check=True).stdout)


def prepare(folder: Path) -> bytes:
    """Write the scenario, the request and the mock's own bytes, and return the request."""
    (folder / "scenario.json").write_text(json.dumps(SCENARIO))
    port = free_port()
    with running(mock(port, folder)) as process:
        key = json.loads(process.stdout.readline())["accounts"]["plus"]["api_key"]
        body = json.dumps({"model": "gpt-5.5", "input": "go", "stream": True, "store": False}).encode()
        head = (
            f"POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        request = head.encode() + body
        chunked = ask(port, request).partition(b"\r\n\r\n")[2]
    size = int(chunked.partition(b"\r\n")[0], 16)
    payload = chunked.partition(b"\r\n")[2][:size]
    assert payload.count(b"output_text.delta") == 2 * 50, "the response has 50 deltas, in one chunk"
    (folder / "request").write_bytes(request)
    (folder / "payload").write_bytes(payload)
    return request


def compare(title: str, unit: str, ours: list[float], theirs: list[float]) -> None:
    mine, yardstick = statistics.median(ours), statistics.median(theirs)
    print(f"{title}: mock {mine:.4g} {unit}, bare Starlette {yardstick:.4g} {unit}, ratio {mine / yardstick:.2f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        request = prepare(folder)
        starts: dict[str, list[float]] = {"mock": [], "bare": []}
        for _ in range(COLD_STARTS):
            for kind, command in (("mock", mock), ("bare", bare)):
                port = free_port()
                starts[kind].append(1000 * cold_start(command(port, folder), port, request))
        compare("cold start to the first 200", "ms", starts["mock"], starts["bare"])

        ports = {"mock": free_port(), "bare": free_port()}
        with running(mock(ports["mock"], folder)), running(bare(ports["bare"], folder)):
            for port in ports.values():
                ask(port, request)
            rates = {kind: [] for kind in ports}
            for _ in range(ROUNDS):
                for kind, port in ports.items():
                    rates[kind].append(streams_per_second(port, folder))
        compare(f"streams of 50 deltas at {CONNECTIONS} connections", "/s", rates["mock"], rates["bare"])


if __name__ == "__main__":
    main()
