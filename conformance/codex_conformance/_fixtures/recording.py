"""The recordings of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codex_conformance._fixtures._packages import require_package
from codex_conformance._fixtures.evidence import testify
from codex_conformance._fixtures.wishes import Wishes, told, wishes_of
from codex_fixtures import shipped_recording
from codex_mockserver import SyncReplay
from codex_schemas import Problem

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

__all__ = ["running_replay", "snapshot_of_recordings"]


@contextmanager
def running_replay(request: pytest.FixtureRequest) -> Iterator[SyncReplay]:
    """Run a server that answers as the recording of the marker does."""
    with told(request.node):
        wishes = wishes_of(request.node)
        replay = SyncReplay(_path(wishes), matching=wishes.matching)
    testify(request.node, _ReplayWitness(replay))
    with replay:
        yield replay


def snapshot_of_recordings(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """Return the snapshot of ``syrupy`` in the form of recordings."""
    require_package(request, "syrupy")
    from codex_fixtures.snapshots import RecordingSnapshotExtension  # noqa: PLC0415 (needs syrupy)

    snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
    return snapshot.use_extension(RecordingSnapshotExtension)


def _path(wishes: Wishes) -> Path:
    if wishes.recording is None:
        raise Problem(
            "preparing the fixture codex_recording",
            expected="a marker that names a recording",
            found="none",
            advice='Write @pytest.mark.codex(recording="0.169.0/turn-sse") above the test; '
            "`codex-testkit fixtures list` shows all.",
        )
    return wishes.recording if isinstance(wishes.recording, Path) else shipped_recording(wishes.recording)


class _ReplayWitness:
    """Tells what a recording had no answer for."""

    def __init__(self, replay: SyncReplay) -> None:
        self._replay = replay

    def sections(self) -> Iterator[tuple[str, str]]:
        """Yield the requests without an answer."""
        lines = [f"{self._replay.played} exchanges were played", *self.complaints()]
        yield "codex recording", "\n".join(lines)

    def complaints(self) -> Iterator[str]:
        """Yield the requests without an answer."""
        return (str(miss.problem) for miss in self._replay.misses)
