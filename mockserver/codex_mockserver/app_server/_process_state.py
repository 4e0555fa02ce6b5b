"""What lives as long as the process does, and is not kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

__all__ = ["ProcessState"]

_Value = TypeVar("_Value")


#: How many environments and searches are remembered; the oldest go first.
_MOST = 1000


@dataclass
class ProcessState:
    """What clients set for the running process."""

    #: Switches by name, in the place of their configured values.
    features: dict[str, bool] = field(default_factory=dict)
    #: Further folders with skills.
    skill_roots: list[str] = field(default_factory=list)
    #: The addresses of added environments, by their id.
    environments: dict[str, str] = field(default_factory=dict)
    #: Whether the apps were fetched.
    has_apps: bool = False
    #: Whether remote control is wanted.
    remote_control: bool = False
    #: The roots of the running file searches, by session id.
    searches: dict[str, list[str]] = field(default_factory=dict)

    def add_environment(self, identifier: str, url: str) -> None:
        """Remember the address of an environment."""
        _remember(self.environments, identifier, url)

    def add_search(self, identifier: str, roots: list[str]) -> None:
        """Remember the roots of a search."""
        _remember(self.searches, identifier, roots)


def _remember(table: dict[str, _Value], key: str, value: _Value) -> None:
    table.pop(key, None)
    table[key] = value
    if len(table) > _MOST:
        del table[next(iter(table))]
