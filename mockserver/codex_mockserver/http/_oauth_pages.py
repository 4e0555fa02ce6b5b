"""The pages that a person sees: plain HTML that works without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from codex_mockserver.http._answer import Answer, html_answer
from codex_mockserver.world.logins import Choice, Login

__all__ = ["authorize_page", "device_page", "error_page", "message_page"]


class _Html(str):
    """Text that is markup already."""

    __slots__ = ()


def authorize_page(login: Login, offered: Iterable[Choice], originator: str) -> Answer:
    """Return the page on which a person picks an account and decides about a login."""
    content = _fill(
        "authorize.html",
        originator=originator,
        login_id=login.id,
        decision=_decision(offered, autofocus=_Html(" autofocus")),
        client_id=login.client_id,
        redirect_uri=login.redirect_uri,
        scope=login.scope,
    )
    return _page("Sign in to Codex", content)


def device_page(offered: Iterable[Choice], user_code: str = "", picked: str = "", error: str = "") -> Answer:
    """Return the page on which a person types the code of a device; with an error, what was typed stays."""
    content = _fill(
        "device.html",
        error=_Html(f'<p class="error" id="error" role="alert">{escape(error)}</p>' if error else ""),
        user_code=user_code,
        described_by="error hint" if error else "hint",
        invalid=_Html(' aria-invalid="true"' if error else ""),
        decision=_decision(offered, picked),
    )
    title = "Connect a device"
    return _page(f"Error: {title}" if error else title, content, status=400 if error else 200)


def message_page(heading: str, message: str) -> Answer:
    """Return a page that tells how something ended."""
    return _page(heading, _fill("message.html", heading=heading, message=message, role="status"))


def error_page(message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a page that tells why a request is refused."""
    heading = "This request cannot be used"
    return _page(heading, _fill("message.html", heading=heading, message=message, role="alert"), status, headers)


def _page(title: str, content: _Html, status: int = 200, extra: Mapping[str, str] | None = None) -> Answer:
    style = _read("style.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    headers = {
        "cache-control": "no-store",
        # The answer to the form redirects to a loopback callback, which form-action has to allow.
        "content-security-policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self' http:; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        **(extra or {}),
    }
    return html_answer(_fill("layout.html", title=title, style=_Html(style), content=content), status, headers)


def _decision(offered: Iterable[Choice], picked: str = "", autofocus: str = "") -> _Html:
    """Return the part of a form in which a person picks an account and decides."""
    options = _Html("\n".join(_option(choice, picked) for choice in offered))
    return _fill("decision.html", options=options, autofocus=autofocus)


def _option(choice: Choice, picked: str) -> str:
    workspace = choice.workspace
    # The name comes first, so that a narrow screen cuts what the workspaces of an account share.
    place = f"{workspace.name}, " if workspace.name else ""
    label = f"{place}{choice.account.email} ({workspace.plan_type})"
    selected = " selected" if workspace.id == picked else ""
    return f'<option value="{escape(workspace.id)}"{selected}>{escape(label)}</option>'


def _fill(name: str, **fields: str) -> _Html:
    """Fill a template; every field is escaped unless it is markup already."""
    safe = {key: value if isinstance(value, _Html) else escape(value) for key, value in fields.items()}
    return _Html(Template(_read(name)).substitute(safe))


@cache
def _read(name: str) -> str:
    return files("codex_mockserver.http").joinpath("pages", name).read_text(encoding="utf-8")
