"""What the tests of reading a protocol share: files to read, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codex_schemas import Problem
from codex_schemas.diff import read_protocol


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], Path]:
    """A function that writes a file in the folder of the test, as JSON unless it is text already."""

    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def problem() -> Callable[[Path], Problem]:
    """A function that returns the problem with a file or folder, with all of its four parts."""

    def problem(path: Path) -> Problem:
        with pytest.raises(Problem) as raised:
            read_protocol(path)
        for part in (raised.value.doing, raised.value.expected, raised.value.found, raised.value.advice):
            assert part.strip()
        assert str(path) in raised.value.doing
        return raised.value

    return problem
