"""``command/exec`` with its relatives, which answer at the end, and ``process/*``, which answer at the beginning."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import LATER, Answer, Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, INVALID_PARAMS, RpcError
from codex_mockserver.app_server.configuration import layers, merged
from codex_mockserver.app_server.files import system_error
from codex_mockserver.app_server.processes._process import Outcome, Process, Wiring
from codex_mockserver.app_server.processes._processes import Kind, check_size
from codex_mockserver.app_server.processes.programs import Behaviour, behaviour_of

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["COMMANDS", "HANDLERS", "PROCESSES"]

COMMANDS = Kind(
    param="processId",
    write="command/exec/write",
    noun="command/exec",
    thing="command",
    duplicate="duplicate active command/exec process id",
    missing="no active command/exec for process id",
    size="command/exec size",
)
PROCESSES = Kind(
    param="processHandle",
    write="process/writeStdin",
    noun="process",
    thing="process",
    duplicate="duplicate active process handle",
    missing="no active process for process handle",
    size="process size",
)

#: Seconds and bytes where the client does not say.
_TIMEOUT = 10.0
_CAP = 2**20
_PROFILES = frozenset({":read-only", ":workspace", ":danger-full-access"})
#: What a command finds in its environment.
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "SHELL": "/bin/bash", "LANG": "C.UTF-8"}


def execute(call: Call) -> Answer:
    """Run a command; it is answered when that ends."""
    _check_command(call)
    identifier = call.get("processId", "")
    server = call.server
    if identifier:
        server.commands.check_free(call.connection, identifier)
    behaviour = _behaviour(call, "command")

    def ended(outcome: Outcome) -> None:
        server.commands.remove(call.connection, identifier)
        streams = {stream: outcome.text(stream) for stream in ("stdout", "stderr")}
        call.answer({"exitCode": outcome.exit_code, **streams})

    timeout = None if call.get("disableTimeout", False) else call.get("timeoutMs", _TIMEOUT * 1000) / 1000
    cap = None if call.get("disableOutputCap", False) else call.get("outputBytesCap", _CAP)
    wiring = _wiring(call, "command/exec/outputDelta", COMMANDS, cap, timeout)
    process = Process(server, call.connection, wiring, behaviour, ended)
    if identifier:
        server.commands.add(identifier, process)
    process.begin()
    return LATER


def spawn(call: Call) -> Json:
    """Run a process; its end is told later."""
    _check_process(call)
    identifier, server = call.params["processHandle"], call.server
    server.processes.check_free(call.connection, identifier)
    behaviour = _behaviour(call, "process")

    def ended(outcome: Outcome) -> None:
        server.processes.remove(call.connection, identifier)
        told = {"processHandle": identifier, "exitCode": outcome.exit_code, "outputDrainTimedOut": False}
        for stream in ("stdout", "stderr"):
            told |= {stream: outcome.text(stream), f"{stream}CapReached": outcome.is_capped[stream]}
        server.wire.notify([call.connection], "process/exited", told)

    milliseconds = call.params.get("timeoutMs", _TIMEOUT * 1000)
    cap = call.params.get("outputBytesCap", _CAP)
    timeout = None if milliseconds is None else milliseconds / 1000
    process = Process(
        server, call.connection, _wiring(call, "process/outputDelta", PROCESSES, cap, timeout), behaviour, ended
    )
    server.processes.add(identifier, process)
    process.begin()
    return {}


def _check_command(call: Call) -> None:
    if not call.params["command"]:
        raise RpcError("command must not be empty")
    if call.get("sandboxPolicy") is not None and call.get("permissionProfile") is not None:
        raise RpcError("`permissionProfile` cannot be combined with `sandboxPolicy`")
    _check_options(call, COMMANDS, "command/exec")
    for option, switch in (("timeoutMs", "disableTimeout"), ("outputBytesCap", "disableOutputCap")):
        if call.get(option) is not None and call.get(switch, False):
            raise RpcError(f"command/exec cannot set both {option} and {switch}", INVALID_PARAMS)
    is_live = any(call.get(option, False) for option in ("tty", "streamStdin", "streamStdoutStderr"))
    if is_live and call.get("processId") is None:
        raise RpcError("command/exec tty or streaming requires a client-supplied processId")
    _check_profile(call.server, call.get("permissionProfile", ":read-only"))


def _check_process(call: Call) -> None:
    if not call.params["command"]:
        raise RpcError("command must not be empty")
    if not call.params["processHandle"]:
        raise RpcError("processHandle must not be empty")
    _check_options(call, PROCESSES, "process/spawn")


def _check_options(call: Call, kind: Kind, method: str) -> None:
    size, timeout = call.get("size"), call.get("timeoutMs", 0)
    if size is not None and not call.get("tty", False):
        raise RpcError(f"{method} size requires tty: true", INVALID_PARAMS)
    if size is not None:
        check_size(kind, size)
    if timeout < 0:
        raise RpcError(f"{method} timeoutMs must be non-negative, got {timeout}", INVALID_PARAMS)


def _check_profile(server: AppServer, profile: str) -> None:
    if profile in _PROFILES:
        return
    if profile.startswith(":"):
        wrong = f"default_permissions refers to unknown built-in profile `{profile}`"
        raise RpcError(f"invalid permission profile: {wrong}")
    own = merged(layers(server)).get("permissions")
    if own is None:
        raise RpcError("invalid permission profile: default_permissions requires a `[permissions]` table")
    if profile not in own:
        raise RpcError(f"invalid permission profile: default_permissions refers to undefined profile `{profile}`")


def _behaviour(call: Call, noun: str) -> Behaviour:
    """Return what the command does; there may be no such program or, with a sandbox folder, no such folder."""
    command, server = call.params["command"], call.server
    if not command[0]:
        raise RpcError(f"failed to spawn {noun}: missing program for pipe spawn", INTERNAL)
    given = call.get("env", {})
    if "\0" in "".join([*command, call.get("cwd", ""), *given, *filter(None, given.values())]):
        raise RpcError(f"failed to spawn {noun}: nul byte found in provided data", INTERNAL)
    environment = {name: value for name, value in {**_ENVIRONMENT, **given}.items() if value is not None}
    cwd = posixpath.join(server.cwd, call.get("cwd", ""))
    cwd = cwd.rstrip("/") or "/"
    try:
        if server.has_sandbox:
            server.files.names(cwd)
        return behaviour_of(server, command, cwd, environment)
    except OSError as error:
        raise RpcError(f"failed to spawn {noun}: {system_error(error).message}", INTERNAL) from None


def _wiring(call: Call, method: str, kind: Kind, cap: int | None, timeout: float | None) -> Wiring:
    return Wiring(
        method=method,
        key=kind.param,
        id=call.get(kind.param, ""),
        streams_output=call.get("streamStdoutStderr", False),
        streams_input=call.get("streamStdin", False),
        has_terminal=call.get("tty", False),
        cap=cap,
        timeout=timeout,
    )


HANDLERS: dict[str, Handler] = {
    "command/exec": execute,
    "command/exec/write": lambda call: call.server.commands.write(call),
    "command/exec/resize": lambda call: call.server.commands.resize(call),
    "command/exec/terminate": lambda call: call.server.commands.kill(call),
    "process/spawn": spawn,
    "process/writeStdin": lambda call: call.server.processes.write(call),
    "process/resizePty": lambda call: call.server.processes.resize(call),
    "process/kill": lambda call: call.server.processes.kill(call),
}
