"""``thread/shellCommand``: a command of the user, and ``thread/backgroundTerminals/*``: what still runs."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Pause, Steps, Wait
from codex_mockserver.app_server.processes.programs import behaviour_of
from codex_mockserver.app_server.threads.loaded import LoadedThread
from codex_mockserver.app_server.turns._commands import command_item
from codex_mockserver.app_server.turns._raw_items import tell_shell_item
from codex_mockserver.app_server.turns._run import converse, guarded
from codex_mockserver.app_server.turns._shell_text import SHELL
from codex_mockserver.app_server.turns.active import ActiveTurn
from codex_mockserver.app_server.turns.begin import begin_turn

__all__ = ["HANDLERS"]

#: Seconds after which a command of the user ends that would not end by itself.
_LONGEST = 86_400.0
_MODEL_TEXT = """\
<user_shell_command>
<command>
{command}
</command>
<result>
Exit code: {code}
Duration: {seconds:.4f} seconds
Output:
{output}
</result>
</user_shell_command>"""


def run_command(call: Call) -> Json:
    """Show a command of the user, in a turn of its own or in the one that runs."""
    thread = call.server.threads.find(call.params["threadId"])
    command = call.params["command"].strip()
    if not command:
        raise RpcError("command must not be empty")
    call.afterwards(_begin(thread, command))
    return {}


def list_terminals(call: Call) -> Json:
    """Tell what still runs; the cursor counts rows."""
    thread = call.server.threads.find(call.params["threadId"])
    rows = [terminal.form() for terminal in thread.workbench.terminals.values()]
    first = _number(call.get("cursor", "0"), "invalid cursor")
    last = first + max(1, call.get("limit", len(rows) or 1))
    return {"data": rows[first:last], "nextCursor": str(last) if last < len(rows) else None}


def terminate(call: Call) -> Json:
    """End one of the commands that still run."""
    thread = call.server.threads.find(call.params["threadId"])
    number = _number(call.params["processId"], "invalid background terminal process id")
    terminal = thread.workbench.terminals.get(str(number))
    if terminal is None:
        return {"terminated": False}
    call.afterwards(_stop(thread, [str(number)]))
    return {"terminated": True}


def clean(call: Call) -> Json:
    """End all commands that still run."""
    thread = call.server.threads.find(call.params["threadId"])
    call.afterwards(_stop(thread, list(thread.workbench.terminals)))
    return {}


def _stop(thread: LoadedThread, numbers: list[str]) -> Steps:
    for number in numbers:
        if (terminal := thread.workbench.terminals.get(number)) is not None:
            terminal.stop()
    yield from ()


def _begin(thread: LoadedThread, command: str) -> Steps:
    if (active := thread.turn) is not None:
        item = yield from _show(active, command)
        (active.heard if thread.turn is active else active.record.history).append(item)
    else:
        begin_turn(thread, course=lambda active: _run(active, command))


def _run(active: ActiveTurn, command: str) -> Steps:
    active.begin()
    yield from guarded(active, _course(active, command))


def _course(active: ActiveTurn, command: str) -> Generator[Wait, Any, None]:
    """Show the command, and let the model answer what the user said meanwhile."""
    item = yield from _show(active, command)
    active.record.history.append(item)
    tell_shell_item(active, item)
    if active.input or active.heard:
        yield from converse(active)


def _show(active: ActiveTurn, command: str) -> Generator[Wait, Any, Json]:
    """Show a command of the user with what the scenario's commands say of it; return what the model sees of it."""
    record = active.thread.record
    behaviour = behaviour_of(active.server, [*SHELL, command], record.cwd, {})
    item = {**command_item(active, active.server.world.ids.uuid(), command), "source": "userShell"}
    active.start_item(item)
    begun = active.server.tasks.now()
    if behaviour.seconds != 0:
        yield Pause(_LONGEST if behaviour.seconds is None else behaviour.seconds)
    output = (behaviour.stdout + behaviour.stderr).decode(errors="replace")
    if output:
        active.notify("item/commandExecution/outputDelta", {"itemId": item["id"], "delta": output})
    seconds = active.server.tasks.now() - begun
    done = {
        "status": "failed" if behaviour.exit_code else "completed",
        "aggregatedOutput": output or None,
        "exitCode": behaviour.exit_code,
        "durationMs": round(1000 * seconds),
    }
    active.complete_item({**item, **done})
    text = _MODEL_TEXT.format(command=command, code=behaviour.exit_code, seconds=seconds, output=output)
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def _number(text: str, what: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise RpcError(f"{what}: invalid digit found in string")
    return int(text)


HANDLERS: dict[str, Handler] = {
    "thread/shellCommand": run_command,
    "thread/backgroundTerminals/list": list_terminals,
    "thread/backgroundTerminals/terminate": terminate,
    "thread/backgroundTerminals/clean": clean,
}
