"""What a turn changed in files, as one diff in the form of git."""

from __future__ import annotations

import hashlib
import posixpath
from difflib import unified_diff

__all__ = ["TurnDiff", "hunks"]

_NO_BLOB = "0" * 40


class TurnDiff:
    """Remembers how files were when the turn changed them first, and how they are.

    Args:
        cwd: The folder that paths are shown in.
    """

    def __init__(self, cwd: str) -> None:
        self._cwd = cwd
        #: The texts by absolute path; None for a file that is not there.
        self._before: dict[str, str | None] = {}
        self._after: dict[str, str | None] = {}

    def change(self, path: str, before: str | None, after: str | None) -> None:
        """Note that a file was changed."""
        self._before.setdefault(path, before)
        self._after[path] = after

    def text(self) -> str:
        """Return the whole diff; empty when nothing is changed."""
        return "".join(
            _file_diff(self._name(path), self._before[path], after)
            for path, after in sorted(self._after.items())
            if after != self._before[path]
        )

    def _name(self, path: str) -> str:
        return posixpath.relpath(path, self._cwd) if path.startswith(self._cwd.rstrip("/") + "/") else path


def hunks(before: str, after: str) -> str:
    """Return the changes of a file without a header."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lines = list(unified_diff(old, new))[2:]
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _file_diff(name: str, before: str | None, after: str | None) -> str:
    mode = "new file mode 100644\n" if before is None else "deleted file mode 100644\n" if after is None else ""
    return (
        f"diff --git a/{name} b/{name}\n{mode}index {_blob(before)}..{_blob(after)}\n"
        f"--- {'/dev/null' if before is None else f'a/{name}'}\n"
        f"+++ {'/dev/null' if after is None else f'b/{name}'}\n"
        f"{hunks(before or '', after or '')}"
    )


def _blob(text: str | None) -> str:
    """Return the name that git gives to a text."""
    if text is None:
        return _NO_BLOB
    content = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
