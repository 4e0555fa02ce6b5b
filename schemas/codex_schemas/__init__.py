"""What a message is: the contracts of the Codex protocol surfaces and their validators."""

from codex_schemas._contract import Contract, Operation, load
from codex_schemas._document import SURFACES
from codex_schemas._events import EventContract, StreamOrder, load_events
from codex_schemas._problem import Problem
from codex_schemas._validator import Validator
from codex_schemas._violation import ContractError, Violation

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
