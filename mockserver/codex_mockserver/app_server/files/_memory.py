"""A tree of files that exists only in memory."""

from __future__ import annotations

import errno
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from codex_mockserver.app_server.files._tree import Entry, Tree, check_path, failure

__all__ = ["MemoryTree"]

#: Bytes of all files together, and how many files and folders there may be.
_ROOM = 64 * 2**20
_MOST_ENTRIES = 20_000


@dataclass
class _Node:
    #: None for a folder.
    content: bytes | None
    modified_at: int
    revision: int


class MemoryTree(Tree):
    """Files in memory; nothing on the disk is read or written.

    Args:
        now: Tells the time in Unix seconds.
        folders: Folders that are there.
        files: Text by path that is there.
    """

    def __init__(self, now: Callable[[], float], folders: tuple[str, ...], files: Mapping[str, str]) -> None:
        self._now = now
        self._nodes: dict[str, _Node] = {"/": _Node(None, int(now() * 1000), 0)}
        self._used = 0
        self._revision = 0
        for folder in folders:
            self._make_all(_plain(folder))
        for path, text in files.items():
            self._make_all(posixpath.dirname(_plain(path)))
            self.write(path, text.encode())

    def entry(self, path: str) -> Entry:
        """Return what stands at a path."""
        node = self._node(_plain(path))
        return Entry(node.content is None, modified_at=node.modified_at, revision=(node.revision,))

    def names(self, path: str) -> list[str]:
        """Return the names in a folder."""
        folder = _plain(path)
        if self._node(folder).content is not None:
            raise failure(errno.ENOTDIR, path)
        return [posixpath.basename(each) for each in self._nodes if each != "/" and posixpath.dirname(each) == folder]

    def read(self, path: str) -> bytes:
        """Return the content of a file."""
        content = self._node(_plain(path)).content
        if content is None:
            raise failure(errno.EISDIR, path)
        return content

    def write(self, path: str, content: bytes) -> None:
        """Make a file, or replace its content."""
        plain = _plain(path)
        before = self._nodes.get(plain)
        if before is not None and before.content is None:
            raise failure(errno.EISDIR, path)
        self._check_parent(plain)
        grown = len(content) - len(before.content or b"" if before else b"")
        if self._used + grown > _ROOM:
            raise failure(errno.ENOSPC, path)
        self._used += grown
        self._put(plain, content)

    def make_folder(self, path: str) -> None:
        """Make one folder in a folder that is there."""
        plain = _plain(path)
        if plain in self._nodes:
            raise failure(errno.EEXIST, path)
        self._check_parent(plain)
        self._put(plain, None)

    def remove_file(self, path: str) -> None:
        """Remove a file."""
        plain = _plain(path)
        content = self._node(plain).content
        if content is None:
            raise failure(errno.EISDIR, path)
        self._used -= len(content)
        del self._nodes[plain]

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        plain = _plain(path)
        if plain == "/":
            raise failure(errno.EBUSY, path)
        if self.names(plain):
            raise failure(errno.ENOTEMPTY, path)
        del self._nodes[plain]

    def copy_file(self, source: str, target: str) -> None:
        """Copy a file."""
        self.write(target, self.read(source))

    def _node(self, plain: str) -> _Node:
        if plain not in self._nodes:
            self._check_parent(plain)
            raise failure(errno.ENOENT, plain)
        return self._nodes[plain]

    def _check_parent(self, plain: str) -> None:
        """Fail where the folder of a path is none."""
        for parent in _parents(plain):
            if parent in self._nodes:
                if self._nodes[parent].content is not None:
                    raise failure(errno.ENOTDIR, plain)
                if parent != posixpath.dirname(plain):
                    raise failure(errno.ENOENT, plain)
                return

    def _put(self, plain: str, content: bytes | None) -> None:
        if plain not in self._nodes and len(self._nodes) >= _MOST_ENTRIES:
            raise failure(errno.ENOSPC, plain)
        self._revision += 1
        self._nodes[plain] = _Node(content, int(self._now() * 1000), self._revision)

    def _make_all(self, plain: str) -> None:
        for parent in reversed([plain, *_parents(plain)]):
            if parent not in self._nodes:
                self._put(parent, None)


def _plain(path: str) -> str:
    """Return a path without dots and doubled slashes."""
    check_path(path)
    return "/" + posixpath.normpath(path).lstrip("/")


def _parents(plain: str) -> list[str]:
    """Return the folders around a path, the innermost first."""
    found = []
    while plain != "/":
        plain = posixpath.dirname(plain)
        found.append(plain)
    return found
