"""A fault of the app-server as data: which of its messages it strikes, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from codex_mockserver.faults._match import is_due, look_up

__all__ = ["MessageFault"]


class MessageFault(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One failure: the messages that it strikes, and exactly one kind of failure."""

    #: The method of a notification or request of the server, or of the request whose answer is meant; or several.
    on: str | list[str]
    #: What the log calls it.
    name: str | None = None
    #: How many matching messages pass before it strikes, and how many it strikes; null means all that follow.
    after: int = 0
    times: int | None = 1
    #: Strike only each n-th of them.
    every: int = 1
    #: The values that the message has at these JSON pointers.
    when: dict[str, Any] = {}
    # What follows are the kinds, of which each fault has one.
    #: The message does not come.
    drop: bool | None = None
    #: It comes twice.
    duplicate: bool | None = None
    #: It comes after the next message.
    swap: bool | None = None
    #: It comes after the next message of this method.
    behind: str | None = None
    #: So many seconds pass before it, in which nothing else comes either.
    delay: float | None = None
    #: It waits, and all that follows, until the gate of this name is open.
    hold: str | None = None
    #: This comes before it: an object, or text that is sent as it is.
    insert: dict[str, Any] | str | None = None
    #: This comes in its place; an object gets the id of the answer that it replaces.
    replace: dict[str, Any] | str | None = None
    #: The process ends with this code before the message leaves.
    exit: int | None = None

    @property
    def kinds(self) -> dict[str, Any]:
        """The kinds of failure that are given, with their arguments; there is one in a fault that was loaded."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name not in _COMMON}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def methods(self) -> list[str]:
        """The methods whose messages it strikes."""
        return [self.on] if isinstance(self.on, str) else self.on

    def fits(self, method: str, message: Mapping[str, Any]) -> bool:
        """Tell whether it can strike a message, were it its turn."""
        return method in self.methods and all(look_up(message, path) == value for path, value in self.when.items())

    def is_due(self, seen: int) -> bool:
        """Tell whether it strikes when so many matching messages came before."""
        return is_due(self, seen)


#: What every fault can have, whatever its kind.
_COMMON = frozenset({"on", "name", "after", "times", "every", "when"})
