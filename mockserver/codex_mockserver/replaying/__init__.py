"""Replaying: a recording plays the server for a client, or the client for a server."""

from codex_mockserver.replaying._comparing import Difference, Replayed, replay_to
from codex_mockserver.replaying._home import write_recorded_home
from codex_mockserver.replaying._lines import replay_lines
from codex_mockserver.replaying._matching import Matching, Miss
from codex_mockserver.replaying._server import Replay, SyncReplay

__all__ = [
    "Difference",
    "Matching",
    "Miss",
    "Replay",
    "Replayed",
    "SyncReplay",
    "replay_lines",
    "replay_to",
    "write_recorded_home",
]
