"""The life cycles are closed tables."""

from __future__ import annotations

import pytest

from codex_mockserver.world import TRANSITIONS, IllegalTransition, advance, can


@pytest.mark.parametrize("lifecycle", TRANSITIONS)
def test_every_event_leads_to_a_state_of_its_table(lifecycle: str) -> None:
    table = TRANSITIONS[lifecycle]

    assert all(target in table for events in table.values() for target in events.values())


@pytest.mark.parametrize("lifecycle", TRANSITIONS)
def test_every_state_can_be_reached(lifecycle: str) -> None:
    table = TRANSITIONS[lifecycle]
    reached, frontier = set(), [next(iter(table))]
    while frontier:
        state = frontier.pop()
        reached.add(state)
        frontier += [target for target in table[state].values() if target not in reached]

    assert reached == set(table)


def test_an_event_that_the_state_does_not_allow_is_refused() -> None:
    with pytest.raises(IllegalTransition, match="advancing a authorization_code that is redeemed"):
        advance("authorization_code", "redeemed", "redeem")
    assert not can("authorization_code", "redeemed", "redeem")
