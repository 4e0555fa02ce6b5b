"""The threads of the app-server and what is arranged around them, as plain records."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = [
    "PINNED_SECTION",
    "Project",
    "QueuedInput",
    "Thread",
    "ThreadAttachment",
    "ThreadGoal",
    "ThreadSection",
    "ThreadTurn",
]

Json = dict[str, Any]

#: The section that is always there.
PINNED_SECTION = "01984de2-8f74-7c91-a3b2-5c5e937cf318"


class ThreadTurn(msgspec.Struct):
    """One turn of a thread as it is read back."""

    id: str
    #: The thread that it belongs to.
    thread_id: str = ""
    #: ``inProgress``, ``completed``, ``interrupted`` or ``failed``.
    status: str = "inProgress"
    #: The completed items, spelt as on the wire.
    items: list[Json] = []
    #: What it added to the conversation, as items of the Responses API.
    history: list[Json] = []
    #: Whether its history replaces all that was said before it, as a compaction does.
    is_fresh_start: bool = False
    error: Json | None = None
    #: Unix seconds; None before.
    started_at: float | None = None
    completed_at: float | None = None
    root_turn_id: str | None = None


class ThreadGoal(msgspec.Struct):
    """What a thread works towards by itself."""

    objective: str
    #: ``active``, ``paused``, ``blocked``, ``usageLimited``, ``budgetLimited`` or ``complete``.
    status: str
    #: Unix seconds.
    created_at: float
    updated_at: float
    token_budget: int | None = None
    tokens_used: int = 0
    #: Seconds that its turns have taken.
    time_used: float = 0.0
    #: How many turns it began since a client last touched it.
    own_turns: int = 0


class QueuedInput(msgspec.Struct):
    """Input of the user that waits for the thread to be idle."""

    id: str
    client_id: str
    #: Spelt as in ``turn/start``.
    input: list[Json]
    metadata: dict[str, str] | None = None


class ThreadAttachment(msgspec.Struct):
    """Something of a client's that hangs at a thread; one for each type and key."""

    id: str
    type: str
    key: str
    payload: Any
    created_at: float


class Thread(msgspec.Struct):
    """A thread: what is known of it, without its turns."""

    id: str
    cwd: str
    #: Unix seconds.
    created_at: float
    updated_at: float
    recency_at: float
    #: What a turn runs with, spelt as in the answer to ``thread/start``: model, approval policy, sandbox and so on.
    settings: Json
    #: The release of codex that made it.
    cli_version: str
    #: ``legacy`` or ``paginated``.
    history_mode: str
    originator: str = ""
    source: Any = "vscode"
    thread_source: str | None = None
    is_ephemeral: bool = False
    is_archived: bool = False
    #: Whether there is something to come back to: a turn, a name, items.
    is_kept: bool = False
    #: Whether somebody has looked for turns before there were any; such a thread can be forked and not resumed.
    is_half_kept: bool = False
    preview: str = ""
    name: str | None = None
    forked_from_id: str | None = None
    attached_to_id: str | None = None
    parent_id: str | None = None
    agent_nickname: str | None = None
    agent_role: str | None = None
    git_info: Json | None = None
    #: The folder that it says it is in, where that is not the one that it works in.
    told_cwd: str | None = None
    environments: list[Json] = []
    dynamic_tools: list[Json] = []
    developer_instructions: str | None = None
    is_daybreak: bool | None = None
    #: The tokens of all its turns, and those of its last response, by the names of ``thread/tokenUsage/updated``.
    token_usage: dict[str, int] = {}
    last_usage: dict[str, int] = {}
    #: Whether clients want to see the raw items of its turns.
    tells_raw_events: bool = False
    #: What the conversation begins with, before any turn, as items of the Responses API.
    opening: list[Json] = []
    #: Distinguishes the files of a thread that was reverted.
    revision: str = ""
    goal: ThreadGoal | None = None
    queue: list[QueuedInput] = []
    attachments: list[ThreadAttachment] = []
    project_id: str | None = None
    section_id: str | None = None
    section_entered_at: float | None = None
    #: Its place among those of its section.
    section_position: int = 0
    #: Where the part begins that nobody has read yet, spelt as on the wire; None when all is read.
    first_unread: Json | None = None
    #: Changes with each change of what is read; empty before the first.
    read_revision: str = ""


class ThreadSection(msgspec.Struct):
    """A heading that clients put threads under."""

    id: str
    name: str
    appearance: Json | None = None


class Project(msgspec.Struct):
    """Folders that belong together, with their threads."""

    id: str
    key: str
    name: str
    roots: list[Json]
    metadata: dict[str, str]
    #: Unix seconds.
    created_at: float
    updated_at: float
    #: When a thread was last put into it or worked in it.
    recency_at: float | None = None
    is_deleted: bool = False
