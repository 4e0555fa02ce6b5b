"""Who may control a mock: programs of this machine, or whoever has the token."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from codex_schemas import Problem

__all__ = ["Forbidden", "check_caller"]

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Forbidden(Problem):
    """The caller may not control the mock."""


def check_caller(headers: Mapping[str, str], token: str | None) -> None:
    """Let a control call pass, or refuse it.

    A page in a browser must not control the mock: a foreign ``Origin`` is refused, and without a
    token a ``Host`` that is not this machine, by which a page would come after rebinding its name.

    Raises:
        Forbidden: The caller may not; the message holds no secret.
    """
    host = headers.get("host", "")
    if (origin := headers.get("origin")) is not None and urlsplit(origin).netloc != host:
        raise _refused("no Origin, or that of the mock itself", origin, "Call from a program, not from a page.")
    if token is None:
        if _name(host) not in _LOOPBACK:
            raise _refused("a Host that is this machine", host, "Call the mock by 127.0.0.1 or localhost.")
        return
    scheme, _, sent = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(sent.encode(), token.encode()):
        advice = "Send `Authorization: Bearer TOKEN` with the control token that `serve` printed."
        raise _refused("the control token", "another one" if sent else "none", advice)


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _refused(expected: str, found: str, advice: str) -> Forbidden:
    return Forbidden("controlling the mock", expected=expected, found=found, advice=advice)
