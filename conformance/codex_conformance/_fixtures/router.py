"""Calls of ``httpx`` that end in the backend of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from codex_conformance._fixtures._packages import require_package
from codex_mockserver import SyncBackend

if TYPE_CHECKING:
    from codex_mockserver.serving.router import BackendRouter

__all__ = ["active_router"]


@contextmanager
def active_router(request: pytest.FixtureRequest, backend: SyncBackend) -> Iterator[BackendRouter]:
    """Lead the calls of ``httpx`` to the real hosts into a backend."""
    require_package(request, "respx")
    from codex_mockserver import mock_router  # noqa: PLC0415 (needs respx)

    router = mock_router(backend)
    with router:
        yield router
