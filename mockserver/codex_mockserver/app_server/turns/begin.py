"""Beginning turns: the one way to every turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads.loaded import LoadedThread
from codex_mockserver.app_server.turns._input import user_message
from codex_mockserver.app_server.turns._run import run
from codex_mockserver.app_server.turns.active import ActiveTurn
from codex_mockserver.world import ThreadTurn

__all__ = ["begin_turn"]

Json = dict[str, Any]


def begin_turn(
    thread: LoadedThread,
    content: Iterable[Json] = (),
    client_id: str | None = None,
    *,
    kind: str = "regular",
    course: Callable[[ActiveTurn], Steps] = run,
    turn_id: str | None = None,
    root_turn_id: str | None = None,
    output_schema: Any = None,
) -> ActiveTurn:
    """Begin a turn of a thread in which none runs; it runs once what is being done now is done.

    Args:
        thread: The thread.
        content: The user's input; without any, the turn has no message of the user.
        client_id: The client's own id of that message.
        kind: ``regular``, ``review`` or ``compact``.
        course: What the turn does.
        turn_id: The id of the turn; without, a new one.
        root_turn_id: The turn that the turn belongs to; without, itself.
        output_schema: The schema that its answer must have.
    """
    server, parts = thread.server, list(content)
    record = ThreadTurn(turn_id or server.world.ids.uuid7(server.world.now()))
    record.root_turn_id = root_turn_id or record.id
    thread.add_turn(record)
    active = thread.turn = ActiveTurn(thread, record, kind)
    active.output_schema = output_schema
    if parts:
        active.input.append(user_message(server, parts, client_id))
    active.task = server.tasks.spawn(course(active))
    return active
