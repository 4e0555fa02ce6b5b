"""The pytest plugin: loaded in every run of every user, so it imports nothing heavy by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from codex_mockserver import SyncBackend

__all__ = ["codex_backend", "recording_snapshot"]


@pytest.fixture
def codex_backend() -> Iterator[SyncBackend]:
    """A mock Codex backend with a world of its own."""
    from codex_mockserver import SyncBackend  # noqa: PLC0415 (only a test that wants a backend pays for it)

    with SyncBackend() as backend:
        yield backend


@pytest.fixture
def recording_snapshot(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """A snapshot of ``syrupy`` that keeps a recording, or its entries, without what differs from run to run."""
    from codex_fixtures.snapshots import RecordingSnapshotExtension  # noqa: PLC0415 (needs syrupy, which not all have)

    snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
    return snapshot.use_extension(RecordingSnapshotExtension)
