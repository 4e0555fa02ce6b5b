"""Files as the app-server sees them: a tree that fails as the operating system does."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Entry", "Tree", "check_path", "failure"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder."""

    is_directory: bool
    is_symlink: bool = False
    #: Unix milliseconds.
    modified_at: int = 0
    #: Differs whenever the content does.
    revision: tuple[int, ...] = ()


class Tree(ABC):
    """Files by their absolute paths; every method fails with :class:`OSError`."""

    @abstractmethod
    def entry(self, path: str) -> Entry:
        """Return what stands at a path; a link stands for what it leads to."""

    @abstractmethod
    def names(self, path: str) -> list[str]:
        """Return the names in a folder."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """Return the content of a file."""

    @abstractmethod
    def write(self, path: str, content: bytes) -> None:
        """Make a file, or replace its content."""

    @abstractmethod
    def make_folder(self, path: str) -> None:
        """Make one folder in a folder that is there."""

    @abstractmethod
    def remove_file(self, path: str) -> None:
        """Remove a file, or a link itself."""

    @abstractmethod
    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""

    @abstractmethod
    def copy_file(self, source: str, target: str) -> None:
        """Copy a file, or a link as a link."""

    def exists(self, path: str) -> bool:
        """Tell whether something stands at a path."""
        try:
            self.entry(path)
        except FileNotFoundError:
            return False
        return True

    def below(self, folder: str) -> Iterator[tuple[str, Entry]]:
        """Yield everything in a folder and its folders, as paths relative to it; links are not followed."""
        waiting = [""]
        while waiting:
            inner = waiting.pop()
            for name in sorted(self.names(f"{folder}/{inner}".rstrip("/") or "/")):
                path = f"{inner}/{name}".lstrip("/")
                try:
                    entry = self.entry(f"{folder.rstrip('/')}/{path}")
                except OSError:
                    continue
                yield path, entry
                if entry.is_directory and not entry.is_symlink:
                    waiting.append(path)


def check_path(path: str) -> None:
    """Fail where a path cannot be one."""
    if "\0" in path:
        raise OSError("file name contained an unexpected NUL byte")


def failure(number: int, path: str = "") -> OSError:
    """Return the error of the operating system of that number."""
    return OSError(number, os.strerror(number), path)
