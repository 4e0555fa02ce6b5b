"""One process of ``codex app-server``, without input or output: messages in, messages out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from codex_mockserver.app_server._call import LATER, Call
from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._decoding import Decoder
from codex_mockserver.app_server._delivery import Delivery
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._gates import Gates
from codex_mockserver.app_server._gating import Gate
from codex_mockserver.app_server._methods import handler_of
from codex_mockserver.app_server._process_state import ProcessState
from codex_mockserver.app_server._requests import ServerRequests
from codex_mockserver.app_server._tasks import Tasks
from codex_mockserver.app_server._wire import Wire
from codex_mockserver.app_server.traits import traits
from codex_mockserver.model import Scenario, Script
from codex_mockserver.world import World
from codex_mockserver.world.tokens import ISSUER
from codex_schemas import Problem
from codex_schemas.app_server import Method, latest, load

if TYPE_CHECKING:
    from codex_mockserver.app_server.account import Account
    from codex_mockserver.app_server.files import Tree, Watches
    from codex_mockserver.app_server.processes import Processes
    from codex_mockserver.app_server.threads import Threads

__all__ = ["AppServer"]

Json = dict[str, Any]

#: Lines of the log that are kept until somebody takes them.
_LOG_LINES = 1000
_LONGEST_ID = 2**63


class AppServer:
    """A mock ``codex app-server`` of one release.

    Whoever moves the bytes calls :meth:`receive` for each message and :meth:`wake` when :meth:`wake_at` has
    come, and sends afterwards what each of :attr:`connections` gives out.

    Args:
        version: The release; left out, the newest that is known.
        scenario: What the model says, and what fails; left out, the model echoes the user.
        world: Keeps the threads and the login; left out, a new one.
        home: What the server calls its ``CODEX_HOME``; nothing is read or written there.
        cwd: The folder that it says it was started in.
        issuer: Where people log in: the address of the HTTP backend of the same world.
        session_flags: Settings that were given on the command line: they are stronger than the user's own.
        sandbox: The folder whose files clients see and change; left out, files exist only in memory.
        now: Tells the real time in seconds, of which only differences matter.
    """

    def __init__(
        self,
        *,
        version: str | None = None,
        scenario: Scenario | None = None,
        world: World | None = None,
        home: str = "/home/user/.codex",
        cwd: str = "/home/user",
        issuer: str = ISSUER,
        session_flags: Json | None = None,
        sandbox: Path | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.script = Script(scenario)
        #: What the scenario says of the app-server.
        self.setup = setup = self.script.scenario.app_server
        self.version = setup.version or version or latest()
        self.traits = traits(self.version)
        self.contract = load(self.version, experimental=True)
        self.issuer = issuer
        self.home = home
        self.session_flags: Json = session_flags or {}
        self.cwd = cwd
        self.world = world or World()
        self.script.begin(self.world)
        self.tasks = Tasks(now)
        self.gates = Gates()
        #: Lines for stderr, until they are taken.
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        #: Set when the process is to end.
        self.exit_code: int | None = None
        delivery = Delivery(
            self.tasks,
            self.gates,
            setup.faults,
            count=self._count_fault,
            end=self._end,
            log=self.log.append,
            widen=self._widened if self.script.settings.openness_probe else None,
        )
        self.requests = ServerRequests(delivery)
        self.wire = Wire(self.contract, self.traits, self.world.now, delivery)
        self.process = ProcessState()
        self.has_sandbox = sandbox is not None
        self._sandbox = sandbox
        self.connections: list[Connection] = []
        self._decoder = Decoder(self.contract.definitions)
        self._gate = Gate(self.contract)
        self._methods: dict[str, Method] = {
            name: method
            for name, method in self.contract.methods.items()
            if method.sender == "client" and method.kind == "request"
        }

    # What follows is made when it is first needed, since a client waits for the start.

    @cached_property
    def threads(self) -> Threads:
        """Its threads."""
        from codex_mockserver.app_server.threads import Threads  # noqa: PLC0415 (as above)

        return Threads(self)

    @cached_property
    def account(self) -> Account:
        """Who is signed in."""
        from codex_mockserver.app_server.account import Account  # noqa: PLC0415 (as above)

        return Account(self)

    @cached_property
    def files(self) -> Tree:
        """The files that clients see."""
        from codex_mockserver.app_server.files import FolderTree, MemoryTree  # noqa: PLC0415 (as above)

        if self._sandbox is not None:
            return FolderTree(self._sandbox)
        return MemoryTree(self.world.now, (self.home, self.cwd, "/tmp"), self.setup.files)  # noqa: S108 (in memory)

    @cached_property
    def watches(self) -> Watches:
        """What clients watch."""
        from codex_mockserver.app_server.files import Watches  # noqa: PLC0415 (as above)

        return Watches(self)

    @cached_property
    def commands(self) -> Processes:
        """What ``command/exec`` has started."""
        from codex_mockserver.app_server.processes import COMMANDS, Processes  # noqa: PLC0415 (as above)

        return Processes(COMMANDS)

    @cached_property
    def processes(self) -> Processes:
        """What ``process/spawn`` has started."""
        from codex_mockserver.app_server.processes import PROCESSES, Processes  # noqa: PLC0415 (as above)

        return Processes(PROCESSES)

    @property
    def is_busy(self) -> bool:
        """Whether a turn is running."""
        return any(thread.turn is not None for thread in self.threads.loaded.values())

    def connect(self) -> Connection:
        """Take a new client."""
        connection = Connection()
        self.connections.append(connection)
        return connection

    def disconnect(self, connection: Connection) -> None:
        """Let a client go; what it began goes on."""
        self.connections.remove(connection)
        self.requests.forget(connection)
        self.threads.forget(connection)
        self.watches.forget(connection)
        self.commands.forget(connection)
        self.processes.forget(connection)

    def receive(self, connection: Connection, text: bytes | str) -> None:
        """Take one message of a client; what is no message is only logged."""
        try:
            message = _decoded(text)
        except ValueError as error:
            self.log.append(f"Failed to deserialize JSONRPCMessage: {error}")
            return
        self._take(connection, message)
        self.wake()

    def wake_at(self) -> float | None:
        """Return when the next timer is due, on the clock that was given; None without any."""
        return self.tasks.wake_at()

    def wake(self) -> None:
        """Do all that is due."""
        self.tasks.run()
        self.world.commit()

    def notify_all(self, method: str, params: Json) -> None:
        """Send a notification to every client."""
        self.wire.notify(self.connections, method, params)

    def _count_fault(self, number: int) -> int:
        uses = self.world.state.fault_uses
        before = uses.get(key := f"app_server/{number}", 0)
        uses[key] = before + 1
        return before

    def _end(self, code: int) -> None:
        self.exit_code = code

    def _widened(self, method: str, message: Json) -> Json:
        if "error" in message:
            return message
        return self.contract.widened(message, answers=method if "result" in message else None)

    def _take(self, connection: Connection, message: Json) -> None:
        if "method" in message:
            if "id" in message:
                self._request(connection, message["id"], message)
        elif not self.requests.answer(connection, message):
            self.log.append(f"could not find callback for {message.get('id')!r}")

    def _request(self, connection: Connection, identifier: int | str, message: Json) -> None:
        name = message["method"]
        call = Call(self, connection, identifier, name, {})
        try:
            call.params = self._params_of(name, message)
            result = self._handle(call)
        except RpcError as error:
            call.refuse(error)
        except Problem as problem:
            call.refuse(RpcError(str(problem), INTERNAL))
        else:
            if result is not LATER:
                call.answer(result or {})

    def _params_of(self, name: str, message: Json) -> Json:
        """Return the params of a request, refused as the real one refuses them."""
        method = self._methods.get(name)
        if method is None:
            known = ", ".join(f"`{each}`" for each in self._methods)
            raise RpcError(f"Invalid request: unknown variant `{name}`, expected one of {known}")
        params = message.get("params")
        if params is None and method.params_required:
            raise RpcError("Invalid request: missing field `params`")
        if method.params is not None and params is not None:
            self._decoder.check(method.params, params)
        return self._gate.known(method, params) if isinstance(params, dict) else {}

    def _handle(self, call: Call) -> Any:
        if not call.connection.is_initialized and call.method != "initialize":
            raise RpcError("Not initialized")
        if not call.connection.is_experimental:
            self._gate.check(self._methods[call.method], call.params)
        handler = handler_of(call.method)
        if handler is None:
            raise RpcError(f"{call.method} is not supported by this mock")
        return handler(call)


def _decoded(text: bytes | str) -> Json:
    """Return a message.

    Raises:
        ValueError: It is none.
    """
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not _is_message(message):
        raise ValueError("data did not match any variant of untagged enum JSONRPCMessage")
    whole: Json = message
    return whole


def _is_message(message: Any) -> bool:
    if not isinstance(message, dict):
        return False
    if "method" in message:
        return isinstance(message["method"], str) and ("id" not in message or _is_id(message["id"]))
    return _is_id(message.get("id")) and ("result" in message or isinstance(message.get("error"), dict))


def _is_id(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return -_LONGEST_ID <= value < _LONGEST_ID
    return isinstance(value, str)
