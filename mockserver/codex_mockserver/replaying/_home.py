"""A home for the client of a replay: with the credentials that the recording knows."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from codex_fixtures import Request
from codex_mockserver.replaying._index import Index
from codex_mockserver.serving.client_env import proxied_config, write_home
from codex_mockserver.world import parse_time

__all__ = ["write_recorded_home"]

_BEARER = "bearer "
_REVOKE = "/oauth/revoke"
#: Exchanges in which credentials are looked for.
_MOST_READ = 200
#: The year 2100: a token that was valid when it was recorded is valid whenever that is replayed.
_FAR_AWAY = 4_102_444_800
#: Nobody has it; it looks like the stand-in for one.
_REFRESH_TOKEN = "rt_redactedredacted0000"  # noqa: S105 (a stand-in)


def write_recorded_home(path: Path, index: Index) -> None:
    """Fill a folder so that it can be a ``CODEX_HOME`` with the credentials that the recorded client had.

    They are stand-ins, as everything secret in a recording, and fit the answers in it. The home is logged out where
    the client had none.

    Raises:
        Problem: The folder cannot be written.
    """
    credentials = _credentials(index)
    config = proxied_config(analytics=False, plugins=False)
    write_home(path, config, json.dumps(credentials, indent=2) if credentials else None)


def _credentials(index: Index) -> dict[str, Any] | None:
    """Return the content of ``auth.json``; None where the client called without credentials."""
    api_key = None
    for headers in _heads(index):
        bearer, account = headers.get("authorization", ""), headers.get("chatgpt-account-id")
        if bearer.lower().startswith(_BEARER):
            token = bearer[len(_BEARER) :]
            if account:
                return _login(_lasting(token, _seconds(index.header.recorded_at)), account, index.header.recorded_at)
            api_key = api_key or token
    if api_key:
        return {"auth_mode": "apikey", "OPENAI_API_KEY": api_key}
    return _revoked(index)


def _revoked(index: Index) -> dict[str, Any] | None:
    """Return the credentials of a client that did nothing but revoke its refresh token; None for another one."""
    for exchange in islice(index.exchanges, _MOST_READ):
        body = index.value(exchange)["body"] if exchange.path == _REVOKE else None
        if isinstance(body, dict) and isinstance(body.get("token"), str):
            token = ".".join((_base64({"alg": "none"}), _base64({"exp": _FAR_AWAY}), "redacted0000"))
            return _login(token, "00000000-0000-4000-8000-000000000000", index.header.recorded_at, body["token"])
    return None


def _heads(index: Index) -> Iterator[dict[str, str]]:
    """Yield the headers of the first requests, by their names in lower case."""
    for exchange in islice(index.exchanges, _MOST_READ):
        head = next(index.entries(exchange))
        if isinstance(head, Request):
            yield {name.lower(): value for name, value in head.headers}


def _login(token: str, account: str, recorded_at: str, refresh_token: str = _REFRESH_TOKEN) -> dict[str, Any]:
    # An id token is sent to nobody, and says the same.
    tokens = {"id_token": token, "access_token": token, "refresh_token": refresh_token, "account_id": account}
    last_refresh = recorded_at or "2026-01-01T00:00:00Z"
    return {"auth_mode": "chatgpt", "OPENAI_API_KEY": None, "tokens": tokens, "last_refresh": last_refresh}


def _lasting(token: str, recorded: float) -> str:
    """Return a token that is still valid, if it was when it was recorded: codex refreshes one that is not."""
    header, _, rest = token.partition(".")
    claims, _, signature = rest.partition(".")
    try:
        content = msgspec.json.decode(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        has_expired = content["exp"] <= recorded
    except (ValueError, KeyError, TypeError, msgspec.DecodeError):
        return token
    if has_expired:
        return token
    return f"{header}.{_base64({**content, 'exp': _FAR_AWAY})}.{signature}"


def _base64(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=")


def _seconds(recorded_at: str) -> float:
    return parse_time(recorded_at) if recorded_at else 0.0
