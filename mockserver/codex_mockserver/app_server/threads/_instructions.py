"""The files that give a thread its instructions: ``AGENTS.md`` of the user, and those of the repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codex_mockserver.app_server.files import Tree

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["instruction_sources"]

#: The first of these in a folder counts.
_NAMES = ("AGENTS.override.md", "AGENTS.md")
_ROOT = ".git"


def instruction_sources(server: AppServer, cwd: str) -> list[str]:
    """Return the paths of the files that count in a folder: the user's, then those from the root down to it."""
    folders = [PurePosixPath(server.home), *_project_folders(server.files, PurePosixPath(cwd))]
    return [path for folder in folders if (path := _source(server.files, folder)) is not None]


def _project_folders(tree: Tree, here: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield the folders of a repository down to one of them; that one alone where there is no repository."""
    outwards = [here, *here.parents]
    depth = next((index for index, each in enumerate(outwards) if _has(tree, each / _ROOT)), 0)
    yield from reversed(outwards[: depth + 1])


def _source(tree: Tree, folder: PurePosixPath) -> str | None:
    path = next((folder / name for name in _NAMES if _has(tree, folder / name)), None)
    return None if path is None or not _text(tree, path).strip() else str(path)


def _has(tree: Tree, path: PurePosixPath) -> bool:
    try:
        return tree.exists(str(path))
    except OSError:
        return False


def _text(tree: Tree, path: PurePosixPath) -> bytes:
    try:
        return tree.read(str(path))
    except OSError:
        return b""
