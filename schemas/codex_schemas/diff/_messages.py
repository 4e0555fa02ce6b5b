"""Comparing the lists of messages, and which parts each message has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from codex_schemas.diff._difference import Difference, Step
from codex_schemas.diff._names import pair_renamed
from codex_schemas.diff._protocol import Message, Protocol, Side
from codex_schemas.diff._walk import Walk

__all__ = ["MessageChange", "Messages"]


class MessageChange(NamedTuple):
    """A difference that concerns a message, or a part of it, as a whole."""

    message: Message
    #: Who sends it, or the part.
    sender: Side
    difference: Difference


class Messages:
    """The messages of two protocols, paired."""

    def __init__(self, old: Protocol, new: Protocol, walk: Walk) -> None:
        self._old, self._new = old, new
        self._walk = walk
        shared = [name for name in old.messages if name in new.messages and self._are_akin(name, name)]
        removed = [name for name in old.messages if name not in shared and not _knows(new.wider, name)]
        added = [name for name in new.messages if name not in shared and not _knows(old.wider, name)]
        self._renamed = pair_renamed(set(removed) - set(added), set(added) - set(removed), self._are_alike)
        #: The messages that both sides have, some by another name.
        self.pairs = [
            (old.messages[one], new.messages[other])
            for one, other in [*((name, name) for name in shared), *self._renamed]
        ]

    def changes(self) -> Iterator[MessageChange]:
        """Return what changed about whole messages and whole parts."""
        for one, other in self._renamed:
            message = self._old.messages[one]
            yield MessageChange(message, message.sender, Difference(f"{message.kind}-renamed", (), one, other))
        for before, after in self.pairs:
            if before.experimental != after.experimental:
                what = "promoted" if before.experimental else "demoted"
                yield MessageChange(
                    after, after.sender, Difference(f"{after.kind}-{what}", (), before.name, after.name)
                )
            yield from _changed_parts(before, after)
        yield from self._unpaired()

    def _unpaired(self) -> Iterator[MessageChange]:
        paired = {before.name for before, _ in self.pairs}, {after.name for _, after in self.pairs}
        for name, message in self._old.messages.items():
            if name not in paired[0]:
                what = "demoted" if _knows(self._new.wider, name) else "removed"
                yield MessageChange(message, message.sender, Difference(f"{message.kind}-{what}", (), old=name))
        for name, message in self._new.messages.items():
            if name not in paired[1]:
                what = "promoted" if _knows(self._old.wider, name) else "added"
                yield MessageChange(message, message.sender, Difference(f"{message.kind}-{what}", (), new=name))

    def _are_akin(self, one: str, other: str) -> bool:
        before, after = self._old.messages[one], self._new.messages[other]
        return (before.kind, before.sender) == (after.kind, after.sender)

    def _are_alike(self, one: str, other: str) -> bool:
        """Return whether two messages of different name say the same."""
        before, after = self._old.messages[one], self._new.messages[other]
        return (
            self._are_akin(one, other)
            and before.parts.keys() == after.parts.keys()
            and all(self._same_schemas(part.schema, after.parts[role].schema) for role, part in before.parts.items())
        )

    def _same_schemas(self, old: object, new: object) -> bool:
        return self._walk.same(self._walk.old.read(old), self._walk.new.read(new))


def _knows(wider: Protocol | None, name: str) -> bool:
    return wider is not None and name in wider.messages


def _changed_parts(before: Message, after: Message) -> Iterator[MessageChange]:
    for role in sorted({*before.parts, *after.parts}):
        old, new = before.parts.get(role), after.parts.get(role)
        path = (Step("part", role),)
        if old is None or new is None:
            [part] = filter(None, (old, new))
            rule = f"{'required-' if part.required else ''}part-{'added' if old is None else 'removed'}"
            yield MessageChange(before, part.sender, Difference(rule, path, old and old.schema, new and new.schema))
        elif old.required != new.required:
            rule = "part-became-required" if new.required else "part-became-optional"
            yield MessageChange(before, old.sender, Difference(rule, path, old.schema, new.schema))
