"""Patches in the form of ``apply_patch``: read, and applied to texts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

__all__ = ["BadPatch", "Change", "read_patch"]

_BEGIN = "*** Begin Patch"
_END = "*** End Patch"
_MOVE = "*** Move to: "
_END_OF_FILE = "*** End of File"
#: The headers of the changes of a patch.
_HEADERS = {"*** Add File: ": "add", "*** Delete File: ": "delete", "*** Update File: ": "update"}


class BadPatch(Exception):  # noqa: N818 (the model's mistake, not ours)
    """A patch cannot be applied; the text is what the model is told."""


@dataclass
class Chunk:
    """Lines that are replaced."""

    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    #: A line that stands before them, None for none.
    context: str | None = None


@dataclass
class Change:
    """What a patch does to one file."""

    #: ``add``, ``delete`` or ``update``.
    kind: str
    #: Absolute.
    path: str
    move_to: str | None = None
    #: The text of an added file.
    text: str = ""
    chunks: list[Chunk] = field(default_factory=list)

    def apply(self, before: str | None) -> str | None:
        """Return the file's new text, None when it is deleted.

        Args:
            before: The text as it is; None when nobody knows it, and the file is taken to be what the patch expects.

        Raises:
            BadPatch: The text is not what the patch expects.
        """
        if self.kind == "add":
            return self.text
        if self.kind == "delete":
            return None
        lines = self.expected().splitlines() if before is None else before.splitlines()
        position = 0
        for chunk in self.chunks:
            position = self._replace(lines, chunk, position)
        return "".join(f"{line}\n" for line in lines)

    def expected(self) -> str:
        """Return the least text that an update can be applied to."""
        return "".join(f"{line}\n" for chunk in self.chunks for line in chunk.old)

    def _replace(self, lines: list[str], chunk: Chunk, start: int) -> int:
        """Replace the lines of a chunk; return the position after them."""
        if chunk.context is not None and chunk.context in lines[start:]:
            start = lines.index(chunk.context, start) + 1
        if not chunk.old:
            lines.extend(chunk.new)
            return len(lines)
        for position in range(start, len(lines) - len(chunk.old) + 1):
            if lines[position : position + len(chunk.old)] == chunk.old:
                lines[position : position + len(chunk.old)] = chunk.new
                return position + len(chunk.new)
        raise BadPatch(f"Failed to find expected lines in {self.path}:\n" + "\n".join(chunk.old))


def read_patch(text: str, cwd: str) -> list[Change]:
    """Return the changes of a patch, in its order.

    Args:
        text: The patch.
        cwd: The folder that its paths are in.

    Raises:
        BadPatch: It is none.
    """
    lines = text.strip().splitlines()
    if not lines or lines[0].strip() != _BEGIN:
        raise BadPatch(f"invalid patch: The first line of the patch must be '{_BEGIN}'")
    if lines[-1].strip() != _END:
        raise BadPatch(f"invalid patch: The last line of the patch must be '{_END}'")
    changes: list[Change] = []
    for number, line in enumerate(lines[1:-1], 2):
        header = next((prefix for prefix in _HEADERS if line.startswith(prefix)), None)
        if header is not None:
            changes.append(Change(_HEADERS[header], posixpath.join(cwd, line[len(header) :].strip())))
        elif not changes:
            raise _bad_hunk(number, line)
        else:
            _read_line(changes[-1], line, number, cwd)
    return changes


def _read_line(change: Change, line: str, number: int, cwd: str) -> None:
    """Take one line into the change that it belongs to."""
    if change.kind == "update" and line.startswith(_MOVE):
        change.move_to = posixpath.join(cwd, line[len(_MOVE) :].strip())
    elif change.kind == "add" and line.startswith("+"):
        change.text += f"{line[1:]}\n"
    elif change.kind == "update" and line.startswith("@@"):
        change.chunks.append(Chunk(context=line[2:].strip() or None))
    elif change.kind == "update" and line[:1] in _LINES:
        if not change.chunks:
            change.chunks.append(Chunk())
        for lines in _LINES[line[:1]](change.chunks[-1]):
            lines.append(line[1:])
    elif line.strip() != _END_OF_FILE:
        raise _bad_hunk(number, line)


def _kept(chunk: Chunk) -> Iterator[list[str]]:
    yield chunk.old
    yield chunk.new


def _removed(chunk: Chunk) -> Iterator[list[str]]:
    yield chunk.old


def _added(chunk: Chunk) -> Iterator[list[str]]:
    yield chunk.new


#: Where the lines of an update belong, by their first character; an empty line is kept.
_LINES: dict[str, Callable[[Chunk], Iterator[list[str]]]] = {" ": _kept, "": _kept, "-": _removed, "+": _added}


def _bad_hunk(number: int, line: str) -> BadPatch:
    headers = ", ".join(f"'{header}{{path}}'" for header in _HEADERS)
    return BadPatch(
        f"invalid hunk at line {number}, '{line.strip()}' is not a valid hunk header. Valid hunk headers: {headers}"
    )
