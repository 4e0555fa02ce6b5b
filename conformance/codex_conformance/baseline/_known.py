"""One known failure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from codex_conformance.reports import Run
from codex_schemas.app_server import sort_key

__all__ = ["TODO", "Known", "Place", "alone", "as_toml", "restricted"]

#: How reasons begin that are still to be written.
TODO = "TODO"


class Place(NamedTuple):
    """Where something failed, or did not."""

    target: str
    release: str

    @classmethod
    def of(cls, run: Run) -> Place:
        """Return where a run took place."""
        return cls(run.target, run.release)


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A failure that is known: of one requirement, in one case."""

    requirement: str
    case: str
    #: Why it fails, and what is done about it.
    reason: str
    #: The codex releases with whose contract it fails; none are all.
    releases: tuple[str, ...] = ()
    #: The targets, or clients, that fail; none are all.
    targets: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return self.requirement, self.case

    def covers(self, place: Place) -> bool:
        """Tell whether it speaks of a place."""
        return _has(self.releases, place.release) and _has(self.targets, place.target)

    def overlaps(self, other: Known) -> bool:
        """Tell whether another entry may say of the same failure something else."""
        return self.key == other.key and _meet(self.releases, other.releases) and _meet(self.targets, other.targets)


def restricted(known: Known, failing: Collection[Place], passing: Collection[Place]) -> list[Known]:
    """Return entries that speak of what fails and of nothing that passes, as few as that takes."""
    if not passing:
        return [known]
    releases = {place.release for place in passing}
    targets = {place.target for place in passing}
    if not releases & {place.release for place in failing}:
        left = set(known.releases or {place.release for place in failing}) - releases
        return [replace(known, releases=tuple(sorted(left, key=sort_key)))]
    if not targets & {place.target for place in failing}:
        left = set(known.targets or {place.target for place in failing}) - targets
        return [replace(known, targets=tuple(sorted(left)))]
    return alone(known, failing)


def alone(known: Known, places: Iterable[Place]) -> list[Known]:
    """Return an entry for each place, which speaks of no other."""
    return [replace(known, releases=(place.release,), targets=(place.target,)) for place in sorted(places)]


def as_toml(known: Known) -> str:
    """Return an entry as it stands in the file."""
    fields = [(name, getattr(known, name)) for name in known.__struct_fields__]
    lines = (f"{name} = {_value(value)}" for name, value in fields if value != ())
    return "\n".join(("[[known]]", *lines))


def _value(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        # A text of JSON is one of TOML but for this letter.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"[{', '.join(map(_value, value))}]"


def _has(names: Sequence[str], name: str) -> bool:
    return not names or name in names


def _meet(names: Sequence[str], others: Sequence[str]) -> bool:
    return not names or not others or not set(names).isdisjoint(others)
