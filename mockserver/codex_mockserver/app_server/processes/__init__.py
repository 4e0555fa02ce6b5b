"""Commands and processes that only seem to run."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.processes import _requests
from codex_mockserver.app_server.processes._processes import Processes
from codex_mockserver.app_server.processes._requests import COMMANDS, PROCESSES
from codex_mockserver.app_server.processes.programs import behaviour_of

__all__ = ["COMMANDS", "HANDLERS", "PROCESSES", "Processes", "behaviour_of"]

HANDLERS: dict[str, Handler] = _requests.HANDLERS
