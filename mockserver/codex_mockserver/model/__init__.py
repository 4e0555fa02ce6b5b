"""The scripted model and its scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.model._app_server_setup import AppServerSetup
from codex_mockserver.model._pacing import Pacing, Pause, moments
from codex_mockserver.model._scenario import Chaos, Expected, Scenario, Settings, Step, Trial, When
from codex_mockserver.model._script import NoStep, Script
from codex_mockserver.model._surroundings import (
    CommandSetup,
    ConfigErrorSetup,
    ExternalAgentSetup,
    MarketplaceSetup,
    McpServerSetup,
    SkillSetup,
)
from codex_schemas.lazy import lazily

if TYPE_CHECKING:
    from codex_mockserver.model._catalogue import Catalogue, catalogue
    from codex_mockserver.model._chat_answer import chat_chunks, chat_completion
    from codex_mockserver.model._chat_prompt import chat_prompt, text_prompt
    from codex_mockserver.model._input_items import kept_form
    from codex_mockserver.model._library import Group, groups, scenario_text, scenarios
    from codex_mockserver.model._loader import find_problems, load_scenario, named_scenario, scenario_schema
    from codex_mockserver.model._logprobs import check_count
    from codex_mockserver.model._outcome import Outcome
    from codex_mockserver.model._prompt import Prompt, read_input
    from codex_mockserver.model._replay import replay
    from codex_mockserver.model._speech import Said
    from codex_mockserver.model._stream import Deltas, closing_event, item_events, opening_events
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

_HOMES = {
    "Catalogue": "_catalogue",
    "Deltas": "_stream",
    "Group": "_library",
    "Outcome": "_outcome",
    "Prompt": "_prompt",
    "Said": "_speech",
    "Turn": "_turn",
    "catalogue": "_catalogue",
    "chat_chunks": "_chat_answer",
    "chat_completion": "_chat_answer",
    "chat_prompt": "_chat_prompt",
    "check_count": "_logprobs",
    "closing_event": "_stream",
    "continuation": "_text_answer",
    "find_problems": "_loader",
    "groups": "_library",
    "input_tokens": "_usage",
    "item_events": "_stream",
    "kept_form": "_input_items",
    "load_scenario": "_loader",
    "named_scenario": "_loader",
    "opening_events": "_stream",
    "read_input": "_prompt",
    "replay": "_replay",
    "scenario_schema": "_loader",
    "scenario_text": "_library",
    "scenarios": "_library",
    "take_turn": "_turn",
    "text_chunks": "_text_answer",
    "text_completion": "_text_answer",
    "text_prompt": "_chat_prompt",
}

__getattr__ = lazily(__name__, _HOMES)
