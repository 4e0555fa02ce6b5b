"""Device login: the code for the device, the page for the person, the polls."""

from __future__ import annotations

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._call import Call
from codex_mockserver.http._oauth_pages import device_page, message_page
from codex_mockserver.http._oauth_token import demand_known_client, nested_refusal
from codex_mockserver.http._refusal import NO_STORE
from codex_mockserver.model import Settings
from codex_mockserver.world import rfc3339
from codex_mockserver.world.device_codes import (
    AuthorizationPending,
    UnknownUserCode,
    approve_device,
    begin_device_login,
    deny_device,
    poll_device,
    waiting_device,
)
from codex_mockserver.world.logins import AccessDenied, choices
from codex_mockserver.world.tokens import GrantRejected

__all__ = ["poll_device_token", "request_user_code", "show_device_page", "submit_device_code"]


def request_user_code(call: Call) -> Answer:
    """Give a device the code that it shows."""
    demand_known_client(call.body["client_id"])
    device = begin_device_login(call.world, call.body["client_id"])
    settings = call.script.settings
    answer = {
        "device_auth_id": device.id,
        settings.device_code_key: device.user_code,
        **_interval(settings),
        "expires_at": rfc3339(device.expires_at),
    }
    return json_answer(answer, headers=NO_STORE)


def _interval(settings: Settings) -> dict[str, str | int]:
    """Return the seconds between polls; clients refuse a number, which a scenario can ask for."""
    if settings.device_interval_form == "absent":
        return {}
    seconds = settings.device_interval
    return {"interval": seconds if settings.device_interval_form == "number" else str(seconds)}


def poll_device_token(call: Call) -> Answer:
    """Tell a device whether its code was approved, and then give it the authorization code once."""
    settings = call.script.settings
    auto_approve = settings.auto_approve_account if settings.auto_approve else None
    try:
        device = poll_device(call.world, call.body["device_auth_id"], call.body["user_code"], auto_approve=auto_approve)
    except AuthorizationPending:
        pending = GrantRejected("deviceauth_authorization_pending", "Nobody has decided about this device yet.")
        raise nested_refusal(settings.device_pending_status, pending) from None
    except GrantRejected as rejected:
        raise nested_refusal(400, rejected) from None
    answer = {
        "authorization_code": device.authorization_code,
        "code_challenge": device.code_challenge,
        "code_verifier": device.code_verifier,
    }
    return json_answer(answer, headers=NO_STORE)


def show_device_page(call: Call) -> Answer:
    """Show the page on which a person types the code; the query may bring it."""
    return device_page(choices(call.world), call.query.get("user_code", ""))


def submit_device_code(call: Call) -> Answer:
    """Take the code that a person typed, and the decision."""
    form = call.body
    picked = form.get("account", "")
    try:
        device = waiting_device(call.world, form["user_code"])
        if form["decision"] == "deny":
            deny_device(device)
            return message_page("Login declined", "The device does not get access. You can close this page.")
        approve_device(call.world, device, picked)
    except UnknownUserCode as unknown:
        return device_page(choices(call.world), form["user_code"], picked, str(unknown))
    except AccessDenied as denied:
        return device_page(choices(call.world), form["user_code"], picked, denied.description)
    return message_page("Device connected", "You can close this page and go back to the device.")
