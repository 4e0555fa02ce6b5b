"""A mock as a process of its own: where it listens, and what it holds of the machine."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servers import Address, running

__all__ = ["Mock", "Reading", "serve"]


#: How long it may take until the mock has seen that its clients have gone.
SECONDS_TO_SETTLE = 10


@dataclass(frozen=True)
class Reading:
    """What a process holds."""

    #: Megabytes of memory that are resident.
    memory: float
    #: Open descriptors.
    descriptors: int


@dataclass(frozen=True)
class Mock:
    """A mock that serves."""

    address: Address
    pid: int

    def read(self) -> Reading:
        """Return what the process holds now; only Linux tells."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        descriptors = sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())
        return Reading(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, descriptors)

    def settle(self, descriptors: int) -> Reading:
        """Return what the process holds when it has closed all descriptors but so many, or was given time for it."""
        end = time.monotonic() + SECONDS_TO_SETTLE
        while (reading := self.read()).descriptors > descriptors and time.monotonic() < end:
            time.sleep(0.1)
        return reading


@contextmanager
def serve(scenario: Mapping[str, Any]) -> Iterator[Mock]:
    """Run `codex-testkit serve` with a scenario."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scenario.json")
        path.write_text(json.dumps(scenario))
        command = Path(sys.executable).with_name("codex-testkit")
        with running([command, "serve", "--port", "0", "--json", "--scenario", path]) as process:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            port = int(ready["http"].rpartition(":")[2])
            yield Mock(Address(port, ready["accounts"]["plus"]["api_key"], is_mock=True), process.pid)
