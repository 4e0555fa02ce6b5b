"""What the checks of accounts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from codex_conformance._login_port import login_port
from codex_conformance.targets import Target


@pytest.fixture(name="login_port")
def _login_port(target: Target) -> Iterator[None]:
    """Hold the port on which codex waits for the browser; a mock in this process waits on none."""
    if target.command is None:
        yield
        return
    with login_port():
        yield
