"""``account/read``, ``getAuthStatus`` and ``accountSession/*``: who is signed in, and where."""

from __future__ import annotations

from codex_mockserver.app_server._call import LATER, Answer, Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.account.external import is_accepted
from codex_mockserver.app_server.configuration import needs_openai_login
from codex_schemas import account as wire

__all__ = ["HANDLERS"]

_LOGIN = "Workspace switching requires a managed ChatGPT login"


def read(call: Call) -> Answer:
    """Tell who is signed in."""
    if call.get("refreshToken"):
        call.server.account.refresh()
    if call.server.account.external is None:
        return _account(call)
    call.server.tasks.spawn(_read_with_host(call))
    return LATER


def _read_with_host(call: Call) -> Steps:
    is_good = yield from is_accepted(call.server)
    try:
        if not is_good:
            raise RpcError("workspace routing discovery unauthorized (401)", INTERNAL)
        call.answer(_account(call))
    except RpcError as error:
        call.refuse(error)


def _account(call: Call) -> Json:
    account = call.server.account
    signed_in = account.signed_in
    if signed_in is None or account.is_over or not needs_openai_login(call.server):
        return account.read()
    return wire.read(signed_in, account.check(), call.server.version)


def read_status(call: Call) -> Json:
    """Tell how somebody is signed in, and on demand with which token."""
    account = call.server.account
    if call.get("refreshToken"):
        account.refresh()
    is_wanted = needs_openai_login(call.server)
    mode = account.mode if is_wanted else None
    token = account.token if call.get("includeToken") and mode is not None and not account.is_over else None
    return {"authMethod": mode, "authToken": token, "requiresOpenaiAuth": is_wanted}


def list_sessions(call: Call) -> Json:
    """Tell the one login that there is, where codex keeps it itself."""
    account = call.server.account
    signed_in = account.signed_in
    if signed_in is None or account.external is not None:
        return {"activeSessionId": None, "sessions": []}
    check = account.check() if call.get("refreshWorkspaceMetadata") else None
    return wire.sessions(signed_in, check, call.server.version)


def switch(call: Call) -> Json:
    """Work in another workspace of the same person."""
    account = call.server.account
    if account.signed_in is None or account.external is not None:
        raise RpcError(_LOGIN)
    member = account.member("to switch workspaces")
    if account.pending is not None:
        raise RpcError("Finish or cancel the current login before switching workspaces")
    if call.params["sessionId"] != member.person.user_id:
        raise RpcError("Only the active managed account session can be switched")
    wanted = next((each for each in member.person.workspaces if each.id == call.params["accountId"]), None)
    if wanted is None or wanted.is_deactivated:
        raise RpcError("The selected workspace is unavailable")
    if wanted.is_fedramp:
        raise RpcError("Sign in to switch government workspaces")
    if wanted.can_access_with_session is False:
        raise RpcError("The selected workspace requires a new sign-in")
    if wanted is not member.workspace:
        account.move_to(wanted)
        account.announce()
    return list_sessions(call)


HANDLERS: dict[str, Handler] = {
    "account/read": read,
    "getAuthStatus": read_status,
    "accountSession/list": list_sessions,
    "accountSession/switch": switch,
}
