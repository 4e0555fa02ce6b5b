"""One call of a client: everything that a handler may look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from codex_mockserver.faults import Strike
from codex_mockserver.http._gates import Gates
from codex_mockserver.http._pacer import Pacer
from codex_mockserver.http._stage import Connection
from codex_mockserver.journal import Exchange, Journal
from codex_mockserver.model import Script
from codex_mockserver.world import World
from codex_mockserver.world.credentials import Caller
from codex_schemas import Operation

__all__ = ["Call"]


class Call(msgspec.Struct, eq=False):
    """One call of a client, read and checked against the contract."""

    world: World
    journal: Journal
    script: Script
    gates: Gates
    pacer: Pacer
    #: The connection under it, None where the server does not give it.
    connection: Connection | None
    operation: Operation
    #: Which of the operation's prefixes was used, such as ``/backend-api/wham``.
    prefix: str
    #: Scheme and authority by which the client reached the mock, such as ``https://auth.openai.com``.
    origin: str
    exchange: Exchange
    #: Header values by lower-case name.
    headers: Mapping[str, str]
    #: Values of the path template.
    path: dict[str, str] = {}
    #: The first value of each query parameter.
    query: dict[str, str] = {}
    #: The decoded JSON or form body, None without one.
    body: Any = None
    #: Who calls; None where the operation is public.
    caller: Caller | None = None
    #: The faults that strike this call; the handler need not mind them.
    strikes: Sequence[Strike] = ()

    @property
    def signed_in(self) -> Caller:
        """The caller of an operation whose contract asks for credentials."""
        assert self.caller is not None, f"{self.operation.id} is public"
        return self.caller
