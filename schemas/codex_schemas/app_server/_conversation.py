"""Checking a whole conversation: answers are checked against the requests that they answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codex_schemas._violation import Violation
from codex_schemas._wording import shorten
from codex_schemas.app_server._validation import other_side
from codex_schemas.app_server.contract import AppServerContract

if TYPE_CHECKING:
    from codex_schemas.diff import Side

__all__ = ["Conversation"]


class Conversation:
    """Follows the messages between a client and a server, in the order in which they were sent.

    Args:
        contract: What the two should speak.
    """

    def __init__(self, contract: AppServerContract) -> None:
        self._contract = contract
        #: For each side the methods of its requests by their ids; None for one that the contract does not know.
        self._asked: dict[Side, dict[str, str | None]] = {"client": {}, "server": {}}

    def violations(self, message: Any, sender: Side) -> list[Violation]:
        """Take the next message; return what is wrong with it, the most telling first.

        An answer must fit the result of the request with its id. It may come twice: when several
        clients share a thread, each may answer the same request of the server.
        """
        other = other_side(sender)
        if not isinstance(message, dict) or "id" not in message:
            return self._contract.validate(message, sender)
        key = json.dumps(message["id"])
        if "method" in message:
            self._asked[sender][key] = self._known_request(message["method"], sender)
            return self._contract.validate(message, sender)
        if key in self._asked[other]:
            return self._contract.validate(message, sender, answers=self._asked[other][key])
        unasked = Violation("answer", "/id", f"the id of a request of the {other}", shorten(message["id"]))
        return self._contract.validate(message, sender) or [unasked]

    def _known_request(self, name: Any, sender: Side) -> str | None:
        method = self._contract.methods.get(name) if isinstance(name, str) else None
        return method.name if method and (method.kind, method.sender) == ("request", sender) else None
