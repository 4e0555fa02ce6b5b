"""``account/login/start``, ``account/login/cancel`` and ``account/logout``."""

from __future__ import annotations

from collections.abc import Callable

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server._uuid_text import read_uuid
from codex_mockserver.app_server.account._claims import NoToken, signed_in_by
from codex_mockserver.app_server.account._logins import BrowserLogin, DeviceLogin, PendingLogin, begin
from codex_mockserver.app_server.account.account import External
from codex_mockserver.app_server.account.external import is_accepted
from codex_mockserver.app_server.configuration import (
    BEDROCK,
    check_region,
    current_provider,
    layers,
    merged,
    write_settings,
)
from codex_mockserver.world import AppServerLogin

__all__ = ["HANDLERS"]

_NOT_COMPLETED = "Login was not completed"
_EXTERNAL = (
    "External auth is active. Use account/login/start (chatgptAuthTokens) to update it or account/logout to clear it."
)
_NO_CHATGPT = "ChatGPT login is disabled. Use API key login instead."
#: What is refused where the configuration forces one way to sign in, by that way and the type of the login.
_FORCED = {
    ("chatgpt", "apiKey"): "API key login is disabled. Use ChatGPT login instead.",
    ("api", "chatgpt"): _NO_CHATGPT,
    ("api", "chatgptDeviceCode"): _NO_CHATGPT,
    ("api", "chatgptAuthTokens"): "External ChatGPT auth is disabled. Use API key login instead.",
}


def start(call: Call) -> Json:
    """Begin a login; only one waits at a time."""
    kind = call.params["type"]
    if kind != "chatgptAuthTokens" and call.server.account.external is not None:
        raise RpcError(_EXTERNAL)
    forced = merged(layers(call.server)).get("forced_login_method")
    if (message := _FORCED.get((str(forced), kind))) is not None:
        raise RpcError(message)
    return _STARTERS[kind](call)


def cancel(call: Call) -> Json:
    """End the login that waits."""
    account, pending = call.server.account, call.server.account.pending
    try:
        wanted = read_uuid(call.params["loginId"])
    except ValueError:
        raise RpcError(f"invalid login id: {call.params['loginId']}") from None
    if pending is None or pending.id != wanted:
        return {"status": "notFound"}
    account.pending = None
    pending.ended = _NOT_COMPLETED
    call.afterwards(_end(pending))
    return {"status": "canceled"}


def logout(call: Call) -> Json:
    """Sign out; nobody needs to be signed in for that."""
    if (call.server.account.mode or "").startswith("bedrock") and current_provider(call.server) == BEDROCK:
        write_settings(call.server, [{"keyPath": "model_provider", "value": None, "mergeStrategy": "replace"}])
    _replace(call, _NOT_COMPLETED)
    call.server.account.sign_out()
    call.afterwards(_announce(call))
    return {}


def _start_with_key(call: Call) -> Json:
    _replace(call, _NOT_COMPLETED)
    call.server.account.sign_in(AppServerLogin("apikey"), api_key=call.params["apiKey"])
    call.afterwards(_succeed(call))
    return {"type": "apiKey"}


def _start_in_browser(call: Call) -> Json:
    _replace(call, "Login cancelled")
    login = BrowserLogin(call.server, call.connection.client_name)
    settings = call.server.script.settings
    if settings.auto_approve:
        login.approve(settings.auto_approve_account)
    return _wait(call, login)


def _start_on_device(call: Call) -> Json:
    _replace(call, _NOT_COMPLETED)
    return _wait(call, DeviceLogin(call.server))


def _start_with_tokens(call: Call) -> Json:
    token, account_id = call.params["accessToken"], call.params["chatgptAccountId"]
    try:
        signed_in = signed_in_by(token, account_id, call.get("chatgptPlanType"))
    except NoToken:
        raise RpcError("failed to set external auth: invalid ID token format", INTERNAL) from None
    _replace(call, _NOT_COMPLETED)
    call.server.account.sign_out()
    call.server.account.external = External(token, signed_in)
    call.afterwards(_check_external(call))
    return {"type": "chatgptAuthTokens"}


def _start_at_bedrock(call: Call) -> Json:
    if call.params["type"] == "amazonBedrock":
        mode, message = "bedrockApiKey", "Amazon Bedrock API key must not be empty."
        secrets = [call.params["apiKey"]]
    else:
        mode, message = "bedrockAccessKeys", "AWS access key ID and secret access key must not be empty."
        secrets = [call.params["accessKeyId"], call.params["secretAccessKey"]]
    if not all(secrets):
        raise RpcError(message)
    check_region(call.params["region"])
    _replace(call, _NOT_COMPLETED)
    write_settings(call.server, [{"keyPath": "model_provider", "value": BEDROCK, "mergeStrategy": "replace"}])
    call.server.account.sign_in(AppServerLogin(mode))
    call.afterwards(_succeed(call))
    return {"type": "amazonBedrock"}


_STARTERS: dict[str, Callable[[Call], Json]] = {
    "apiKey": _start_with_key,
    "chatgpt": _start_in_browser,
    "chatgptDeviceCode": _start_on_device,
    "chatgptAuthTokens": _start_with_tokens,
    "amazonBedrock": _start_at_bedrock,
    "amazonBedrockAccessKeys": _start_at_bedrock,
}


def _replace(call: Call, reason: str) -> None:
    """End the login that waits, because another begins."""
    account = call.server.account
    if account.pending is not None:
        account.pending.end(reason if isinstance(account.pending, BrowserLogin) else _NOT_COMPLETED)
        account.pending = None


def _wait(call: Call, login: PendingLogin) -> Json:
    call.server.account.pending = login
    call.afterwards(begin(login))
    return login.answer()


def _end(login: PendingLogin) -> Steps:
    login.end(_NOT_COMPLETED)
    yield from ()


def _succeed(call: Call, error: str | None = None) -> Steps:
    params = {"loginId": None, "success": error is None, "error": error, "onboardingEntrypoint": None}
    call.server.notify_all("account/login/completed", params)
    if error is None:
        call.server.account.announce()
    yield from ()


def _check_external(call: Call) -> Steps:
    """Use the host's tokens once, in releases that do so."""
    is_good = yield from is_accepted(call.server)
    yield from _succeed(call, None if is_good else "workspace routing discovery unauthorized (401)")


def _announce(call: Call) -> Steps:
    call.server.account.announce()
    yield from ()


HANDLERS: dict[str, Handler] = {
    "account/login/start": start,
    "account/login/cancel": cancel,
    "account/logout": logout,
}
