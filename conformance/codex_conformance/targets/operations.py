"""The operations of all HTTP surfaces by their id."""

from __future__ import annotations

from codex_schemas import Operation, load

__all__ = ["find_operation"]

_CONTRACTS = ("oauth", "wham", "responses", "chat", "control")


def find_operation(operation_id: str) -> Operation:
    """Return the operation with an id, whichever surface it is of.

    Raises:
        Problem: There is none.
    """
    for surface in _CONTRACTS:
        if found := load(surface).operations.get(operation_id):
            return found
    return load(_CONTRACTS[0]).operation(operation_id)
