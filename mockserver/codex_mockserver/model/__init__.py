"""The scripted model and its scenarios."""

from codex_mockserver.model._catalogue import Catalogue, catalogue
from codex_mockserver.model._loader import load_scenario, scenario_schema
from codex_mockserver.model._prompt import Prompt, read_input
from codex_mockserver.model._scenario import Fault, FaultAnswer, Scenario, Settings, Step, When
from codex_mockserver.model._script import NoStep, Script
from codex_mockserver.model._stream import Deltas
from codex_mockserver.model._turn import Turn, take_turn

__all__ = [
    "Catalogue",
    "Deltas",
    "Fault",
    "FaultAnswer",
    "NoStep",
    "Prompt",
    "Scenario",
    "Script",
    "Settings",
    "Step",
    "Turn",
    "When",
    "catalogue",
    "load_scenario",
    "read_input",
    "scenario_schema",
    "take_turn",
]
