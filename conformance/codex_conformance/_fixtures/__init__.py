"""The fixtures of the pytest plugin; this module itself is loaded in every run, so it is light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest

__all__ = ["WITNESSES", "Witness"]


class Witness(Protocol):
    """Something that a fixture gave to a test, and that can tell what the test did with it."""

    def sections(self) -> Iterator[tuple[str, str]]:
        """Yield titles and texts for the report of a test that failed."""

    def complaints(self) -> Iterator[str]:
        """Yield what is left over, or was called in vain."""


#: The witnesses of a test, until its last report is made.
WITNESSES = pytest.StashKey[list[Witness]]()
