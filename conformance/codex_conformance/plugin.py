"""The pytest plugin: loaded in every run of every user, so it imports nothing heavy by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from codex_mockserver import SyncBackend

__all__ = ["codex_backend"]


@pytest.fixture
def codex_backend() -> Iterator[SyncBackend]:
    """A mock Codex backend with a world of its own."""
    from codex_mockserver import SyncBackend  # noqa: PLC0415 (only a test that wants a backend pays for it)

    with SyncBackend() as backend:
        yield backend
