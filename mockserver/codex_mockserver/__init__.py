"""The mock backend: who answers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codex_mockserver.expectations import Expectation, verify
    from codex_mockserver.http import create_app
    from codex_mockserver.journal import Exchange, Journal
    from codex_mockserver.model import Scenario, Script, load_scenario, named_scenario, scenarios
    from codex_mockserver.serving import Backend, SideWorld, SyncBackend, SyncSideWorld
    from codex_mockserver.serving._router import mock_router
    from codex_mockserver.world import Clock, World

__all__ = [
    "Backend",
    "Clock",
    "Exchange",
    "Expectation",
    "Journal",
    "Scenario",
    "Script",
    "SideWorld",
    "SyncBackend",
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
    "Scenario": "model",
    "Script": "model",
    "SideWorld": "serving",
    "SyncBackend": "serving",
    "SyncSideWorld": "serving",
    "World": "world",
    "create_app": "http",
    "load_scenario": "model",
    "mock_router": "serving._router",
    "named_scenario": "model",
    "scenarios": "model",
    "verify": "expectations",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: few users need all of them, and together they are not cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
