"""Comparisons made by hand, with something of everything that a report has to show."""

from __future__ import annotations

import pytest

from codex_schemas.diff import Change, Comparison, Level

BREAKING, DANGEROUS, COMPATIBLE = Level.BREAKING, Level.DANGEROUS, Level.COMPATIBLE
TURN_MESSAGES = ("review/start", "thread/fork", "thread/list", "thread/read", "turn/completed", "turn/started")

#: One change for each thing that a report tells apart.
CHANGES = (
    Change(
        "type-changed",
        "Turn.items[]",
        "Turn.items[] changed from string to number.",
        client=BREAKING,
        server=BREAKING,
        old={"type": "string"},
        new={"type": "number"},
        messages=TURN_MESSAGES,
        senders=frozenset({"server"}),
    ),
    Change(
        "request-removed",
        "thread/rollback",
        "The client no longer has the request thread/rollback.",
        client=BREAKING,
        server=DANGEROUS,
        old={"kind": "request"},
        messages=("thread/rollback",),
        senders=frozenset({"client"}),
    ),
    Change(
        "required-field-added",
        "ThreadStartParams.cwd",
        "ThreadStartParams has a new required field cwd: string.",
        client=COMPATIBLE,
        server=BREAKING,
        new={"type": "string"},
        messages=("thread/start",),
        senders=frozenset({"client"}),
    ),
    Change(
        "enum-value-added",
        "PlanType",
        "PlanType has a new value, edu_plus.",
        client=DANGEROUS,
        server=COMPATIBLE,
        new="edu_plus",
        messages=("account/read", "account/updated"),
        senders=frozenset({"server"}),
    ),
    Change(
        "enum-value-added",
        "PlanType",
        "PlanType has a new value, sci.",
        client=DANGEROUS,
        server=COMPATIBLE,
        new="sci",
        messages=("account/read", "account/updated"),
        senders=frozenset({"server"}),
    ),
    Change(
        "enum-value-removed",
        "ThreadItem[commandExecution].source",
        "ThreadItem[commandExecution].source no longer has the value agent.",
        client=COMPATIBLE,
        server=DANGEROUS,
        old="agent",
        messages=TURN_MESSAGES,
        senders=frozenset({"server"}),
    ),
    Change(
        "optional-field-added",
        "Turn.model",
        "Turn has a new optional field model: string.",
        client=COMPATIBLE,
        server=COMPATIBLE,
        new={"type": "string"},
        messages=TURN_MESSAGES,
        senders=frozenset({"server"}),
        experimental=True,
    ),
)


@pytest.fixture
def comparison() -> Comparison:
    return Comparison("0.141.0", "0.169.0", CHANGES)


@pytest.fixture
def nothing() -> Comparison:
    return Comparison("0.141.0", "0.141.1", ())


@pytest.fixture
def large() -> Comparison:
    """As many additions as a year brings."""
    added = (
        Change(
            "optional-field-added",
            f"Type{number // 3}.field{number}",
            f"Type{number // 3} has a new optional field field{number}: string.",
            client=COMPATIBLE,
            server=COMPATIBLE,
            new={"type": "string"},
            messages=TURN_MESSAGES,
        )
        for number in range(600)
    )
    return Comparison("0.141.0", "0.169.0", (*CHANGES, *added))
