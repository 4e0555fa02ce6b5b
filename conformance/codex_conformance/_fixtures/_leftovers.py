"""What a test leaves over: calls that nobody answers, and parts of its scenario that nothing has used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from codex_conformance._fixtures._shortening import shortened
from codex_mockserver import SyncBackend
from codex_mockserver.faults import Fault, MessageFault, is_due

__all__ = ["leftovers"]


def leftovers(backend: SyncBackend) -> Iterator[str]:
    """Yield a line for each kind of what is left over, where there is some."""
    for title, find in _KINDS.items():
        if found := list(dict.fromkeys(find(backend))):
            yield f"{title}: {', '.join(found)}"


def _unknown_requests(backend: SyncBackend) -> Iterator[str]:
    for exchange in backend.journal:
        if exchange.operation is None:
            yield shortened(f"{exchange.method} {exchange.path}")


def _refused_hosts(backend: SyncBackend) -> Iterator[str]:
    return map(shortened, backend.refused_hosts)


def _unused_parts(backend: SyncBackend) -> Iterator[str]:
    """Yield the steps of the model that answered nothing, and the faults that never struck.

    What counts is what the world remembers, so a reset begins anew. A step that may answer any number of
    requests may answer none, too; the faults of a chaos need not strike.
    """
    scenario, state = backend.script.scenario, backend.world.state
    for number, step in enumerate(scenario.model):
        if step.times is not None and not state.script_uses.get(str(number)):
            yield f"model[{number}]"
    places: Mapping[str, Sequence[Fault | MessageFault]] = {
        "": scenario.faults,
        "app_server/": scenario.app_server.faults,
    }
    for place, faults in places.items():
        for number, fault in enumerate(faults):
            seen = state.fault_uses.get(f"{place}{number}", 0)
            if not any(is_due(fault, before) for before in range(seen)):
                yield fault.name or f"{place}faults[{number}]"


_KINDS: Mapping[str, Callable[[SyncBackend], Iterator[str]]] = {
    "requests that no contract knows": _unknown_requests,
    "hosts that the proxy refused": _refused_hosts,
    "not used of the scenario": _unused_parts,
}
