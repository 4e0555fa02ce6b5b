"""Two minutes of many streams: what the mock holds stays flat, and it would be seen if it did not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent.parent / "bench"


@pytest.fixture
def broken(monkeypatch):
    """Judge readings, each of megabytes and descriptors."""
    monkeypatch.syspath_prepend(BENCH)
    from process import Reading  # noqa: PLC0415 (a script, found only now)
    from soak import broken  # noqa: PLC0415

    def judge(before, during, after) -> list[str]:
        return broken(Reading(*before), [Reading(*reading) for reading in during], Reading(*after))

    return judge


def test_what_finds_its_level_and_then_goes_up_and_down_is_flat(broken) -> None:
    assert broken((60, 9), [(200, 99), (290, 190), (301, 205), (309, 209), (302, 200), (308, 208)], (309, 9)) == []


def test_one_reading_is_flat(broken) -> None:
    assert broken((60, 9), [(300, 209)], (300, 9)) == []


@pytest.mark.parametrize(
    ("during", "after", "complaint"),
    [
        ([(300, 209), (310, 209), (330, 209)], (330, 9), "the memory grew from 310 to 330 MB"),
        ([(300, 209), (300, 229), (300, 249)], (300, 9), "the descriptors grew from 229 to 249"),
        ([(300, 209), (300, 209), (300, 209)], (300, 12), "3 descriptors stayed open"),
    ],
    ids=["memory", "descriptors", "descriptors at the end"],
)
def test_what_grows_is_told(broken, during, after, complaint: str) -> None:
    assert broken((60, 9), during, after) == [complaint]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_two_minutes_of_many_streams_leave_nothing_behind() -> None:
    command = [sys.executable, BENCH / "soak.py", "--minutes", "2", "--streams", "200"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
