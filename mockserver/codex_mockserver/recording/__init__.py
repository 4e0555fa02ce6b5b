"""Recording: what a client and a server say to each other is kept in a file while it passes."""

from codex_mockserver.recording._proxy import RecordingProxy, SyncRecordingProxy
from codex_mockserver.recording._recorder import Recorder, Redacts
from codex_mockserver.recording._stdio import tee
from codex_mockserver.recording._upstream import Upstream, live_upstream, mock_upstream, upstream_at

__all__ = [
    "Recorder",
    "RecordingProxy",
    "Redacts",
    "SyncRecordingProxy",
    "Upstream",
    "live_upstream",
    "mock_upstream",
    "tee",
    "upstream_at",
]
