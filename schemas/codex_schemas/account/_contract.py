"""The account messages of a release."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache

from codex_schemas.account._mapping import mapping
from codex_schemas.app_server import AppServerContract, Method
from codex_schemas.app_server.lookup import check_known
from codex_schemas.app_server.store import shipped_store

__all__ = ["AccountContract", "load"]


class AccountContract(AppServerContract):
    """The account messages that the app-server of one release speaks: logins, limits, usage, sessions."""

    def _read_methods(self) -> Iterator[Method]:
        patterns = mapping().methods
        return (each for each in super()._read_methods() if any(fnmatchcase(each.name, way) for way in patterns))


@cache
def load(version: str, *, experimental: bool = False) -> AccountContract:
    """Return the account messages of a release.

    Args:
        version: A published release such as ``0.169.0``.
        experimental: Whether what needs the capability ``experimentalApi`` belongs to it.

    Raises:
        Problem: The release is unknown, or cannot emit its protocol.
    """
    check_known(shipped_store(), version)
    return AccountContract(shipped_store(), version, experimental=experimental)
