"""The control calls, one for each operation of their contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from codex_mockserver.expectations import Expectation, verify
from codex_mockserver.http.control._journal_view import page, whole
from codex_mockserver.http.control._not_there import NotThere
from codex_mockserver.http.control._world_operations import end_world, list_worlds, make_world, read_scenario_body

if TYPE_CHECKING:
    from codex_mockserver.http import App
    from codex_mockserver.http.control._side_worlds import SideWorlds

__all__ = ["OPERATIONS", "ControlCall"]


@dataclass(frozen=True, slots=True)
class ControlCall:
    """One control call, checked against the contract."""

    app: App
    #: The worlds beside that of the application; None for a side world.
    worlds: SideWorlds | None
    #: The address of the mock as the caller sees it.
    origin: str
    path: dict[str, str]
    query: dict[str, Any]
    body: Any


class _Verification(msgspec.Struct, forbid_unknown_fields=True):
    expect: list[Expectation] = []
    never: list[Expectation] = []
    in_order: bool = False


def read_ready(call: ControlCall) -> Any:
    """Return what the mock listens on."""
    if call.app.ready is None:
        raise NotThere(
            "reading what the mock listens on",
            expected="a mock that `codex-testkit serve` runs",
            found="one inside another program",
            advice="Ask that program.",
        )
    return call.app.ready


def read_world(call: ControlCall) -> Any:
    """Return a snapshot."""
    return msgspec.Raw(call.app.world.snapshot())


def restore_world(call: ControlCall) -> Any:
    """Go back to a snapshot."""
    call.app.world.restore(msgspec.json.encode(call.body))
    return read_clock(call)


def reset_world(call: ControlCall) -> Any:
    """Begin anew."""
    call.app.reset()
    return read_clock(call)


def read_clock(call: ControlCall) -> Any:
    """Return the world's time."""
    return {"now": call.app.world.now(), "frozen": call.app.world.clock.frozen_at is not None}


def advance_clock(call: ControlCall) -> Any:
    """Let time pass."""
    call.app.world.clock.advance(call.body["advance"])
    return read_clock(call)


def read_scenario(call: ControlCall) -> Any:
    """Return the scenario at work."""
    return call.app.script.scenario


def use_scenario(call: ControlCall) -> Any:
    """Put another scenario to work."""
    call.app.use_scenario(read_scenario_body(call.body))
    return read_scenario(call)


def read_gates(call: ControlCall) -> Any:
    """Return the gates."""
    gates = call.app.gates
    return {"open": sorted(gates.opened), "waiting": dict(gates.waiting)}


def set_gate(call: ControlCall) -> Any:
    """Open or close a gate."""
    (call.app.gates.open if call.body["open"] else call.app.gates.close)(call.path["name"])
    return read_gates(call)


def read_journal(call: ControlCall) -> Any:
    """Return a page of the journal."""
    return page(call.app.journal, call.query)


def clear_journal(call: ControlCall) -> Any:
    """Forget all exchanges."""
    call.app.journal.clear()
    return {}


def read_exchange(call: ControlCall) -> Any:
    """Return one exchange."""
    number = call.path["number"]
    found = call.app.journal.find(int(number)) if number.isdecimal() else None
    if found is None:
        raise NotThere(
            "reading an exchange of the journal",
            expected="the number of one of the exchanges that the journal still has",
            found=number,
            advice="GET /_testkit/journal lists them.",
        )
    return whole(found)


def verify_journal(call: ControlCall) -> Any:
    """Compare the journal with what was expected."""
    wanted = msgspec.convert(call.body, _Verification)
    misses = verify(call.app.journal, wanted.expect, never=wanted.never, in_order=wanted.in_order)
    return {"holds": not misses, "misses": misses}


#: By operation id; ``followJournal`` is a stream and has a module of its own.
OPERATIONS = {
    "readReady": read_ready,
    "readWorld": read_world,
    "restoreWorld": restore_world,
    "resetWorld": reset_world,
    "readClock": read_clock,
    "advanceClock": advance_clock,
    "readScenario": read_scenario,
    "useScenario": use_scenario,
    "readGates": read_gates,
    "setGate": set_gate,
    "readJournal": read_journal,
    "clearJournal": clear_journal,
    "readExchange": read_exchange,
    "verifyJournal": verify_journal,
    "makeWorld": make_world,
    "listWorlds": list_worlds,
    "endWorld": end_world,
}
