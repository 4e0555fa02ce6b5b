"""``exec_command`` and ``write_stdin``: commands are shown and never run."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec

from codex_mockserver.app_server._tasks import Pause, Wait
from codex_mockserver.app_server.threads.settings import folder
from codex_mockserver.app_server.turns._approvals import APPROVAL, decision_of, needs_approval
from codex_mockserver.app_server.turns._asking import ask
from codex_mockserver.app_server.turns._calls import BadCall, ToolCall
from codex_mockserver.app_server.turns._shell_text import actions_of, amendment_of, shown_command
from codex_mockserver.app_server.turns._terminals import Ended, Terminal, new_process_id
from codex_mockserver.app_server.turns.active import ActiveTurn, Interrupted

__all__ = ["command_item", "exec_command", "write_stdin"]

Json = dict[str, Any]

_REQUEST = "item/commandExecution/requestApproval"
#: How long the model waits for a command, in milliseconds, unless it says otherwise.
_YIELD_MS = 10_000
_TOKEN_BYTES = 4

#: What the model is told of a command that does not run, by the decision.
_REJECTIONS = {"decline": "rejected by user", "cancel": "rejected by user", "failed": "approval request failed"}


class _Command(msgspec.Struct):
    """What the model wants to run."""

    cmd: str
    workdir: str | None = None
    yield_time_ms: float | None = None
    sandbox_permissions: str | None = None
    justification: str | None = None
    prefix_rule: list[str] | None = None


class _Input(msgspec.Struct):
    session_id: int | str | None = None
    chars: str = ""


def exec_command(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, str]:
    """Show a command with what the scenario says of it, after the user's approval where it needs one."""
    command = call.read(_Command)
    item = command_item(active, call.id, command.cmd, command.workdir)
    if needs_approval(active, command.cmd, command.sandbox_permissions):
        yield from _get_approval(active, item, command)
    else:
        item = _running(active, item)
        active.start_item(item)
    terminal = Terminal(active, _running(active, item), command.cmd, call.outcome)
    terminal.begin()
    if terminal.exit_code is None and not call.outcome.background:
        yield Ended(terminal, (_YIELD_MS if command.yield_time_ms is None else command.yield_time_ms) / 1000)
    return _report(active, terminal)


def write_stdin(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, str]:
    """Write to a command that goes on; without ``session_id`` to the one that began last.

    The outcome's output is what it prints then, and its exit code ends it.
    """
    written, terminals = call.read(_Input), active.thread.workbench.terminals
    number = str(next(reversed(terminals), "") if written.session_id is None else written.session_id)
    if (terminal := terminals.get(number)) is None:
        raise BadCall(f"write_stdin failed: Unknown process id {number}")
    told = {"itemId": terminal.item["id"], "processId": number, "stdin": written.chars}
    active.notify("item/commandExecution/terminalInteraction", told)
    if call.outcome.seconds:
        yield Pause(call.outcome.seconds)
    terminal.print(str(call.outcome.output))
    if call.outcome.exit_code is not None:
        terminal.stop(call.outcome.exit_code)
    return _report(active, terminal)


def command_item(active: ActiveTurn, identifier: str, command: str, cwd: str | None = None) -> Json:
    """Return the item of a command that has not begun to run."""
    where = folder(active.server, cwd) if cwd else active.thread.record.cwd
    return {
        "type": "commandExecution",
        "id": identifier,
        "command": shown_command(command),
        "cwd": where,
        "processId": None,
        "source": "agent",
        "status": "inProgress",
        "commandActions": actions_of(command, where),
        "aggregatedOutput": None,
        "exitCode": None,
        "durationMs": None,
    }


def _running(active: ActiveTurn, item: Json) -> Json:
    """Return the item of a command that runs."""
    if item["processId"] is not None:
        return item
    return {**item, "processId": new_process_id(active), "source": "unifiedExecStartup"}


def _get_approval(active: ActiveTurn, item: Json, command: _Command) -> Generator[Wait, Any, None]:
    """Ask the user.

    Raises:
        BadCall: The command is not to run.
        Interrupted: The turn is to end.
    """
    # Whoever comes to the thread only now does not hear of an item that never ran.
    active.begin_waiting(APPROVAL)
    active.start_item(item)
    listeners = list(active.thread.subscribers)
    answer = yield from ask(active, _REQUEST, _question(active, item, command))
    decision = decision_of(active, answer)
    if decision in _REJECTIONS:
        status = "failed" if decision == "failed" else "declined"
        active.complete_item({**item, "status": status}, is_kept=False, listeners=listeners)
        active.end_waiting(APPROVAL)
        if decision == "cancel":
            raise Interrupted
        raise BadCall(f'exec_command failed: CreateProcess {{ message: "Rejected(\\"{_REJECTIONS[decision]}\\")" }}')
    active.end_waiting(APPROVAL)
    if decision == "acceptForSession":
        active.thread.workbench.commands.add(command.cmd)


def _question(active: ActiveTurn, item: Json, command: _Command) -> Json:
    amendment = command.prefix_rule or amendment_of(command.cmd, active.thread.workbench.prefixes)
    reason = {} if command.justification is None else {"reason": command.justification}
    return {
        "kind": "command",
        "itemId": item["id"],
        "startedAtMs": active.now_ms(),
        "environmentId": "local",
        **reason,
        "command": item["command"],
        "cwd": item["cwd"],
        "commandActions": item["commandActions"],
        "proposedExecpolicyAmendment": amendment,
        "availableDecisions": [
            "accept",
            {"acceptWithExecpolicyAmendment": {"execpolicy_amendment": amendment}},
            "cancel",
        ],
    }


def _report(active: ActiveTurn, terminal: Terminal) -> str:
    """Return what the model is told of a command."""
    text = terminal.unread()
    state = f"Process exited with code {terminal.exit_code}"
    if terminal.exit_code is None:
        state = f"Process running with session ID {terminal.process_id}"
    tokens = -(-len(text.encode()) // _TOKEN_BYTES)
    return (
        f"Chunk ID: {active.server.world.ids.new('', 6)}\nWall time: {terminal.seconds:.4f} seconds\n{state}\n"
        f"Original token count: {tokens}\nOutput:\n{text}"
    )
