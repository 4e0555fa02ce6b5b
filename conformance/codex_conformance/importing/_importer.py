"""The import: release after release, from npm into the store."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock

from msgspec.structs import replace

from codex_conformance.importing._binary import extract_binary, package_version, this_platform
from codex_conformance.importing._emission import NoProtocol, command, emit
from codex_conformance.importing._npm import PACKAGE, Catalogue, Npm
from codex_conformance.importing._progress import Progress
from codex_schemas import Problem
from codex_schemas.app_server import Archive, Emission, Release

__all__ = ["Importer", "Outcome"]


@dataclass
class Outcome:
    """What became of the releases."""

    #: The releases that the store has now, in the order in which they came.
    imported: list[Release] = field(default_factory=list)
    #: What went wrong with the others, by version.
    failed: dict[str, Problem] = field(default_factory=dict)


class Importer:
    """Imports releases into one store, which is written after each of them.

    Args:
        archive: What the store has; it grows.
        store: The folder of the store.
        catalogue: What npm has published.
        workspace: A folder for downloads, up to 500 MB for each release that is under way.
        progress: Told about each step.
        stopped: Ends the import soon after it is set.
    """

    def __init__(
        self,
        *,
        archive: Archive,
        store: Path,
        catalogue: Catalogue,
        workspace: Path,
        progress: Progress,
        stopped: Event,
    ) -> None:
        self._platform = this_platform()
        self._archive = archive
        self._store = store
        self._catalogue = catalogue
        self._workspace = workspace
        self._progress = progress
        self._stopped = stopped
        self._writing = Lock()
        self.outcome = Outcome()

    def run(self, versions: Sequence[str], *, jobs: int) -> Outcome:
        """Import releases, several at a time; one that fails does not keep the others.

        Raises:
            Problem: The store cannot be written.
        """
        with ThreadPoolExecutor(jobs) as pool:
            try:
                for future in as_completed([pool.submit(self._import, version) for version in versions]):
                    future.result()
            except BaseException:
                # Leaving the pool waits for its threads: none of them may be cut off while it writes.
                self._stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return self.outcome

    def _import(self, version: str) -> None:
        folder = self._workspace / version
        try:
            release, emission = self._fetch(version, folder)
        except Problem as problem:
            self.outcome.failed[version] = problem
            self._progress.finish(version, "failed")
            return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        with self._writing:
            release = self._archive.add(release, emission)
            self._write()
            self.outcome.imported.append(release)
        self._progress.finish(version, _in_words(release))

    def _fetch(self, version: str, folder: Path) -> tuple[Release, Emission | None]:
        try:
            folder.mkdir()
            return self._provide(version, folder)
        except OSError as error:
            raise Problem(
                f"importing codex {version}",
                expected=f"up to 500 MB of free space in {self._workspace.parent}",
                found=error.strerror or str(error),
                advice="Free some, or name another folder in XDG_CACHE_HOME, and run the same command again.",
            ) from None

    def _provide(self, version: str, folder: Path) -> tuple[Release, Emission | None]:
        """Return what is known about a release, and what its binary writes."""
        npm, binary = Npm(folder, self._stopped), folder / "codex"
        wanted = package_version(version, self._catalogue.versions, self._platform)
        self._progress.step(version, "downloading")
        package, integrity = npm.download(wanted, lambda size: self._progress.step(version, "downloading", size))
        release = Release(
            version=version,
            published=self._catalogue.published(version),
            package=f"{PACKAGE}@{wanted}",
            integrity=integrity,
        )
        if not extract_binary(package, version, self._platform, binary):
            return replace(release, reason="it was published without a binary"), None
        package.unlink()
        self._progress.step(version, "running the binary")
        try:
            emission = emit(binary, folder / "emitted", self._stopped)
        except NoProtocol as reason:
            return replace(release, reason=str(reason)), None
        return replace(release, command=command(emission)), emission

    def _write(self) -> None:
        try:
            self._archive.write(self._store)
        except OSError as error:
            # Nothing that comes now could be kept.
            self._stopped.set()
            raise Problem(
                f"writing the store {self._store}",
                expected="a folder that can be written, and a few MB of free space",
                found=str(error.strerror),
                advice="What was imported before is kept; make room, or name another folder with --store.",
            ) from None


def _in_words(release: Release) -> str:
    if release.stable is None:
        return f"cannot emit its protocol: {release.reason}"
    widest = release.experimental or release.stable
    requests = widest.client_requests + widest.server_requests
    notifications = widest.client_notifications + widest.server_notifications
    return f"imported: {requests} requests, {notifications} notifications, {widest.definitions} types"
