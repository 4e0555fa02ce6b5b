"""The authorization endpoint: a checked request becomes a page, and the page a redirect."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, urlencode

from codex_mockserver.http._answer import Answer, redirect
from codex_mockserver.http._call import Call
from codex_mockserver.http._oauth_pages import authorize_page, error_page
from codex_mockserver.world import World
from codex_mockserver.world.logins import (
    AccessDenied,
    Login,
    LoginOver,
    approve_login,
    begin_login,
    choices,
    deny_login,
    waiting_login,
)
from codex_mockserver.world.tokens import CLIENTS, CODEX_SCOPE

__all__ = ["authorize", "submit_authorization"]

#: Where a code may be sent: plain http on this machine, any port and path, no user info, no fragment.
_LOOPBACK_REDIRECT = re.compile(
    r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?(/[^#\\\x00-\x20\x7f-\U0010ffff]*)?"
)
_CODE_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
#: Characters of the client's name that fit on the page.
_LONGEST_NAME = 80


def authorize(call: Call) -> Answer:
    """Answer with the login page, or at once with a redirect when logins approve themselves."""
    names = Counter(name for name, _ in parse_qsl(call.exchange.query, keep_blank_values=True))
    query = call.query
    redirect_uri = query.get("redirect_uri", "")
    if query.get("client_id") not in CLIENTS or names["client_id"] > 1:
        return error_page("The client_id is missing or not known.")
    if not _LOOPBACK_REDIRECT.fullmatch(redirect_uri) or names["redirect_uri"] > 1:
        return error_page(
            "The redirect_uri must be an http address on this machine, such as http://localhost:1455/auth/callback."
        )
    if fault := _fault(query, names):
        error, description = fault
        return _back(redirect_uri, query.get("state"), error=error, error_description=description)
    login = _begin(call.world, query)
    settings = call.script.settings
    if settings.auto_approve:
        return _approve(call, login, settings.auto_approve_account)
    originator = query.get("originator") or login.client_id
    return authorize_page(login, choices(call.world, login.allowed_workspaces), originator[:_LONGEST_NAME])


def _begin(world: World, query: dict[str, str]) -> Login:
    """Remember the request, which was checked, until a person decides."""
    allowed = (part.strip() for part in query.get("allowed_workspace_id", "").split(","))
    return begin_login(
        world,
        client_id=query["client_id"],
        redirect_uri=query["redirect_uri"],
        state=query.get("state"),
        scope=query.get("scope") or CODEX_SCOPE,
        code_challenge=query["code_challenge"],
        allowed_workspaces=[part for part in allowed if part],
        nonce=query.get("nonce"),
    )


def submit_authorization(call: Call) -> Answer:
    """Take the decision made on the page and go back to the client."""
    form = call.body
    try:
        login = waiting_login(call.world, form["login_id"])
    except LoginOver:
        return error_page("This login is over. Start it again in the program that wants to sign in.")
    if form["decision"] == "deny":
        deny_login(login)
        return _denied(login, "The person declined the login.")
    return _approve(call, login, form.get("account", ""))


def _approve(call: Call, login: Login, picked: str) -> Answer:
    try:
        code = approve_login(call.world, login, picked)
    except AccessDenied as denied:
        return _denied(login, denied.description)
    return _back(login.redirect_uri, login.state, code=code, scope=login.scope)


def _denied(login: Login, description: str) -> Answer:
    return _back(login.redirect_uri, login.state, error="access_denied", error_description=description)


def _fault(query: dict[str, str], names: Counter[str]) -> tuple[str, str] | None:
    """Return the error code and its description for a request that may be answered by a redirect."""
    response_type = query.get("response_type")
    repeated = next((name for name, count in names.items() if count > 1 and name.isidentifier()), None)
    checks = (
        (repeated is None, "invalid_request", f"The parameter {repeated} is repeated."),
        (response_type is not None, "invalid_request", "The parameter response_type is missing."),
        (response_type == "code", "unsupported_response_type", "The response_type must be code."),
        (query.get("code_challenge_method") == "S256", "invalid_request", "The code_challenge_method must be S256."),
        (
            _CODE_CHALLENGE.fullmatch(query.get("code_challenge", "")) is not None,
            "invalid_request",
            "The code_challenge must be 43 characters of unpadded base64url.",
        ),
    )
    return next(((error, description) for fine, error, description in checks if not fine), None)


def _back(redirect_uri: str, state: str | None, **fields: str) -> Answer:
    """Redirect to the client with these fields and its state."""
    query = urlencode(fields if state is None else {**fields, "state": state})
    return redirect(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}")
