"""A small client that does over HTTP what is right, where the published codex cannot be had.

It takes turns and logs in with a device code: ``python -m codex_conformance.small_codex exec PROMPT``,
or ``login``. It speaks no WebSocket, and knows neither plugins nor tools nor compaction.
"""

from codex_conformance.small_codex._client import SmallCodex
from codex_conformance.small_codex._stream import Failed

__all__ = ["Failed", "SmallCodex"]
