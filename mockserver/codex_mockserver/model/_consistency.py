"""What a scenario says that no schema can judge: things that are impossible together."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from codex_mockserver._contradiction import Contradiction, bad_pattern, unknown
from codex_mockserver.model._app_server_checks import app_server_contradictions
from codex_mockserver.model._catalogue import catalogue
from codex_mockserver.model._expectation_checks import expectation_contradictions
from codex_mockserver.model._fault_checks import fault_contradictions
from codex_mockserver.model._outcome import OUTCOME_KEYS
from codex_mockserver.model._pacing import Pacing
from codex_mockserver.model._prompt import Json
from codex_mockserver.model._scenario import Scenario, Step
from codex_mockserver.model._speech import spoken_texts
from codex_mockserver.model._structured import is_json
from codex_mockserver.world import SEEDED_NAMES, AccountSetup
from codex_schemas.yaml_text import Path

__all__ = ["contradictions"]

#: The kinds of entries that say how a call goes.
_WITH_OUTCOME = frozenset({"exec_command", "function_call", "custom_tool_call"})

#: How alike a key must be to one that it is taken for.
_SLIP = 0.8


def contradictions(scenario: Scenario) -> Iterator[Contradiction]:
    """Yield what cannot be, in the order of the file."""
    accounts = [*SEEDED_NAMES, *scenario.accounts]
    yield from unknown(("settings", "auto_approve_account"), scenario.settings.auto_approve_account, accounts)
    for name, setup in scenario.accounts.items():
        yield from _in_account(("accounts", name), name, setup)
    for index, step in enumerate(scenario.model):
        yield from _in_step(("model", index), step)
        if (earlier := _shadow(scenario.model[:index], step)) is not None:
            yield Contradiction(
                ("model", index),
                "a step that can be reached",
                f"step {earlier + 1} before it, which answers everything of its kind without end",
                "Move this step up, or give the other one times or a when.",
            )
    yield from _in_pacing(("pacing",), scenario.pacing)
    yield from fault_contradictions(scenario)
    yield from expectation_contradictions(scenario)
    yield from app_server_contradictions(scenario.app_server, accounts)


def _in_step(path: Path, step: Step) -> Iterator[Contradiction]:
    for name in ("user", "tool_output"):
        yield from bad_pattern((*path, "when", name), getattr(step.when, name))
    if step.when.model is not None:
        yield from unknown((*path, "when", "model"), step.when.model, catalogue().models)
    yield from _in_pacing((*path, "pacing"), step.pacing)
    if step.when.kind == "prewarm" and step.say:
        yield Contradiction(
            (*path, "say"),
            "nothing said in a prewarm",
            f"{len(step.say)} items",
            "Leave say out; a prewarm generates nothing.",
        )
    for index, entry in enumerate(step.say):
        yield from _in_message((*path, "say", index, "message"), entry.get("message"))
        for kind in _WITH_OUTCOME & entry.keys():
            yield from _in_outcome((*path, "say", index, kind), entry[kind])


def _in_outcome(path: Path, call: Json) -> Iterator[Contradiction]:
    """Yield what is wrong about how a call goes; a command takes any argument, so that no schema sees a slip."""
    for key in call.keys() - {*OUTCOME_KEYS}:
        for meant in get_close_matches(key, OUTCOME_KEYS, n=1, cutoff=_SLIP):
            yield Contradiction((*path, key), "one of " + ", ".join(OUTCOME_KEYS), repr(key), f"Write {meant!r}.")
    if "chunks" in call and call.get("output", joined := "".join(call["chunks"])) != joined:
        found = f"{joined[:60]!r} for the output {call['output'][:60]!r}"
        yield Contradiction((*path, "chunks"), "chunks that make up the output", found, "Leave one of them out.")
    if "error" in call and "output" in call:
        yield Contradiction((*path, "error"), "an output or an error", "both", "Leave one of them out.")


def _in_message(path: Path, message: str | Json | None) -> Iterator[Contradiction]:
    if isinstance(message, dict) and "text" in message and "deltas" in message:
        streamed = "".join(message["deltas"])
        if streamed != message["text"]:
            found = f"{streamed[:60]!r} for the text {message['text'][:60]!r}"
            yield Contradiction((*path, "deltas"), "deltas that make up the text", found, "Leave one of them out.")


def _in_account(path: Path, name: str, setup: AccountSetup) -> Iterator[Contradiction]:
    if setup.like is None:
        return
    if name in SEEDED_NAMES:
        found = f"like: {setup.like} for the seeded account {name}"
        yield Contradiction(
            (*path, "like"), "like only for a further account", found[:100], "Leave it out, or rename it."
        )
    else:
        yield from unknown((*path, "like"), setup.like, SEEDED_NAMES)


def _in_pacing(path: Path, pacing: Pacing | None) -> Iterator[Contradiction]:
    if pacing is None:
        return
    rates = [name for name in ("tokens_per_second", "events_per_second") if getattr(pacing, name) is not None]
    if len(rates) > 1:
        yield Contradiction(path, "one rate", " and ".join(rates), "Leave one of them out.")
    if pacing.jitter and not rates:
        yield Contradiction((*path, "jitter"), "jitter of a rate", "no rate", "Give tokens_per_second.")


def _shadow(earlier: list[Step], step: Step) -> int | None:
    """Return the number of an earlier step that leaves nothing for this one."""
    for index, other in enumerate(earlier):
        when = other.when
        is_open = when.user is None and when.tool_output is None and when.model in (None, step.when.model)
        leaves_json = _says_json(step) and not _says_json(other)
        if other.times is None and is_open and when.kind == step.when.kind and not leaves_json:
            return index
    return None


def _says_json(step: Step) -> bool:
    """Tell whether a step can answer a request that wants JSON: a step that says other text leaves it alone."""
    return all(is_json(text) for text in spoken_texts(step.say))
