"""Servers under test: what they are called, what they can do, and how they are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_schemas.lazy import lazily

if TYPE_CHECKING:
    from codex_conformance.targets._capabilities import CAPABILITIES, PRESENT, Capability, State
    from codex_conformance.targets._credentials import Credentials
    from codex_conformance.targets._http import HttpTarget
    from codex_conformance.targets._opening import open_target
    from codex_conformance.targets._spec import TargetSpec, read_target
    from codex_conformance.targets._target import Target
    from codex_conformance.targets._world import HttpWorld
    from codex_conformance.targets.urls import Urls

__all__ = [
    "CAPABILITIES",
    "PRESENT",
    "Capability",
    "Credentials",
    "HttpTarget",
    "HttpWorld",
    "State",
    "Target",
    "TargetSpec",
    "Urls",
    "open_target",
    "read_target",
]

_HOMES = {
    "CAPABILITIES": "_capabilities",
    "PRESENT": "_capabilities",
    "Capability": "_capabilities",
    "Credentials": "_credentials",
    "HttpTarget": "_http",
    "HttpWorld": "_world",
    "State": "_capabilities",
    "Target": "_target",
    "TargetSpec": "_spec",
    "Urls": "urls",
    "open_target": "_opening",
    "read_target": "_spec",
}

__getattr__ = lazily(__name__, _HOMES)
