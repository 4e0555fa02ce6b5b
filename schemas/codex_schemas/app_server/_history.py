"""When something came into the app-server protocol, how it changed, and when it went."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, cached_property

from codex_schemas._problem import Problem
from codex_schemas.app_server._chronicle import Chronicle, Known
from codex_schemas.app_server._life import Life, events
from codex_schemas.app_server._outline import Element
from codex_schemas.app_server.release_numbers import sort_key
from codex_schemas.app_server.store import Store, shipped_store

__all__ = ["History", "history"]

#: What begins a step of a path.
_STEP = re.compile(r"[.=\[]")
#: How a path may also be written: a value or variant as a field, no variant before a field, no params or result.
_LOOSE = ((r"[=\[]([^]]+)\]?$", r".\1"), (r"\[[^]]*\]", ""), (r"^\.(params|result)(?=\.)", ""))
#: More of a name that nobody knows is not looked at.
_LONGEST = 80
#: What the messages of a union are.
_MESSAGES = {
    "ClientRequest": "request of the client",
    "ServerRequest": "request of the server",
    "ClientNotification": "notification of the client",
    "ServerNotification": "notification of the server",
}


@dataclass(frozen=True, slots=True)
class History:
    """The answer for a name: one life, or more where it names several things."""

    name: str
    lives: tuple[Life, ...]


def history(name: str) -> History:
    """Return when a part of the app-server protocol came, changed and went.

    Args:
        name: A method (``turn/start``), a type (``Turn``), a field (``Turn.rootTurnId``,
            ``ThreadItem[agentMessage].phase``, ``turn/start.params.threadId``), a value or variant
            (``PlanType=promax``, ``ThreadItem[plan]``), or the value alone (``promax``).

    Raises:
        Problem: No release has that name; the closest are named.
    """
    return historian(shipped_store()).history(name)


@cache
def historian(store: Store) -> Historian:
    """Return who knows the history of a store, and keeps what was computed once."""
    return Historian(store)


@dataclass(frozen=True, slots=True)
class _Subject:
    """A method or type with what is known of its elements."""

    name: str
    kind: str
    elements: Mapping[str, Known[Element]]
    notes: tuple[str, ...] = ()


class Historian:
    """Answers for one store."""

    def __init__(self, store: Store) -> None:
        self._releases = [release for release in store.releases if release.emits]
        self._chronicle = Chronicle(store)

    def history(self, name: str) -> History:
        """Return the history of a name; see :func:`history`."""
        lives = [self._whole(subject) for subject in self._subjects(name)]
        lives = lives or list(self._inside(name)) or list(self._values(name))
        if not lives:
            raise self._unknown(name)
        return History(name, tuple(lives))

    def _subjects(self, name: str) -> Iterator[_Subject]:
        if union := self._chronicle.methods.get(name):
            yield _Subject(name, _MESSAGES[union], self._chronicle.of_method(name))
        short = name.rpartition("/")[2]
        for names in self._chronicle.types.get(short, ()):
            if name == short or name in names:
                yield self._type(short, names)

    def _type(self, short: str, names: Sequence[str]) -> _Subject:
        elements = self._chronicle.of_type(names)
        others = [other for other in self._chronicle.types[short] if other != names]
        notes = tuple(note for other in others for note in self._rivalry(elements[""], other))
        # Where there is another type of the same short name, only the whole name tells them apart.
        return _Subject(names[0] if others else short, "type", elements, notes)

    def _rivalry(self, known: Known[Element], other: Sequence[str]) -> Iterator[str]:
        positions = sorted({moment.position for moment in known.keys() & self._chronicle.of_type(other)[""].keys()})
        if positions:
            first, last = (self._releases[position].version for position in (positions[0], positions[-1]))
            yield f"{other[0]} was another type, with a different shape, from {first} to {last}."

    def _whole(self, subject: _Subject) -> Life:
        parts = [self._life(subject, path) for path in subject.elements if path]
        # Python's sort is stable: what came in the same release stays in the order of the schema.
        parts.sort(key=lambda life: sort_key(life.since))
        return replace(self._life(subject, ""), kind=subject.kind, parts=tuple(parts), notes=subject.notes)

    def _life(self, subject: _Subject, path: str) -> Life:
        known = subject.elements[path]
        kind = next(iter(known.values())).kind
        return Life(subject.name + path, kind, tuple(events(known, self._releases)))

    def _inside(self, name: str) -> Iterator[Life]:
        """Yield what a path inside a method or type names, strictly or else loosely."""
        owner = _STEP.split(name, maxsplit=1)[0]
        path = name.removeprefix(owner)
        for subject in self._subjects(owner):
            loose = [known for known in subject.elements if known and _loose(known) == _loose(path)]
            for found in [path] if path in subject.elements else loose:
                yield self._life(subject, found)

    def _values(self, name: str) -> Iterator[Life]:
        """Yield the values and variants of that name in all types."""
        for short, groups in self._chronicle.types.items():
            for names in groups:
                paths = [path for path in self._chronicle.paths(names) if path.endswith((f"={name}", f"[{name}]"))]
                subject = self._type(short, names) if paths else None
                yield from (self._life(subject, path) for path in paths if subject)

    def _unknown(self, name: str) -> Problem:
        close = get_close_matches(name[:_LONGEST].lower(), self._known_names, n=3, cutoff=0.5)
        closest = list(dict.fromkeys(known for match in close for known in self._known_names[match]))
        return Problem(
            "looking up the history of a name in the app-server protocol",
            expected=f"one of {len(self._chronicle.methods)} methods, one of {len(self._chronicle.types)} types, "
            "or a field, variant or value of one",
            found=repr(name[:_LONGEST]),
            advice=f"Closest: {', '.join(closest[:5]) or 'nothing'}.",
        )

    @cached_property
    def _known_names(self) -> Mapping[str, Sequence[str]]:
        """Every name in lower case, whole and as its last step, with what it may stand for."""
        names = defaultdict(list)
        for method in self._chronicle.methods:
            names[method.lower()].append(method)
        for short, groups in self._chronicle.types.items():
            for path in ["", *(path for group in groups for path in self._chronicle.paths(group))]:
                names[f"{short}{path}".lower()].append(f"{short}{path}")
                if path:
                    names[_last_step(path).lower()].append(f"{short}{path}")
        return names


def _loose(path: str) -> str:
    for pattern, replacement in _LOOSE:
        path = re.sub(pattern, replacement, path)
    return path


def _last_step(path: str) -> str:
    return _STEP.split(path.removesuffix("]"))[-1]
