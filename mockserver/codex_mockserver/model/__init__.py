"""The scripted model and its scenarios."""

from codex_mockserver.model._scenario import Fault, FaultAnswer, Scenario, Settings, Step, When
from codex_mockserver.model._script import Script

__all__ = ["Fault", "FaultAnswer", "Scenario", "Script", "Settings", "Step", "When"]
