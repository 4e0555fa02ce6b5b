"""The files that patches change: those of the server, in memory or in its sandbox folder."""

from __future__ import annotations

import posixpath

from codex_mockserver.app_server.files import Tree
from codex_mockserver.app_server.turns._patches import BadPatch

__all__ = ["Disk"]


class Disk:
    """Reads and writes texts.

    Args:
        files: The files of the server.
    """

    def __init__(self, files: Tree) -> None:
        self._files = files

    def read(self, path: str) -> str | None:
        """Return the text of a file; None where there is none.

        Raises:
            BadPatch: It cannot be read.
        """
        try:
            return self._files.read(path).decode(errors="replace") if self._files.exists(path) else None
        except OSError as error:
            raise _failure("read", path, error) from None

    def write(self, path: str, text: str | None) -> None:
        """Give a file a text, with the folders that it needs; None removes it.

        Raises:
            BadPatch: It cannot be written.
        """
        try:
            if text is not None:
                self._make_folder(posixpath.dirname(path))
                self._files.write(path, text.encode())
            elif self._files.exists(path):
                self._files.remove_file(path)
        except OSError as error:
            raise _failure("write", path, error) from None

    def _make_folder(self, path: str) -> None:
        if not self._files.exists(path):
            self._make_folder(posixpath.dirname(path))
            self._files.make_folder(path)


def _failure(deed: str, path: str, error: OSError) -> BadPatch:
    return BadPatch(f"Failed to {deed} file {path}: {error.strerror} (os error {error.errno})")
