"""How long a fuzz check goes on, and from where it starts."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

__all__ = ["Budget"]


@dataclass(frozen=True)
class Budget:
    """The limits of one check.

    The seed decides which messages come and in which order; the time, how many of them.
    """

    seconds: float = 0.5
    seed: int | str = 0
    max_examples: int = 10_000
    #: How long a message that failed is made smaller.
    shrink_seconds: float = 3.0

    @classmethod
    def of(cls, config: pytest.Config) -> Budget:
        """Return what the options of a run say."""
        return cls(config.getoption("--codex-fuzz"), config.getoption("--codex-seed") or cls.seed)

    @property
    def advice(self) -> str:
        """How to repeat what was found."""
        return f"Repeat it with --codex-seed={self.seed}, and a longer --codex-fuzz where it does not come again."
