"""The errors that the app-server answers with."""

from __future__ import annotations

from typing import Any

__all__ = ["INTERNAL", "INVALID_PARAMS", "INVALID_REQUEST", "OVERLOADED", "UNSUPPORTED", "RpcError"]

#: Nearly everything: unknown methods, wrong params, what is not found, conflicts of state.
INVALID_REQUEST = -32600
#: A method that the release knows and does not support there.
UNSUPPORTED = -32601
#: Options that contradict each other.
INVALID_PARAMS = -32602
#: Failures of the operating system, and of servers behind this one.
INTERNAL = -32603
#: A queue that is full.
OVERLOADED = -32001


class RpcError(Exception):
    """A request is answered with an error.

    Args:
        message: What the answer says.
        code: One of the codes of this module.
        data: The member ``data``; left out where None.
    """

    def __init__(self, message: str, code: int = INVALID_REQUEST, data: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.data = data

    def to_wire(self) -> dict[str, Any]:
        """Return the member ``error`` of an answer."""
        data = {} if self.data is None else {"data": self.data}
        return {"code": self.code, "message": self.message, **data}
