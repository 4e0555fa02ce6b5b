"""When the events of a paced stream leave: a plan, made before the first one does."""

from __future__ import annotations

import pytest

from codex_mockserver.faults import At, event_of
from codex_mockserver.model import Pacing, Pause, moments

DELTA = event_of({"type": "response.output_text.delta"})
OTHER = event_of({"type": "response.output_text.done"})
CHUNK = event_of({"object": "chat.completion.chunk"})

#: Two events before three deltas, and two after them.
STREAM = [OTHER, OTHER, DELTA, DELTA, DELTA, OTHER, OTHER]

PLANS = {
    "nothing": (Pacing(), [0, 0, 0, 0, 0, 0, 0]),
    "the first event": (Pacing(first_token=2), [2, 2, 2, 2, 2, 2, 2]),
    "tokens": (Pacing(tokens_per_second=2), [0, 0, 0, 0.5, 1, 1.5, 1.5]),
    "tokens after a while": (Pacing(first_token=3, tokens_per_second=1), [3, 3, 3, 4, 5, 6, 6]),
    "events": (Pacing(events_per_second=4), [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5]),
    "a pause": (Pacing(pauses=[Pause(at=3, seconds=5)]), [0, 0, 0, 5, 5, 5, 5]),
    "a pause at an event": (
        Pacing(tokens_per_second=1, pauses=[Pause(at=At(event="response.output_text.done", occurrence=4), seconds=5)]),
        [0, 0, 0, 1, 2, 3, 8],
    ),
    "a pause that never comes": (Pacing(pauses=[Pause(at=30, seconds=5)]), [0, 0, 0, 0, 0, 0, 0]),
}


@pytest.mark.parametrize(("pacing", "expected"), PLANS.values(), ids=PLANS)
def test_events_leave_by_a_plan(pacing: Pacing, expected: list[float]) -> None:
    assert moments(pacing, STREAM) == pytest.approx(expected)


def test_n_tokens_take_n_times_the_time_of_one() -> None:
    assert moments(Pacing(tokens_per_second=50), [DELTA] * 100 + [OTHER])[-1] == pytest.approx(2)


def test_each_event_without_a_name_is_a_token() -> None:
    assert moments(Pacing(tokens_per_second=1), [CHUNK, CHUNK, CHUNK]) == [0, 1, 2]


def test_jitter_is_late_by_less_than_one_token_and_never_early() -> None:
    plan = moments(Pacing(tokens_per_second=10, jitter=1, seed=5), [DELTA] * 200)
    lateness = [moment - number / 10 for number, moment in enumerate(plan)]

    assert plan == sorted(plan)
    assert all(0 <= late < 0.1 for late in lateness)
    assert max(lateness) - min(lateness) > 0.05


def test_jitter_comes_from_its_seed() -> None:
    first, again, other = (moments(Pacing(tokens_per_second=1, jitter=0.5, seed=seed), STREAM) for seed in (1, 1, 2))

    assert first == again != other


def test_jitter_leaves_the_end_where_it_is() -> None:
    assert moments(Pacing(tokens_per_second=1, jitter=1), STREAM)[-1] == 3
