"""Tokens that the host supplies: whether the backend takes them, and asking the host for better ones."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._tasks import Tasks, Wait
from codex_mockserver.app_server.account._claims import NoToken, signed_in_by
from codex_mockserver.app_server.account.account import External

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["ask_host", "is_accepted"]

Json = dict[str, Any]

_REFRESH = "account/chatgptAuthTokens/refresh"
#: Seconds that the host has for its answer.
_PATIENCE = 10


class _HostAnswer(Wait):
    """Wait for the host's answer to a request; None when none comes in time."""

    def __init__(self, server: AppServer, params: Json) -> None:
        self._server = server
        self._params = params

    def begin(self, tasks: Tasks, wake: Callable[[Any], None]) -> None:
        """Ask every client."""
        clients = [each for each in self._server.connections if each.is_initialized]
        request = self._server.requests.send(clients, _REFRESH, self._params, "", wake)

        def give_up() -> None:
            self._server.requests.withdraw(request)
            wake(None)

        tasks.call_at(tasks.now() + _PATIENCE, give_up)


def is_accepted(server: AppServer) -> Generator[Wait, Any, bool]:
    """Use the host's tokens; when they are refused, ask the host once for others and try those.

    Releases that do not ask where the workspace's traffic goes take them unused.
    """
    if not server.traits.checks_routing or server.account.is_taken:
        return True
    yield from ask_host(server)
    return server.account.is_taken


def ask_host(server: AppServer) -> Generator[Wait, Any, None]:
    """Ask the host for other tokens, and take them."""
    external = server.account.external
    if external is None:
        return
    answer = yield _HostAnswer(server, {"reason": "unauthorized", "previousAccountId": external.signed_in.account_id})
    supplied: Any = (answer or {}).get("result")
    try:
        token, account_id = supplied["accessToken"], supplied["chatgptAccountId"]
        signed_in = signed_in_by(token, account_id, supplied.get("chatgptPlanType"))
    except (TypeError, KeyError, AttributeError, NoToken):
        return
    server.account.external = External(token, signed_in)
