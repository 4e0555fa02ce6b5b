"""What npm has published, and getting it with the integrity checked."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from codex_conformance.importing._process import execute
from codex_conformance.releases import find_npm
from codex_schemas import Problem

__all__ = ["PACKAGE", "Catalogue", "Npm"]

PACKAGE = "@openai/codex"

#: How long each of npm's commands may take.
_SECONDS = {"view": 120, "pack": 3600}


@dataclass(frozen=True)
class Catalogue:
    """Every published version of the package, those for single platforms included."""

    versions: frozenset[str]
    #: When each was published, as npm writes it.
    times: Mapping[str, str]

    def published(self, version: str) -> str:
        """Return the date of publication, such as ``2026-11-13``."""
        return self.times[version][:10]


class Npm:
    """The machine's npm, which keeps its cache in a folder that goes away.

    Args:
        folder: Where it puts everything.
        stopped: Ends what npm does when it is set.
    """

    def __init__(self, folder: Path, stopped: Event) -> None:
        self._npm = find_npm("looking up codex releases")
        self._folder = folder
        self._cache = folder / "npm-cache"
        self._stopped = stopped

    def catalogue(self) -> Catalogue:
        """Return what is published.

        Raises:
            Problem: npm fails, or answers something else.
        """
        doing = "asking npm which codex releases are published"
        answer = self._view(doing, PACKAGE, "versions", "time")
        try:
            versions, times = answer["versions"], {name: str(time) for name, time in answer["time"].items()}
            # npm writes a list of one as its only member.
            known = frozenset([versions] if isinstance(versions, str) else versions)
            return Catalogue(known & times.keys(), times)
        except (AttributeError, KeyError, TypeError):
            raise _unexpected(doing, "versions and their times", answer) from None

    def download(self, version: str, beat: Callable[[int], None]) -> tuple[Path, str]:
        """Fetch the package of a version; return its file and its integrity.

        Args:
            version: What to fetch.
            beat: Called with the number of bytes that are there.

        Raises:
            Problem: npm fails, or the file is not the published one.
        """
        doing = f"downloading {PACKAGE}@{version}"
        answer = self._view(doing, f"{PACKAGE}@{version}", "dist")
        integrity = answer.get("integrity") if isinstance(answer, dict) else None
        if not isinstance(integrity, str) or not integrity.startswith("sha512-"):
            raise _unexpected(doing, "a SHA-512 integrity", answer)
        target = ("--pack-destination", str(self._folder))
        self._run(doing, "pack", f"{PACKAGE}@{version}", *target, beat=lambda: beat(self._received()))
        # From here on npm's copy is only in the way: two packages and a binary would be too much.
        shutil.rmtree(self._cache, ignore_errors=True)
        archives = list(self._folder.glob("*.tgz"))
        if len(archives) != 1:
            raise _unexpected(doing, "one package", [path.name for path in archives])
        if (found := _integrity(archives[0])) != integrity:
            advice = "Import it again; if that repeats, do not trust the place where npm gets its packages."
            raise Problem(doing, expected=f"the integrity {integrity}", found=found, advice=advice)
        return archives[0], integrity

    def _received(self) -> int:
        """Return how many bytes npm has written, as far as its files stay long enough to be looked at."""
        size = 0
        for folder, _, names in os.walk(self._cache):
            for name in names:
                with suppress(OSError):
                    size += Path(folder, name).stat().st_size
        return size

    def _view(self, doing: str, *arguments: str) -> Any:
        finished = self._run(doing, "view", *arguments)
        try:
            return json.loads(finished.stdout)
        except ValueError:
            raise _unexpected(doing, "JSON", finished.stdout) from None

    def _run(
        self, doing: str, name: str, *arguments: str, beat: Callable[[], None] = lambda: None
    ) -> subprocess.CompletedProcess[str]:
        options = ("--json", "--loglevel=error", "--cache", str(self._cache))
        command = [self._npm, name, *arguments, *options]
        finished = execute(command, seconds=_SECONDS[name], stopped=self._stopped, beat=beat)
        if finished.returncode != 0:
            raise Problem(
                doing,
                expected="npm to succeed",
                found=_first_error(finished),
                advice="Check the network, the free disk space and npm's settings, then run the same command again.",
            )
        return finished


def _integrity(path: Path) -> str:
    """Return the integrity of a file, in the form in which npm states it."""
    with path.open("rb") as file:
        return "sha512-" + base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()


def _first_error(finished: subprocess.CompletedProcess[str]) -> str:
    """Return the line in which npm says most about its failure."""
    try:
        return str(json.loads(finished.stdout)["error"]["summary"]).splitlines()[0]
    except (ValueError, KeyError, TypeError, IndexError):
        lines = finished.stderr.strip().splitlines()
        return lines[0] if lines else f"exit code {finished.returncode}"


def _unexpected(doing: str, expected: str, answer: Any) -> Problem:
    advice = "Check npm's settings: it may ask a server that is no package registry."
    return Problem(doing, expected=f"npm to answer with {expected}", found=repr(answer)[:80], advice=advice)
