"""A scenario at work in a world."""

from __future__ import annotations

from codex_mockserver.model._scenario import Fault, Scenario, Settings
from codex_mockserver.world import World

__all__ = ["Script"]


class Script:
    """A scenario at work; what was already used stands in the world, so that a snapshot holds it."""

    def __init__(self, scenario: Scenario | None = None) -> None:
        self.scenario = scenario or Scenario()

    @property
    def settings(self) -> Settings:
        """The scenario's choices of the backend."""
        return self.scenario.settings

    def strike(self, world: World, operation: str) -> Fault | None:
        """Return the fault that strikes this call of an operation, if one does."""
        for index, fault in enumerate(self.scenario.faults):
            if fault.on != operation:
                continue
            seen = world.state.fault_uses.get(str(index), 0)
            world.state.fault_uses[str(index)] = seen + 1
            if seen >= fault.after and (fault.times is None or seen < fault.after + fault.times):
                return fault
        return None
