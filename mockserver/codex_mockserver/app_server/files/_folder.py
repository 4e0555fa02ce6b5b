"""A tree of real files inside one folder, which nothing leaves."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from codex_mockserver.app_server.files._tree import Entry, Tree, check_path, failure

__all__ = ["FolderTree"]

_LARGEST_FILE = 64 * 2**20


class FolderTree(Tree):
    """The files inside a folder, by their real paths; outside of it every way is barred.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def entry(self, path: str) -> Entry:
        """Return what stands at a path; a link stands for what it leads to."""
        found, itself = self._inside(path).stat(), self._place(path).lstat()
        revision = (itself.st_mtime_ns, itself.st_size, itself.st_ino)
        modified_at = found.st_mtime_ns // 10**6
        return Entry(stat.S_ISDIR(found.st_mode), stat.S_ISLNK(itself.st_mode), modified_at, revision)

    def names(self, path: str) -> list[str]:
        """Return the names in a folder; those that lead nowhere, or out, are left out."""
        return [inner.name for inner in self._inside(path).iterdir() if self._leads_somewhere(inner)]

    def read(self, path: str) -> bytes:
        """Return the content of a file."""
        with open(self._inside(path), "rb", opener=_open_plainly) as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise failure(errno.EFBIG, path)
        return content

    def write(self, path: str, content: bytes) -> None:
        """Make a file, or replace its content."""
        with open(self._inside(path), "wb", opener=_open_plainly) as file:
            file.write(content)

    def make_folder(self, path: str) -> None:
        """Make one folder in a folder that is there."""
        self._place(path).mkdir()

    def remove_file(self, path: str) -> None:
        """Remove a file, or a link itself."""
        self._place(path).unlink()

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        self._place(path).rmdir()

    def copy_file(self, source: str, target: str) -> None:
        """Copy a file, or a link as a link."""
        place = self._place(source)
        if place.is_symlink():
            self._place(target).symlink_to(place.readlink())
        else:
            self.write(target, self.read(source))

    def _inside(self, path: str) -> Path:
        """Return the real path of what stands at a path, links followed.

        Raises:
            PermissionError: It lies outside.
        """
        check_path(path)
        return self._checked(Path(path).resolve())

    def _place(self, path: str) -> Path:
        """Return the real path of a name in its folder; a link of that name is not followed."""
        check_path(path)
        plain = Path(os.path.normpath(path))
        return self._checked(plain.parent.resolve() / plain.name)

    def _checked(self, real: Path) -> Path:
        if not real.is_relative_to(self._root):
            raise failure(errno.EACCES, str(real))
        return real

    def _leads_somewhere(self, path: Path) -> bool:
        try:
            return self._checked(path.resolve()).exists()
        except OSError:
            return False


def _open_plainly(path: str, flags: int) -> int:
    """Open a path whose links were resolved: one that has come since is not followed, and a pipe does not block."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
