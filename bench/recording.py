"""What recording adds to a request, how fast a recording replays beside the mock itself, and what a large one takes.

The mock, a recorder in front of it and a replay of what was recorded are measured in turns, in one run. What is
replayed is one recorded stream of 50 deltas, as often as the size that is asked for holds it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from load import HttpClient, answers_per_second
from process import Mock, serve
from servers import SCENARIO, Address
from turns import medians, say
from workloads import turn_request

from codex_fixtures import Header, RecordingReader, RecordingWriter

COMMAND = Path(sys.executable).with_name("codex-testkit")
CONNECTIONS = 8
#: Requests that are sent one after the other to learn how long one takes.
REQUESTS = 100
#: Seconds between them: a client does something with an answer before it asks again.
PAUSE = 0.02
_LAST_CHUNK = b"0\r\n\r\n"


@contextmanager
def process(*arguments: object, ready: Callable[[str], int]) -> Iterator[Mock]:
    """Run a command of the toolkit that says where it listens, and end it as a person does."""
    with subprocess.Popen([COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        try:
            yield Mock(Address(ready(child.stdout.readline().decode())), child.pid)
        finally:
            child.send_signal(signal.SIGINT)
            child.wait()


def recorder(mock: Mock, path: Path) -> object:
    """Run a recorder in front of a mock."""
    return process(
        "record", "-o", path, "--upstream", mock.address.url, ready=lambda line: int(line.rpartition(":")[2])
    )


def replay(path: Path) -> object:
    """Run a replay."""
    return process("replay", path, "--json", ready=lambda line: int(json.loads(line)["http"].rpartition(":")[2]))


def milliseconds(address: Address, request: bytes) -> float:
    """Return how long a request takes from its first byte to the last of its answer, on one connection."""
    taken = []
    with socket.create_connection(("127.0.0.1", address.port)) as connection:
        for _ in range(REQUESTS):
            started = time.perf_counter()
            connection.sendall(request)
            tail = b""
            while not tail.endswith(_LAST_CHUNK):
                tail = tail[-len(_LAST_CHUNK) :] + connection.recv(65536)
            taken.append(time.perf_counter() - started)
            time.sleep(PAUSE)
    return 1000 * statistics.median(taken)


def rate(address: Address, request: bytes, seconds: float) -> float:
    """Return the answers a second."""
    load = answers_per_second(address.port, partial(HttpClient, request), CONNECTIONS, seconds)
    return asyncio.run(load)


def multiply(source: Path, target: Path, size: int) -> int:
    """Write the one exchange of a recording again and again until the file is so large; return how often."""
    with RecordingReader(source) as reader:
        entries = [entry for entry in reader if entry.x == 1]
    count = 0
    with RecordingWriter(target, Header(recording=1, surface="http")) as writer:
        while target.stat().st_size < size:
            for _ in range(100):
                count += 1
                for entry in entries:
                    entry.x = count
                    writer.write(entry)
    return count


def figures(rounds: int, seconds: float, size: int) -> dict[str, float]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as name, serve(SCENARIO) as mock:
        request = turn_request(mock.address, stream=True)
        one, large, load = (Path(name, f"{each}.jsonl") for each in ("one", "large", "load"))
        with recorder(mock, one) as recording:
            milliseconds(recording.address, request)
        say("writing a large recording")
        count = multiply(one, large, size)
        started = time.perf_counter()
        with replay(large) as replaying, recorder(mock, load) as recording:
            ready = time.perf_counter() - started
            servers = {"mock": mock.address, "recorded": recording.address, "replayed": replaying.address}
            took = medians("a request", servers, rounds, lambda kind: milliseconds(servers[kind], request))
            rates = medians("streams", servers, rounds, lambda kind: rate(servers[kind], request, seconds))
            memory = replaying.read().memory
            recorder_memory = recording.read().memory
        return {
            "request to the mock (ms)": took["mock"],
            "request that is recorded (ms)": took["recorded"],
            "recording adds (ms)": took["recorded"] - took["mock"],
            "request that is replayed (ms)": took["replayed"],
            "streams of the mock (/s)": rates["mock"],
            "streams that are recorded (/s)": rates["recorded"],
            "streams that are replayed (/s)": rates["replayed"],
            "size of the recording (MB)": large.stat().st_size / 1e6,
            "exchanges in it": count,
            "seconds until it replays": ready,
            "memory of its replay (MB)": memory,
            "memory of the recorder (MB)": recorder_memory,
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each server (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of load in a turn (default: %(default)s)")
    parser.add_argument("--megabytes", type=int, default=1000, help="size of the recording (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    measured = figures(options.rounds, options.seconds, options.megabytes * 1_000_000)
    say("")
    print(
        json.dumps(measured)
        if options.json
        else "\n".join(f"{what:<34}{each:>12,.2f}" for what, each in measured.items())
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
