"""Every life cycle of the world, as tables: state -> event -> next state.

Code asks :func:`advance` and never compares states on its own, so what these tables do
not allow cannot happen.
"""

from __future__ import annotations

from codex_schemas import Problem

__all__ = ["TRANSITIONS", "IllegalTransition", "advance", "can"]

TRANSITIONS: dict[str, dict[str, dict[str, str]]] = {
    # A person at the authorization page.
    "login": {
        "waiting": {"approve": "approved", "deny": "denied", "expire": "expired"},
        "approved": {},
        "denied": {},
        "expired": {},
    },
    # The code that the page hands to the client.
    "authorization_code": {
        "issued": {"redeem": "redeemed", "expire": "expired"},
        "redeemed": {},
        "expired": {},
    },
    "device_code": {
        "pending": {"approve": "approved", "deny": "denied", "expire": "expired"},
        "approved": {"collect": "collected", "expire": "expired"},
        "collected": {},
        "denied": {},
        "expired": {},
    },
    "access_token": {
        "active": {"expire": "expired", "revoke": "revoked"},
        "expired": {},
        "revoked": {},
    },
    "refresh_token": {
        "active": {"rotate": "rotated", "expire": "expired", "revoke": "revoked", "terminate": "terminated"},
        "rotated": {},
        "expired": {},
        "revoked": {},
        "terminated": {},
    },
    # One response of the model.
    "turn": {
        "queued": {"start": "in_progress", "cancel": "cancelled"},
        "in_progress": {
            "complete": "completed",
            "fail": "failed",
            "stop": "incomplete",
            "cancel": "cancelled",
        },
        "completed": {},
        "failed": {},
        "incomplete": {},
        "cancelled": {},
    },
    # One attempt at a cloud task.
    "task": {
        "pending": {"start": "in_progress", "cancel": "cancelled"},
        "in_progress": {"complete": "completed", "fail": "failed", "cancel": "cancelled"},
        "completed": {},
        "failed": {},
        "cancelled": {},
    },
    "reset_credit": {
        "available": {"redeem": "redeeming"},
        "redeeming": {"finish": "redeemed"},
        "redeemed": {},
    },
}


class IllegalTransition(Problem):
    """An event that the present state does not allow."""

    def __init__(self, lifecycle: str, state: str, event: str) -> None:
        allowed = ", ".join(TRANSITIONS[lifecycle][state]) or "no event any more"
        super().__init__(
            f"advancing a {lifecycle} that is {state}",
            expected=allowed,
            found=event,
            advice="Check the order of the calls.",
        )
        self.lifecycle = lifecycle
        self.state = state
        self.event = event


def can(lifecycle: str, state: str, event: str) -> bool:
    """Tell whether a state allows an event."""
    return event in TRANSITIONS[lifecycle][state]


def advance(lifecycle: str, state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        IllegalTransition: The state does not allow the event.
    """
    try:
        return TRANSITIONS[lifecycle][state][event]
    except KeyError:
        raise IllegalTransition(lifecycle, state, event) from None
