"""How fast the mock serves, beside its peers, all in one run.

The peers are the npm package aimock, a bare Starlette application under uvicorn, and a bare asyncio socket as
the limit; the last two send the mock's own bytes in one write. All take turns, and the medians are compared.
Behind each figure of a peer stands how many times as good the mock is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import memory
import pacing
from load import answers_per_second
from servers import Address, install_aimock, started
from starts import cold_start, fresh_mock
from table import PEERS, Row, in_json, in_markdown, text_lines, write_between_markers
from turns import medians, say
from workloads import WORKLOADS, Workload

README = Path(__file__).parent.parent / "README.md"
CONNECTIONS = 32


def measurements(peers: Sequence[str], rounds: int, seconds: float) -> dict[str, Callable[[], Iterable[Row]]]:
    """Return what can be measured, by name."""
    rates = {workload.name: partial(_single, throughput, workload, peers, rounds, seconds) for workload in WORKLOADS}
    return {
        **rates,
        "start": partial(_single, cold_start, peers, rounds),
        "fresh": partial(_single, fresh_mock, peers, rounds),
        "pacing": pacing.rows,
        "memory": partial(memory.rows, say),
    }


def throughput(workload: Workload, peers: Sequence[str], rounds: int, seconds: float) -> Row:
    """Return the answers a second that each server gives."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        servers = {"mock": started("mock", folder, stack)}
        (folder / "answer.json").write_text(json.dumps(workload.answer(servers["mock"])))
        for peer in peers:
            if peer in workload.peers:
                servers[peer] = started(peer, folder, stack)
        figures = medians(workload.what, servers, rounds, lambda kind: _rate(workload, servers[kind], seconds))
    return Row(workload.what, "/s", figures.pop("mock"), figures, workload.wanted)


def _rate(workload: Workload, server: Address, seconds: float) -> float:
    load = answers_per_second(server.port, partial(workload.client, server), CONNECTIONS, seconds)
    return asyncio.run(load)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(measurements((), 0, 0)), help="measure only this")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each server (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of load in a turn (default: %(default)s)")
    parser.add_argument("--no-aimock", action="store_true", help="leave aimock out, which npm would install")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write-readme", action="store_true", help="put the table into README.md, too")
    options = parser.parse_args()
    has_aimock = not options.no_aimock and install_aimock()
    peers = [peer for peer in PEERS if peer != "aimock" or has_aimock]
    planned = measurements(peers, options.rounds, options.seconds)
    measured = (row for name in options.only or planned for row in planned[name]())
    rows: list[Row] = []
    for line in text_lines(_kept(measured, rows)):
        if not options.json:
            say("")
            print(line, flush=True)
    if options.json:
        print(in_json(rows))
    if options.write_readme:
        write_between_markers(README, in_markdown(rows))
    return 0


def _kept(measured: Iterable[Row], rows: list[Row]) -> Iterator[Row]:
    for row in measured:
        rows.append(row)
        yield row


def _single(measure: Callable[..., Row], *arguments: object) -> Iterator[Row]:
    yield measure(*arguments)


if __name__ == "__main__":
    sys.exit(main())
