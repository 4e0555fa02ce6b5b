"""Turns: what the model says and does, told item by item."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.turns import _compaction, _review, _shell_command, _start
from codex_mockserver.app_server.turns._terminals import Terminal
from codex_mockserver.app_server.turns.active import ActiveTurn, Interrupted, abort
from codex_mockserver.app_server.turns.begin import begin_turn
from codex_mockserver.app_server.turns.usage import repeat_usage, tell_standing

__all__ = ["HANDLERS", "ActiveTurn", "Interrupted", "Terminal", "abort", "begin_turn", "repeat_usage", "tell_standing"]

HANDLERS: dict[str, Handler] = {
    **_start.HANDLERS,
    **_compaction.HANDLERS,
    **_review.HANDLERS,
    **_shell_command.HANDLERS,
}
