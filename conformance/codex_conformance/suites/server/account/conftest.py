"""What the checks of accounts share."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_conformance.targets import Target

#: Codex waits for the browser on one port, so that only one browser login at a time can be on a machine.
_LOGIN_LOCK = Path(tempfile.gettempdir(), "codex-testkit-1455.lock")


@pytest.fixture
def login_port(target: Target) -> Iterator[None]:
    """Hold the port on which codex waits for the browser; a mock in this process waits on none."""
    if target.command is None:
        yield
        return
    with _LOGIN_LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
