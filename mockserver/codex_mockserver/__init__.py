"""The mock backend: who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_schemas.lazy import lazily

if TYPE_CHECKING:
    from codex_mockserver.expectations import Expectation, verify
    from codex_mockserver.http import create_app
    from codex_mockserver.journal import Exchange, Journal
    from codex_mockserver.model import Scenario, Script, load_scenario, named_scenario, scenarios
    from codex_mockserver.replaying import Replay, SyncReplay
    from codex_mockserver.serving import Backend, SideWorld, SyncBackend, SyncSideWorld
    from codex_mockserver.serving.router import mock_router
    from codex_mockserver.world import Clock, World

__all__ = [
    "Backend",
    "Clock",
    "Exchange",
    "Expectation",
    "Journal",
    "Replay",
    "Scenario",
    "Script",
    "SideWorld",
    "SyncBackend",
    "SyncReplay",
    "SyncSideWorld",
    "World",
    "create_app",
    "load_scenario",
    "mock_router",
    "named_scenario",
    "scenarios",
    "verify",
]

_HOMES = {
    "Backend": "serving",
    "Clock": "world",
    "Exchange": "journal",
    "Expectation": "expectations",
    "Journal": "journal",
    "Replay": "replaying",
    "Scenario": "model",
    "Script": "model",
    "SideWorld": "serving",
    "SyncBackend": "serving",
    "SyncReplay": "replaying",
    "SyncSideWorld": "serving",
    "World": "world",
    "create_app": "http",
    "load_scenario": "model",
    "mock_router": "serving.router",
    "named_scenario": "model",
    "scenarios": "model",
    "verify": "expectations",
}

__getattr__ = lazily(__name__, _HOMES)
