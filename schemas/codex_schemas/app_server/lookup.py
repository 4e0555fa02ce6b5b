"""Finding the contract of a release by its number."""

from __future__ import annotations

from functools import cache

from codex_schemas._problem import Problem
from codex_schemas.app_server._release import Release
from codex_schemas.app_server.contract import AppServerContract
from codex_schemas.app_server.release_numbers import is_version, sort_key
from codex_schemas.app_server.store import Store, shipped_store

__all__ = ["check_known", "latest", "load", "load_from", "nearest", "releases", "versions"]


def load(version: str, *, experimental: bool = False) -> AppServerContract:
    """Return the app-server contract of a release.

    Args:
        version: A published release such as ``0.169.0``; :func:`nearest` finds one for any number.
        experimental: Whether what needs the capability ``experimentalApi`` belongs to it.

    Raises:
        Problem: The release is unknown, or cannot emit its protocol.
    """
    return load_from(shipped_store(), version, experimental=experimental)


@cache
def load_from(store: Store, version: str, *, experimental: bool) -> AppServerContract:
    """Return the contract of a release from a store, read once."""
    check_known(store, version)
    return AppServerContract(store, version, experimental=experimental)


def check_known(store: Store, version: str) -> None:
    """Raise :class:`Problem` unless the store has the protocol of a release; the nearest one is named."""
    if version not in store.order:
        reasons = {release.version: release.reason for release in store.releases if release.reason}
        raise Problem(
            f"loading the app-server protocol of codex {version}",
            expected=f"one of the {len(store.order)} releases from {store.order[0]} to {store.order[-1]}",
            found=f"a release without one: {reasons[version]}"
            if version in reasons
            else f"unknown release {version!r}",
            advice=f"The nearest is {_nearest(store, version)}." if is_version(version) else "Name one as 0.169.0.",
        )


def releases() -> tuple[Release, ...]:
    """Return every published stable release, the oldest first, with those that cannot emit."""
    return shipped_store().releases


def versions() -> tuple[str, ...]:
    """Return the releases whose protocol can be loaded, the oldest first."""
    return shipped_store().order


def latest() -> str:
    """Return the newest release whose protocol can be loaded."""
    return versions()[-1]


def nearest(version: str) -> str:
    """Return the release to load for a number that may be partial or unknown.

    ``0.142`` gives the newest patch of that minor release. A number that was never published, or
    cannot emit, gives the newest release before it; one before all of them the oldest.

    Raises:
        Problem: The text is no release number.
    """
    return _nearest(shipped_store(), version)


def _nearest(store: Store, version: str) -> str:
    steps = version.split(".")
    if version == "latest":
        return store.order[-1]
    if not is_version(".".join([*steps, *["0"] * (3 - len(steps))])):
        raise Problem(
            "choosing the nearest codex release",
            expected="a number such as 0.142 or 0.142.3, or `latest`",
            found=repr(version),
            advice=f"Known are {store.order[0]} to {store.order[-1]}.",
        )
    wanted = sort_key(version)
    at_or_before = [known for known in store.order if sort_key(known)[: len(wanted)] <= wanted]
    return at_or_before[-1] if at_or_before else store.order[0]
