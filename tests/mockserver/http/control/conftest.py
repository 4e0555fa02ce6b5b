"""What the tests of the control calls share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from codex_mockserver import Backend, Clock


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    """A mock at a fixed time."""
    async with Backend(seed=1, clock=Clock(frozen_at=1_770_000_000.0)) as backend:
        yield backend
