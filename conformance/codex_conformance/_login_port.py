"""The one port on which codex waits for the browser."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["login_port"]

_LOCK = Path(tempfile.gettempdir(), "codex-testkit-1455.lock")


@contextmanager
def login_port() -> Iterator[None]:
    """Hold the right to log in with a browser: only one such login at a time can be on a machine."""
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
