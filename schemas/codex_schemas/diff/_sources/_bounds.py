"""How much is read of what a user names, and how it is refused."""

from __future__ import annotations

from pathlib import Path

from codex_schemas._problem import Problem
from codex_schemas.yaml_text import Bounds

__all__ = ["MOST_BYTES", "MOST_FILES", "MOST_LEVELS", "YAML_BOUNDS", "malformed", "too_deep"]

#: Of one file, or of all files of a folder.
MOST_BYTES = 64 * 2**20
#: Files and folders inside a folder.
MOST_FILES = 5_000
#: How deep lists and objects may nest: deeper than people write, and far from Python's own limit.
MOST_LEVELS = 100
#: Of a YAML file, which is read a hundred times slower than JSON.
YAML_BOUNDS = Bounds(characters=4 * 2**20, levels=MOST_LEVELS, parts=400_000)


def malformed(source: Path | str, expected: str, found: str, advice: str = "Correct the file.") -> Problem:
    """Return the problem that a file or a part of it is not what it should be."""
    return Problem(f"reading {source}", expected=expected, found=found, advice=advice)


def too_deep(source: Path | str) -> Problem:
    """Return the problem that lists and objects nest too deep."""
    return malformed(source, f"at most {MOST_LEVELS} lists and objects inside each other", "more", "Name parts of it.")
