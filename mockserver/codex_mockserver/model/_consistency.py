"""What a scenario says that no schema can judge: things that are impossible together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from codex_mockserver.model._catalogue import catalogue
from codex_mockserver.model._prompt import Json
from codex_mockserver.model._scenario import Fault, Path, Scenario, Step
from codex_mockserver.world import SEEDED_NAMES
from codex_schemas import SURFACES, load

__all__ = ["Contradiction", "contradictions"]

#: The operation whose answer is a stream that can be cut.
_STREAMED = "createResponse"


class Contradiction(NamedTuple):
    """One thing in a scenario that cannot be."""

    path: Path
    expected: str
    found: str
    advice: str


def contradictions(scenario: Scenario) -> Iterator[Contradiction]:
    """Yield what cannot be, in the order of the file."""
    yield from _unknown(("settings", "auto_approve_account"), scenario.settings.auto_approve_account, SEEDED_NAMES)
    for index, step in enumerate(scenario.model):
        yield from _in_step(("model", index), step)
        if (earlier := _shadow(scenario.model[:index], step)) is not None:
            yield Contradiction(
                ("model", index),
                "a step that can be reached",
                f"step {earlier + 1} before it, which answers everything of its kind without end",
                "Move this step up, or give the other one times or a when.",
            )
    for index, fault in enumerate(scenario.faults):
        yield from _in_fault(("faults", index), fault)


def _in_step(path: Path, step: Step) -> Iterator[Contradiction]:
    for name in ("user", "tool_output"):
        yield from _bad_pattern((*path, "when", name), getattr(step.when, name))
    if step.when.model is not None:
        yield from _unknown((*path, "when", "model"), step.when.model, catalogue().models)
    if step.when.kind == "prewarm" and step.say:
        yield Contradiction(
            (*path, "say"),
            "nothing said in a prewarm",
            f"{len(step.say)} items",
            "Leave say out; a prewarm generates nothing.",
        )
    for index, entry in enumerate(step.say):
        yield from _in_message((*path, "say", index, "message"), entry.get("message"))


def _in_message(path: Path, message: str | Json | None) -> Iterator[Contradiction]:
    if isinstance(message, dict) and "text" in message and "deltas" in message:
        streamed = "".join(message["deltas"])
        if streamed != message["text"]:
            found = f"{streamed[:60]!r} for the text {message['text'][:60]!r}"
            yield Contradiction((*path, "deltas"), "deltas that make up the text", found, "Leave one of them out.")


def _in_fault(path: Path, fault: Fault) -> Iterator[Contradiction]:
    operations = [name for surface in SURFACES for name in load(surface).operations]
    yield from _unknown((*path, "on"), fault.on, operations)
    if (fault.answer is None) == (fault.cut_after is None):
        found = "neither" if fault.answer is None else "both"
        yield Contradiction(path, "either answer or cut_after", found, "Say how the call fails.")
    if fault.cut_after is not None and fault.on != _STREAMED:
        advice = f"Put the cut on {_STREAMED}, or use answer."
        yield Contradiction((*path, "cut_after"), f"a cut of {_STREAMED}, which streams", fault.on, advice)


def _shadow(earlier: list[Step], step: Step) -> int | None:
    """Return the number of an earlier step that leaves nothing for this one."""
    for index, other in enumerate(earlier):
        when = other.when
        is_open = when.user is None and when.tool_output is None and when.model in (None, step.when.model)
        if other.times is None and is_open and when.kind == step.when.kind:
            return index
    return None


def _bad_pattern(path: Path, pattern: str | None) -> Iterator[Contradiction]:
    try:
        re.compile(pattern or "")
    except (re.error, OverflowError, RecursionError) as error:
        yield Contradiction(path, "a regular expression", f"{str(pattern)[:60]!r}: {error}", "Escape or correct it.")


def _unknown(path: Path, name: str, known: Collection[str]) -> Iterator[Contradiction]:
    if name not in known:
        close = get_close_matches(name, known, n=1, cutoff=0.4)
        advice = f"Write {close[0]}." if close else "Known: " + ", ".join(known) + "."
        yield Contradiction(path, "a known name", repr(name[:60]), advice)
