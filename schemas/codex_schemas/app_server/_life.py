"""The life of one part of the protocol: when it came, changed and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from codex_schemas.app_server._chronicle import Known, Moment
from codex_schemas.app_server._outline import Element
from codex_schemas.app_server._release import Release
from codex_schemas.app_server.release_numbers import sort_key

__all__ = ["ChannelName", "Event", "Life", "events"]

#: Where a release has something: for everybody, or only with the capability ``experimentalApi``.
ChannelName = Literal["stable", "experimental"]
EventKind = Literal["added", "back", "changed", "removed", "stable", "experimental"]

_DUTY = {False: "optional", True: "required"}
_SOURCES = {False: "in the JSON Schema again", True: "only in the TypeScript output"}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to something in one release."""

    version: str
    #: Date of publication of the release, ``2026-11-13``.
    published: str
    kind: EventKind
    #: Where the release has it; None where it is gone.
    channel: ChannelName | None
    #: What it is from now on, such as ``string or null, required``; for a change what it was and is.
    text: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """A method, type, field, variant or value, from its first release to its last."""

    #: Such as ``turn/start``, ``Turn.rootTurnId``, ``ThreadItem[agentMessage].phase`` or ``PlanType=promax``.
    name: str
    #: What it is: ``request of the client``, ``type``, ``field``, ``variant`` or ``value``.
    kind: str
    #: What happened to it, the oldest first; there is at least one event.
    events: tuple[Event, ...]
    #: For a method or type what is inside it, in the order in which it came.
    parts: tuple[Life, ...] = ()
    #: What else there is to know, in sentences.
    notes: tuple[str, ...] = ()

    @property
    def since(self) -> str:
        """The first release that has it."""
        return self.events[0].version

    @property
    def gone_in(self) -> str | None:
        """The first release without it; None while the newest has it."""
        return self.events[-1].version if self.events[-1].channel is None else None

    def channel_in(self, version: str) -> ChannelName | None:
        """Return in which channel a release has it; None where it has it in none."""
        before = [event for event in self.events if sort_key(event.version) <= sort_key(version)]
        return before[-1].channel if before else None


def events(known: Known[Element], releases: Sequence[Release]) -> Iterator[Event]:
    """Yield what happened to an element, given what it was at each moment and the release of each position."""
    before, channel_before = None, None
    for position, release in enumerate(releases):
        element, channel = _at(known, position)
        for kind, text in _happened(before, channel_before, element, channel):
            yield Event(release.version, release.published, kind, channel, text)
        before, channel_before = element or before, channel


def _at(known: Known[Element], position: int) -> tuple[Element | None, ChannelName | None]:
    """Return an element as a release has it; where both channels have it, the stable one counts."""
    if stable := known.get(Moment(position, experimental=False)):
        return stable, "stable"
    wide = known.get(Moment(position, experimental=True))
    return wide, "experimental" if wide else None


def _happened(
    before: Element | None, channel_before: ChannelName | None, element: Element | None, channel: ChannelName | None
) -> Iterator[tuple[EventKind, str]]:
    """Compare an element with what it was in the release before, or in the last that had it."""
    if element is None or channel is None:
        if channel_before is not None:
            yield "removed", ""
    elif channel_before is None:
        yield "added" if before is None else "back", str(element)
    else:
        if channel != channel_before:
            yield channel, ""
        if before is not None and (text := _difference(before, element)):
            yield "changed", text


def _difference(before: Element, after: Element) -> str:
    """Say what changed of an element; nothing where it only comes from another output, which tells it otherwise."""
    if before.typescript != after.typescript:
        return "" if after.path else _SOURCES[after.typescript]
    steps = [(before.type, after.type), (_DUTY[before.required], _DUTY[after.required])]
    return ", ".join(f"{old} -> {new}" for old, new in steps if old != new)
