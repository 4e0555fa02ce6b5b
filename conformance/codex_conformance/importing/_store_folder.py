"""The folder of a store that is to be written: told apart from any other folder, which stays as it is."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

from codex_schemas import Problem
from codex_schemas.app_server import Archive

__all__ = ["open_store", "shipped_store_folder"]

#: What writing a store replaces or keeps. Anything else in the folder would be lost, so nothing else may be there.
_GENERATED = {"checksums.json", "definitions", "messages", "releases.json", "typescript"}
_SAY_WHERE = "Name a folder of your own with --store."


def shipped_store_folder() -> Path:
    """Return the folder of the store that comes with the package.

    Raises:
        Problem: The package is not installed as files.
    """
    folder = files("codex_schemas").joinpath("data", "app_server")
    if not isinstance(folder, Path):
        raise Problem("finding the store", expected="an installation as files", found=str(folder), advice=_SAY_WHERE)
    return folder


def open_store(folder: Path, *, anew: bool = False) -> Archive:
    """Return the archive in a folder that can be written.

    Args:
        folder: A store, or a folder that is empty or not there yet.
        anew: Whether a damaged store counts as an empty one.

    Raises:
        Problem: It cannot be written, is damaged, or something else is in it.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryDirectory(dir=folder.parent).cleanup()
        names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    except OSError as error:
        raise _unfit(folder, "a folder that can be written", str(error.strerror), _SAY_WHERE) from None
    if foreign := sorted(names.difference(_GENERATED, Archive.BY_HAND)):
        raise _unfit(folder, "a store and nothing else", foreign[0], _SAY_WHERE)
    try:
        if names & _GENERATED and "checksums.json" not in names:
            advice = "Restore it; `codex-testkit schema import --all --force` builds the whole store anew."
            raise _unfit(folder, "checksums.json among the files", "none", advice)
        return Archive.read(folder)
    except Problem:
        if not anew:
            raise
        return Archive()


def _unfit(folder: Path, expected: str, found: str, advice: str) -> Problem:
    return Problem(f"opening the store {folder}", expected=expected, found=found, advice=advice)
