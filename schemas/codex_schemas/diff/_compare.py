"""Comparing two protocols: what changed, who carries it, whom it hurts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from codex_schemas._problem import Problem
from codex_schemas.diff._change import Change, Comparison
from codex_schemas.diff._definitions import Definitions
from codex_schemas.diff._difference import Difference, written
from codex_schemas.diff._graph import Graph, Key, carried
from codex_schemas.diff._messages import Messages
from codex_schemas.diff._plain import compare_definitions
from codex_schemas.diff._protocol import Message, Protocol, Side
from codex_schemas.diff._rules import RULES
from codex_schemas.diff._stability import Stability, settled
from codex_schemas.diff._wording import sentence

__all__ = ["compare"]

_SIDES: tuple[Side, Side] = ("client", "server")


def compare(old: Protocol, new: Protocol, *, strict: bool = False) -> Comparison:
    """Return what changed between two protocols, and whom it breaks.

    Args:
        old: What the programs of today were built for.
        new: What they will meet.
        strict: Whether readers refuse fields, values, variants and messages that they do not know.

    Raises:
        Problem: Schemas nest too deep to be compared.
    """
    try:
        changes = _Comparer(old, new, strict=strict).changes()
    except RecursionError:
        raise Problem(
            f"comparing {old.name} with {new.name}",
            expected="schemas that nest a hundred levels deep at most",
            found="one that nests deeper",
            advice="Move inner schemas into definitions and refer to them.",
        ) from None
    return Comparison(old.name, new.name, tuple(changes))


class _Comparer:
    """One comparison."""

    def __init__(self, old: Protocol, new: Protocol, *, strict: bool) -> None:
        self._old, self._new, self._strict = old, new, strict
        self._graph = Graph(Definitions(old.definitions), Definitions(new.definitions))
        self._stability = Stability(old, self._graph.old), Stability(new, self._graph.new)

    def changes(self) -> list[Change]:
        """Return every change once, the gravest first."""
        has_messages = self._old.messages or self._new.messages
        found = self._of_messages() if has_messages else self._of_definitions()
        once: dict[tuple[str, str, str], Change] = {}
        for change in found:
            told = (change.rule, change.location, change.text)
            once[told] = _merged(once[told], change) if told in once else change
        return sorted(once.values(), key=lambda change: (-change.worst, change.location, change.rule, change.text))

    def _of_definitions(self) -> Iterator[Change]:
        for name, difference in compare_definitions(self._graph):
            yield self._change(difference, name, _SIDES)
        for _, location, differences in self._graph.located():
            for difference in differences:
                yield self._change(difference, location, _SIDES)

    def _of_messages(self) -> Iterator[Change]:
        messages = Messages(self._old, self._new, self._graph.walk())
        for message, sender, difference in messages.changes():
            yield self._change(difference, message.name, [sender], [message.name])
        roots = [root for number, pair in enumerate(messages.pairs) for root in self._parts(1 << number, *pair)]
        carriers = carried(self._graph.nodes, roots)
        for key, location, differences in self._graph.located():
            client, server = carriers[key]
            names = [old.name for number, (old, _) in enumerate(messages.pairs) if (client | server) >> number & 1]
            senders = [side for side, sent in zip(_SIDES, (client, server), strict=True) if sent]
            for difference in differences:
                yield self._placed(key, difference, location, senders, sorted(names))

    def _parts(self, bit: int, before: Message, after: Message) -> Iterator[tuple[Key, Side, int]]:
        """Compare the parts that a message has on both sides; return where each begins."""
        for role, part in before.parts.items():
            if role in after.parts:
                key = ((before.name, role), (after.name, role))
                self._graph.add_part(key, f"{before.name} {role}", part.schema, after.parts[role].schema)
                yield key, part.sender, bit

    def _placed(
        self, key: Key, difference: Difference, root: str, senders: Iterable[Side], messages: list[str]
    ) -> Change:
        """Return the change at a place of which one may ask whether it is experimental."""
        change = self._change(settled(difference, key, self._stability), root, senders, messages)
        stable = [side.has_stable(anchor, difference) for side, anchor in zip(self._stability, key, strict=True)]
        return change if None in stable else replace(change, experimental=not any(stable))

    def _change(
        self, difference: Difference, root: str, senders: Iterable[Side], messages: Iterable[str] = ()
    ) -> Change:
        rule, senders = RULES[difference.rule], frozenset(senders)
        sender = rule.strict_sender if self._strict or difference.new_closed else rule.sender
        reader = rule.strict_reader if self._strict or difference.old_closed else rule.reader
        levels = {side: [sender] * (side in senders) + [reader] * bool(senders - {side}) for side in _SIDES}
        return Change(
            rule=rule.id,
            location=root + written(difference.path),
            text=sentence(rule.wording, difference, root, min(senders)),
            client=max(levels["client"]),
            server=max(levels["server"]),
            old=difference.old,
            new=difference.new,
            messages=tuple(messages),
            senders=senders,
            experimental=self._is_experimental(messages),
        )

    def _is_experimental(self, messages: Iterable[str]) -> bool:
        found = [protocol.messages.get(name) for name in messages for protocol in (self._old, self._new)]
        flags = [message.experimental for message in found if message]
        return bool(flags) and all(flags)


def _merged(one: Change, other: Change) -> Change:
    """Return one change for two definitions of the same name that changed alike."""
    return replace(
        min(one, other, key=lambda change: sorted([repr(change.old), repr(change.new)])),
        client=max(one.client, other.client),
        server=max(one.server, other.server),
        messages=tuple(sorted({*one.messages, *other.messages})),
        senders=one.senders | other.senders,
        experimental=one.experimental and other.experimental,
    )
