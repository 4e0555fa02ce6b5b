"""Which methods of a release the mock answers."""

from __future__ import annotations

from typing import NamedTuple

from codex_mockserver.app_server._methods import handler_of
from codex_schemas.app_server import load

__all__ = ["Covered", "coverage"]


class Covered(NamedTuple):
    """A method that clients may call."""

    method: str
    #: Whether it needs the experimental API.
    experimental: bool
    #: Whether the mock answers it as the real one does.
    answered: bool


def coverage(version: str) -> list[Covered]:
    """Return every request of clients that a release knows, in the order of the alphabet.

    Args:
        version: The release.

    Raises:
        Problem: The release is not known.
    """
    contract = load(version, experimental=True)
    return [
        Covered(name, method.experimental, handler_of(name) is not None)
        for name, method in sorted(contract.methods.items())
        if method.sender == "client" and method.kind == "request"
    ]
