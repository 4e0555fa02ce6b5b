"""Where in the files that a user names something stands."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Place"]


class Place(NamedTuple):
    """The file, empty where there is only one, and the steps inside it."""

    file: str = ""
    steps: tuple[str, ...] = ()

    def below(self, *names: str) -> Place:
        """Return a place inside this one."""
        return Place(self.file, self.steps + names)

    def __str__(self) -> str:
        steps = (name.replace("~", "~0").replace("/", "~1") for name in self.steps)
        return f"{self.file}#" + "".join(f"/{name}" for name in steps)
