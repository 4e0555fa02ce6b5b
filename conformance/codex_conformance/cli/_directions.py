"""Who sent a message: as a transcript says it, or as the message itself shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from codex_fixtures import DIRECTIONS
from codex_schemas import Problem

if TYPE_CHECKING:
    from codex_schemas.app_server import AppServerContract
    from codex_schemas.diff import Side

__all__ = ["Directions", "sender_of", "unwrapped"]

#: More of a text is not looked at: comparing takes time.
_LONGEST = 100
_SIDES: tuple[Side, Side] = ("client", "server")


def unwrapped(record: Any, place: str) -> tuple[Any, Side | None]:
    """Return the message of a line of a transcript, and its sender if the line says it.

    Raises:
        Problem: It says a direction that nobody knows.
    """
    if not isinstance(record, dict) or "msg" not in record or "method" in record:
        return record, None
    if "dir" not in record:
        return record["msg"], None
    sender = DIRECTIONS.get(str(record["dir"]).lower())
    if sender is None:
        raise Problem(
            f"reading {place}",
            expected=f"as `dir` one of {', '.join(DIRECTIONS)}",
            found=ascii(record["dir"])[:_LONGEST],
            advice="Correct it, or leave `dir` out to have it inferred.",
        )
    return record["msg"], sender


def sender_of(message: Any, contract: AppServerContract) -> Side:
    """Return who sends a message by its method, or by the closest where that is unknown; answers are the server's."""
    if not isinstance(message, dict) or "method" not in message:
        return "server"
    name = str(message["method"])[:_LONGEST]
    known = contract.methods.get(name) or contract.methods[get_close_matches(name, contract.methods, 1, cutoff=0)[0]]
    return known.sender


class Directions:
    """Tells who may have sent the messages of a conversation that do not say it."""

    def __init__(self, contract: AppServerContract) -> None:
        self._contract = contract
        #: For each side the ids of its requests, with whether they are still to be answered.
        self._asked: dict[Side, dict[str, bool]] = {"client": {}, "server": {}}

    def senders(self, message: Any) -> Sequence[Side]:
        """Return who may have sent a message, an answer by the requests that it may answer; there is at least one."""
        if not isinstance(message, dict) or "method" in message:
            return [sender_of(message, self._contract)]
        key = json.dumps(message.get("id"))
        answerers = {"client": self._asked["server"], "server": self._asked["client"]}
        return (
            [side for side in _SIDES if answerers[side].get(key)]
            or [side for side in _SIDES if key in answerers[side]]
            or ["server"]
        )

    def note(self, message: Any, sender: Side) -> None:
        """Remember a message."""
        if isinstance(message, dict) and "id" in message:
            key = json.dumps(message["id"])
            if "method" in message:
                self._asked[sender][key] = True
            else:
                self._asked["client" if sender == "server" else "server"][key] = False
