"""Which faults strike a call: the scenario is asked once, before any work is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from codex_mockserver.faults import Occasion, Strike
from codex_mockserver.http._body import FORM, JSON, parse
from codex_mockserver.http._call import Call
from codex_mockserver.http._refusal import Refusal
from codex_mockserver.world.credentials import CredentialsRejected, authenticate
from codex_schemas import Operation

__all__ = ["strikes_of"]

#: Any credentials tell who calls, whatever the operation asks for.
_SCHEMES = ("accessToken", "apiKey")


def strikes_of(
    call: Call, operation: Operation, transport: str = "http", body: Callable[[], Any] | None = None
) -> Sequence[Strike]:
    """Return the faults that strike a call, or a frame of it.

    Args:
        call: The call.
        operation: What it asks for; the frames of a socket ask for another operation than its handshake.
        transport: ``http`` or ``websocket``.
        body: Return what is asked, where it is not the body of the call.
    """
    if not call.script.has_faults:
        return ()
    occasion = Occasion(
        operation=operation,
        transport=transport,
        method=call.exchange.method,
        path=call.path,
        query=call.query,
        headers=call.headers,
        body=body or (lambda: _body(call)),
        account=lambda: _account(call),
    )
    return call.script.strikes(call.world, occasion)


def _body(call: Call) -> Any:
    """Return the decoded body; None for one that cannot be read."""
    media_type = call.headers.get("content-type", "").split(";")[0].strip().lower()
    with suppress(Refusal):
        return parse(call.exchange.body, FORM if media_type == FORM else JSON)
    return None


def _account(call: Call) -> str | None:
    with suppress(CredentialsRejected):
        return authenticate(call.world, call.headers, _SCHEMES).account.name
    return None
