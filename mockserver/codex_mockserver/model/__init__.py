"""The scripted model and its scenarios."""

from codex_mockserver.model._app_server_setup import AppServerSetup
from codex_mockserver.model._catalogue import Catalogue, catalogue
from codex_mockserver.model._chat_answer import chat_chunks, chat_completion
from codex_mockserver.model._chat_prompt import chat_prompt, text_prompt
from codex_mockserver.model._input_items import kept_form
from codex_mockserver.model._library import Group, groups, scenario_text, scenarios
from codex_mockserver.model._loader import find_problems, load_scenario, named_scenario, scenario_schema
from codex_mockserver.model._logprobs import check_count
from codex_mockserver.model._outcome import Outcome
from codex_mockserver.model._pacing import Pacing, Pause, moments
from codex_mockserver.model._prompt import Prompt, read_input
from codex_mockserver.model._replay import replay
from codex_mockserver.model._scenario import Chaos, Expected, Scenario, Settings, Step, Trial, When
from codex_mockserver.model._script import NoStep, Script
from codex_mockserver.model._speech import Said
from codex_mockserver.model._stream import Deltas, closing_event, item_events, opening_events
from codex_mockserver.model._surroundings import (
    CommandSetup,
    ConfigErrorSetup,
    ExternalAgentSetup,
    MarketplaceSetup,
    McpServerSetup,
    SkillSetup,
)
from codex_mockserver.model._text_answer import continuation, text_chunks, text_completion
from codex_mockserver.model._turn import Turn, take_turn
from codex_mockserver.model._usage import input_tokens

__all__ = [
    "AppServerSetup",
    "Catalogue",
    "Chaos",
    "CommandSetup",
    "ConfigErrorSetup",
    "Deltas",
    "Expected",
    "ExternalAgentSetup",
    "Group",
    "MarketplaceSetup",
    "McpServerSetup",
    "NoStep",
    "Outcome",
    "Pacing",
    "Pause",
    "Prompt",
    "Said",
    "Scenario",
    "Script",
    "Settings",
    "SkillSetup",
    "Step",
    "Trial",
    "Turn",
    "When",
    "catalogue",
    "chat_chunks",
    "chat_completion",
    "chat_prompt",
    "check_count",
    "closing_event",
    "continuation",
    "find_problems",
    "groups",
    "input_tokens",
    "item_events",
    "kept_form",
    "load_scenario",
    "moments",
    "named_scenario",
    "opening_events",
    "read_input",
    "replay",
    "scenario_schema",
    "scenario_text",
    "scenarios",
    "take_turn",
    "text_chunks",
    "text_completion",
    "text_prompt",
]
