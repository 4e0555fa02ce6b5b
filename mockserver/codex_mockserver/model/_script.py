"""A scenario at work in a world."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codex_mockserver.model._prompt import Prompt
from codex_mockserver.model._scenario import Fault, Scenario, Settings, Step
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

    def strike(self, world: World, operation: str) -> Fault | None:
        """Return the fault that strikes this call of an operation, if one does."""
        for index, fault in enumerate(self.scenario.faults):
            if fault.on != operation:
                continue
            seen = world.state.fault_uses.get(str(index), 0)
            world.state.fault_uses[str(index)] = seen + 1
            if seen >= fault.after and (fault.times is None or seen < fault.after + fault.times):
                return fault
        return None

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
        uses = world.state.script_uses
        uses[str(index)] = uses.get(str(index), 0) + 1

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


def _quote(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}...")
