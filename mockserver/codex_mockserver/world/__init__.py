"""The world: plain state and its life cycles, without input or output."""

from codex_mockserver.world._clock import Clock, parse_time, rfc3339
from codex_mockserver.world._ids import Ids
from codex_mockserver.world._seed import SEEDED_NAMES
from codex_mockserver.world._state import Account, Environment, ResetCredit, Session, State, Task, Window, Workspace
from codex_mockserver.world._transitions import TRANSITIONS, IllegalTransition, advance, can
from codex_mockserver.world._world import World

__all__ = [
    "SEEDED_NAMES",
    "TRANSITIONS",
    "Account",
    "Clock",
    "Environment",
    "Ids",
    "IllegalTransition",
    "ResetCredit",
    "Session",
    "State",
    "Task",
    "Window",
    "Workspace",
    "World",
    "advance",
    "can",
    "parse_time",
    "rfc3339",
]
