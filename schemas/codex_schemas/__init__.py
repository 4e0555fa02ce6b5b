"""What a message is: the contracts of the Codex protocol surfaces and their validators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_schemas._problem import Problem
from codex_schemas.lazy import lazily

if TYPE_CHECKING:
    from codex_schemas._contract import Contract, Operation, load
    from codex_schemas._events import EventContract, StreamOrder, load_events
    from codex_schemas._validator import Validator
    from codex_schemas._violation import ContractError, Violation
    from codex_schemas.document import SURFACES

__all__ = [
    "SURFACES",
    "Contract",
    "ContractError",
    "EventContract",
    "Operation",
    "Problem",
    "StreamOrder",
    "Validator",
    "Violation",
    "load",
    "load_events",
]

_HOMES = {
    "SURFACES": "document",
    "Contract": "_contract",
    "ContractError": "_violation",
    "EventContract": "_events",
    "Operation": "_contract",
    "StreamOrder": "_events",
    "Validator": "_validator",
    "Violation": "_violation",
    "load": "_contract",
    "load_events": "_events",
}

__getattr__ = lazily(__name__, _HOMES)
