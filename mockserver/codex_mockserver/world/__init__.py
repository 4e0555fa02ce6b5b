"""The world: plain state and its life cycles, without input or output."""

from codex_mockserver.world._app_server_state import AppServerLogin, AppServerState, ExternalImport
from codex_mockserver.world._clock import Clock, parse_time, rfc3339
from codex_mockserver.world._ids import Ids
from codex_mockserver.world._seed import SEEDED_NAMES
from codex_mockserver.world._setup import AccountSetup, CreditsSetup, WindowSetup
from codex_mockserver.world._state import (
    Account,
    AdditionalLimit,
    Attempt,
    Environment,
    FinishedWindow,
    ResetCredit,
    Session,
    State,
    StoredChat,
    StoredResponse,
    Task,
    Window,
    Workspace,
    WorkspaceMessage,
)
from codex_mockserver.world._thread_state import (
    PINNED_SECTION,
    Project,
    QueuedInput,
    Thread,
    ThreadAttachment,
    ThreadGoal,
    ThreadSection,
    ThreadTurn,
)
from codex_mockserver.world._transitions import TRANSITIONS, IllegalTransition, advance, can
from codex_mockserver.world._world import World

__all__ = [
    "PINNED_SECTION",
    "SEEDED_NAMES",
    "TRANSITIONS",
    "Account",
    "AccountSetup",
    "AdditionalLimit",
    "AppServerLogin",
    "AppServerState",
    "Attempt",
    "Clock",
    "CreditsSetup",
    "Environment",
    "ExternalImport",
    "FinishedWindow",
    "Ids",
    "IllegalTransition",
    "Project",
    "QueuedInput",
    "ResetCredit",
    "Session",
    "State",
    "StoredChat",
    "StoredResponse",
    "Task",
    "Thread",
    "ThreadAttachment",
    "ThreadGoal",
    "ThreadSection",
    "ThreadTurn",
    "Window",
    "WindowSetup",
    "Workspace",
    "WorkspaceMessage",
    "World",
    "advance",
    "can",
    "parse_time",
    "rfc3339",
]
