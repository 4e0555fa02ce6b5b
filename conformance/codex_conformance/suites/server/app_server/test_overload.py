"""More requests at once than a server can hold: published ones hold a few hundred, and throw some refusals away."""

from __future__ import annotations

from contextlib import suppress

import pytest

from codex_conformance.probes import AppServerProbe, Unmet, at, require
from codex_conformance.suites.server.app_servers import AppServers

_OVERLOADED = -32001
_FLOOD = 1000
#: So often a client tries again, and for so many seconds it waits for an answer.
_TRIES = 10
_SHORTLY = 2.0


@pytest.fixture
def flooded(processes: AppServers) -> AppServerProbe:
    """Return a client that has asked more than it may, and has been told what it will be told."""
    client = processes.client()
    for _ in range(_FLOOD):
        client.request("skills/list", {})
    client.settle()
    return client


@pytest.mark.codex("app-server.overload.code")
def test_too_many_requests_are_refused_with_their_own_code(flooded: AppServerProbe) -> None:
    codes = {at(each, "/error/code") for each in flooded.messages if "error" in each}
    require(codes <= {_OVERLOADED}, expected="no other code than -32001", found=codes)


@pytest.mark.codex("app-server.overload.then-works")
def test_a_server_works_after_too_many_requests(flooded: AppServerProbe) -> None:
    holds = any(_is_taken(flooded) for _ in range(_TRIES))
    require(holds, expected=f"a result in one of {_TRIES} tries", found="none")


def _is_taken(client: AppServerProbe) -> bool:
    """Tell whether the server takes a request."""
    with suppress(Unmet):
        return "result" in client.answer(client.request("thread/loaded/list", {}), _SHORTLY)
    return False
