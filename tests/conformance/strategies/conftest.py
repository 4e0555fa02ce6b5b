"""What the tests of the strategies share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings


@pytest.fixture
def draws() -> Callable[..., list[Any]]:
    """Return what draws some values of a strategy, always the same ones."""

    def draw(strategy: Any, count: int = 4) -> list[Any]:
        drawn: list[Any] = []

        @seed(0)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def take(value: Any) -> None:
            drawn.append(value)

        take()
        return drawn

    return draw
