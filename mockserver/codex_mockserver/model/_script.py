"""A scenario at work in a world."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from codex_mockserver.faults import Occasion, Strike, fits, is_due
from codex_mockserver.model._prompt import Prompt
from codex_mockserver.model._scenario import Scenario, Settings, Step
from codex_mockserver.model._speech import spoken_texts
from codex_mockserver.world import World
from codex_schemas import Problem

__all__ = ["NoStep", "Script"]

_LONGEST = 80


class NoStep(Problem):
    """No step of the scenario answers a request."""


class Script:
    """A scenario at work; what was already used stands in the world, so that a snapshot holds it."""

    def __init__(self, scenario: Scenario | None = None) -> None:
        self.scenario = scenario or Scenario()

    @property
    def settings(self) -> Settings:
        """The scenario's choices of the backend."""
        return self.scenario.settings

    @property
    def has_faults(self) -> bool:
        """Whether anything can strike."""
        return bool(self.scenario.faults) or self.scenario.chaos is not None

    def begin(self, world: World) -> None:
        """Put the scenario to work in a world; what was already used stays so."""
        world.set_up(self.scenario.accounts)
        if (chaos := self.scenario.chaos) is not None:
            import logging  # noqa: PLC0415 (a start without chaos need not wait for it)

            # Without a configuration of its own, a warning of this log goes to stderr.
            logging.getLogger("codex_mockserver").warning("chaos: seed %s, rate %s", chaos.seed, chaos.rate)

    def replace(self, world: World, scenario: Scenario) -> None:
        """Put another scenario to work, from its first step on."""
        self.scenario = scenario
        world.state.script_uses.clear()
        world.state.fault_uses.clear()
        self.begin(world)

    def strikes(self, world: World, occasion: Occasion) -> list[Strike]:
        """Return the faults that strike a call, in the order of the scenario, and count the call."""
        found = []
        for index, fault in enumerate(self.scenario.faults):
            if fits(fault, occasion) and is_due(fault, _count(world.state.fault_uses, str(index))):
                found.append(Strike(fault, fault.name or f"faults[{index}]"))
        return found + self._chaos(world, occasion)

    def _chaos(self, world: World, occasion: Occasion) -> list[Strike]:
        """Return the one fault, at most, that strikes a call by chance."""
        chaos = self.scenario.chaos
        fitting = [fault for fault in chaos.faults if fits(fault, occasion)] if chaos else []
        if chaos is None or not fitting:
            return []
        roll = _count(world.state.fault_uses, "chaos")
        chance = random.Random(f"{chaos.seed}/{roll}")  # noqa: S311 (the same chances in every run are the point)
        if chance.random() >= chaos.rate:
            return []
        fault = chance.choice(fitting)
        label = fault.name or f"chaos.faults[{chaos.faults.index(fault)}]"
        return [Strike(fault, f"{label} (seed {chaos.seed}, roll {roll})")]

    def choose(self, world: World, prompt: Prompt) -> int | None:
        """Return the number of the first step that answers a request, or None for the model's own answer.

        Raises:
            NoStep: The scenario has steps, but none for this turn.
        """
        steps = self.scenario.model
        for index, step in enumerate(steps):
            if not self._is_used_up(world, index) and not any(_mismatches(step, prompt)):
                return index
        if prompt.kind != "turn" or not any(step.when.kind == "turn" for step in steps):
            return None
        raise self._no_step(world, prompt)

    def use(self, world: World, index: int) -> None:
        """Note that a step has answered a request."""
        _count(world.state.script_uses, str(index))

    def _is_used_up(self, world: World, index: int) -> bool:
        times = self.scenario.model[index].times
        return times is not None and world.state.script_uses.get(str(index), 0) >= times

    def _no_step(self, world: World, prompt: Prompt) -> NoStep:
        return NoStep(
            f"asking the scenario {self.scenario.name!r} what the model says",
            expected=self._closest(world, prompt),
            found=f"a {prompt.kind} of {prompt.model} in which the user says {_quote(prompt.user_text)}",
            advice="Add a step for this request, or raise the times of one.",
        )

    def _closest(self, world: World, prompt: Prompt) -> str:
        """Describe the unused step with the fewest mismatches, or say that all are used up."""
        unused = [index for index in range(len(self.scenario.model)) if not self._is_used_up(world, index)]
        if not unused:
            return f"no further request: all {len(self.scenario.model)} steps are used up"
        reasons = {index: list(_mismatches(self.scenario.model[index], prompt)) for index in unused}
        index = min(unused, key=lambda index: len(reasons[index]))
        return f"a request for step {index + 1}, the closest: " + " and ".join(reasons[index])


def _count(uses: dict[str, int], key: str) -> int:
    """Count one more use and return how many there were before."""
    before = uses.get(key, 0)
    uses[key] = before + 1
    return before


def _mismatches(step: Step, prompt: Prompt) -> Iterator[str]:
    """Yield the wishes of a step that a request does not fulfil."""
    when = step.when
    if when.kind != prompt.kind:
        yield f"kind {when.kind}"
    if when.model is not None and when.model != prompt.model:
        yield f"model {when.model}"
    if when.user is not None and not re.search(when.user, prompt.user_text):
        yield f"user text that matches {when.user!r}"
    if when.tool_output is not None and not any(re.search(when.tool_output, text) for text in prompt.tool_outputs):
        outputs = ", ".join(map(_quote, prompt.tool_outputs)) or "none"
        yield f"a tool output that matches {when.tool_output!r} (came: {outputs})"
    if prompt.json_format is not None and step.end == "completed":
        for misfit in filter(None, map(prompt.json_format.misfit, spoken_texts(step.say))):
            yield f"no wish for the format {prompt.json_format.name!r}: what the step says {misfit}"


def _quote(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}...")
