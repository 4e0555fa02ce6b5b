"""What a tool gives where nothing runs it: in the mock app-server, not with a client that runs tools itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["OUTCOME_KEYS", "UNSCRIPTED", "Outcome", "split_outcome"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call of a tool goes."""

    #: What a command prints, or what another tool returns: text, or any JSON.
    output: Any = ""
    #: The pieces in which a command prints its output; None for one piece.
    chunks: Sequence[str] | None = None
    #: How it ends; None where the scenario does not say, which is well.
    exit_code: int | None = None
    #: How long it takes, in real seconds.
    seconds: float = 0.0
    #: Whether a command goes on while the model is told of its first output.
    background: bool = False
    #: Why the call fails; None where it does not.
    error: str | None = None


#: The outcome of a call of which the scenario says nothing.
UNSCRIPTED = Outcome()

#: Where a scenario says the outcome, beside what makes up the call.
OUTCOME_KEYS = ("output", "chunks", "exit_code", "seconds", "background", "error")


def split_outcome(value: Json) -> tuple[Json, Outcome]:
    """Return the part of an entry that makes up the call, and its outcome."""
    told = {key: value[key] for key in OUTCOME_KEYS if key in value}
    if not told:
        return value, UNSCRIPTED
    if "chunks" in told:
        told = {"output": "".join(told["chunks"]), **told}
    return {key: part for key, part in value.items() if key not in told}, Outcome(**told)
