"""The codex binary of a release, for the machine at hand."""

from __future__ import annotations

import platform
import re
import shutil
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from codex_schemas import Problem

__all__ = ["extract_binary", "package_version", "this_platform"]

#: How the packages of each platform end, and what the platform is called inside of them.
_TRIPLES = {
    "linux-x64": "x86_64-unknown-linux-musl",
    "linux-arm64": "aarch64-unknown-linux-musl",
    "darwin-x64": "x86_64-apple-darwin",
    "darwin-arm64": "aarch64-apple-darwin",
}
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
#: Where a package keeps the binary of a platform: since 0.110, up to then, and in the first releases.
_PLACES = ("vendor/{}/bin/codex", "vendor/{}/codex/codex", "bin/codex-{}")
_ANY_BINARY = re.compile(r"vendor/[^/]+/(bin|codex)/codex(\.exe)?|bin/codex-(x86_64|aarch64)-.*")


def this_platform() -> str:
    """Return the platform of this machine, such as ``linux-x64``.

    Raises:
        Problem: There is no codex for it.
    """
    system, machine = platform.system().lower(), platform.machine().lower()
    found = f"{system}-{_MACHINES.get(machine, machine)}"
    if found not in _TRIPLES:
        advice = "Import on another machine."
        raise Problem("choosing the codex binary", expected=" or ".join(_TRIPLES), found=found, advice=advice)
    return found


def package_version(version: str, published: Collection[str], kind: str) -> str:
    """Return the version of the package that has the binary: the release itself, or one of its platforms.

    Raises:
        Problem: There are packages for other platforms only.
    """
    own = f"{version}-{kind}"
    if own in published:
        return own
    if others := sorted(
        known for known in published if re.fullmatch(rf"{re.escape(version)}-[a-z0-9]+-[a-z0-9]+", known)
    ):
        raise _elsewhere(version, kind, ", ".join(others))
    return version


def extract_binary(archive: Path, version: str, kind: str, target: Path) -> bool:
    """Write the binary from a package to a file; nothing else is taken from it, and no path.

    Returns:
        False where the release came without any binary.

    Raises:
        Problem: There are binaries for other platforms only, or the package cannot be read.
    """
    wanted = {place.format(_TRIPLES[kind]) for place in _PLACES}
    others = False
    try:
        with tarfile.open(archive, "r:gz") as package:
            for member in package:
                name = str(PurePosixPath(*PurePosixPath(member.name).parts[1:]))
                if name in wanted and member.isreg() and (content := package.extractfile(member)):
                    with target.open("wb") as file:
                        shutil.copyfileobj(content, file)
                    target.chmod(0o700)
                    return True
                others |= _ANY_BINARY.fullmatch(name) is not None
    except (tarfile.TarError, EOFError, zlib.error) as error:
        advice = "Import it again; if that repeats, report the release."
        raise Problem(
            f"unpacking {archive.name}", expected="a gzipped tar archive", found=str(error), advice=advice
        ) from None
    if others:
        raise _elsewhere(version, kind, "binaries for other platforms")
    return False


def _elsewhere(version: str, kind: str, found: str) -> Problem:
    return Problem(
        f"choosing the binary of codex {version}",
        expected=f"one for {kind}",
        found=found,
        advice="Import this release on a machine of another kind.",
    )
