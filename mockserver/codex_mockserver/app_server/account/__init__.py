"""The account: who is signed in, how one signs in, and what the ChatGPT backend knows of it."""

from codex_mockserver.app_server._call import Handler
from codex_mockserver.app_server.account import _limits, _login_requests, _other_clouds, _reading
from codex_mockserver.app_server.account.account import Account
from codex_mockserver.app_server.account.external import ask_host

__all__ = ["HANDLERS", "Account", "ask_host"]

HANDLERS: dict[str, Handler] = {
    **_reading.HANDLERS,
    **_login_requests.HANDLERS,
    **_limits.HANDLERS,
    **_other_clouds.HANDLERS,
}
