"""What differs between two transcripts of one case, where order counts as far as the protocol promises it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from parity._cases import Case
from parity._driver import Transcript
from parity._lanes import Said, is_best_effort, lanes_of

__all__ = ["Difference", "compare"]

Json = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One thing that one side says and the other does not."""

    #: The message and the place in it, such as ``turn/completed params.turn.items``.
    at: str
    real: Any
    mock: Any


def compare(case: Case, real: Transcript, mock: Transcript) -> list[Difference]:
    """Return what differs between what the real server said in a case and what the mock did."""
    return [
        difference
        for name in sorted({*real, *mock})
        for difference in _compare_connection(case, real.get(name, []), mock.get(name, []))
    ]


def _compare_connection(case: Case, real: list[Json], mock: list[Json]) -> Iterator[Difference]:
    real_lanes, mock_lanes = lanes_of(case, real), lanes_of(case, mock)
    for lane in sorted({*real_lanes, *mock_lanes}):
        said, other = real_lanes.get(lane, []), mock_lanes.get(lane, [])
        if (said and other) or not is_best_effort(lane):
            yield from _compare_lane(said, other)


def _compare_lane(real: Sequence[Said], mock: Sequence[Said]) -> Iterator[Difference]:
    matcher = SequenceMatcher(None, [said.label for said in real], [said.label for said in mock], autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            for one, other in zip(real[start:end], mock[other_start:other_end], strict=True):
                yield from _compare_value(one.label, one.message, other.message)
        else:
            yield from (Difference(f"{said.label} does not come here", said.message, None) for said in real[start:end])
            extra = mock[other_start:other_end]
            yield from (Difference(f"{said.label} comes here", None, said.message) for said in extra)


def _compare_value(at: str, real: Any, mock: Any) -> Iterator[Difference]:
    """Return the places in which two values differ."""
    if isinstance(real, dict) and isinstance(mock, dict):
        for key in sorted({*real, *mock}):
            if key not in real or key not in mock:
                yield Difference(f"{at}.{key}", real.get(key, "absent"), mock.get(key, "absent"))
            else:
                yield from _compare_value(f"{at}.{key}", real[key], mock[key])
    elif isinstance(real, list) and isinstance(mock, list) and len(real) == len(mock):
        for index, (one, other) in enumerate(zip(real, mock, strict=True)):
            yield from _compare_value(f"{at}[{index}]", one, other)
    elif real != mock and not (_is_cursor(real) and _is_cursor(mock)):
        yield Difference(at, real, mock)


def _is_cursor(value: Any) -> bool:
    """Tell whether a value is the name of a cursor: whether two are the same depends on the second of the run."""
    return isinstance(value, str) and value.startswith("<cursor-")
