"""What the checks of refreshes share: how one comes about, and what was sent and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec

from codex_conformance.clients import Outcome
from codex_mockserver import Exchange

__all__ = ["EARLY", "REFUSED", "grant", "kept_tokens", "refreshes", "refused"]

#: The access token is refused, always if not said otherwise.
REFUSED: Mapping[str, Any] = {
    "on": "createResponse",
    "times": None,
    "answer": {"status": 401, "body": {"detail": "Unauthorized"}},
}
#: The access token of the beginning ends within a minute, which is as late as libraries take care of it.
EARLY: Mapping[str, Any] = {
    "name": "a token that ends soon",
    "settings": {"websocket": False},
    "accounts": {"plus": {"login_token_life": 45}},
}


def refreshes(outcome: Outcome) -> list[Exchange]:
    """Return the calls that asked for new tokens."""
    return [call for call in outcome.requests("exchangeToken") if b"authorization_code" not in call.body]


def grant(call: Exchange) -> str | None:
    """Return the refresh token of a call, whatever the form of its body."""
    try:
        fields = msgspec.json.decode(call.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        fields = {name: values[0] for name, values in parse_qs(call.body.decode(errors="replace")).items()}
    return fields.get("refresh_token") if isinstance(fields, dict) else None


def refused(status: int, times: int | None = None, **answer: Any) -> dict[str, Any]:
    """Return a scenario in which a refresh is refused."""
    fault = {"on": "exchangeToken", "times": times, "answer": {"status": status, **answer}}
    return {
        "name": f"refresh {status}",
        "settings": {"websocket": False},
        "faults": [REFUSED, fault],
    }


def kept_tokens(outcome: Outcome) -> Mapping[str, Any]:
    """Return the tokens that the file with the credentials holds at the end; none where there is no such file."""
    found = (outcome.auth or {}).get("tokens")
    return found if isinstance(found, dict) else {}
