"""One turn of the model: from a prompt to a response and its events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from codex_mockserver.model._logprobs import wished_alternatives, with_logprobs
from codex_mockserver.model._pacing import Pacing
from codex_mockserver.model._prompt import Json, Prompt
from codex_mockserver.model._response import finished, opened
from codex_mockserver.model._scenario import Step
from codex_mockserver.model._script import Script
from codex_mockserver.model._speech import Said, broken_off, speak, stopped
from codex_mockserver.model._stream import Deltas, flat, response_stream
from codex_mockserver.model._usage import usage_of
from codex_mockserver.world import World

__all__ = ["Turn", "take_turn"]

_ID_LENGTH = 48


class Turn(Struct, frozen=True):
    """A prompt with what the model says to it."""

    prompt: Prompt
    #: The response object before the model says anything, and at its end.
    opening: Json
    response: Json
    said: Sequence[Said]
    #: How fast its stream leaves; None at once.
    pacing: Pacing | None = None

    @property
    def stream(self) -> list[Json | Deltas]:
        """All events of the response in order, with runs of deltas in one piece."""
        return response_stream(self.opening, self.said, self.response)

    @property
    def events(self) -> list[Json]:
        """All events of the response, one by one."""
        return flat(self.stream)

    @property
    def items(self) -> list[Json]:
        """The conversation after the turn."""
        output: list[Json] = self.response["output"]
        return [*self.prompt.items, *output]

    def interrupted(self, count: int) -> Turn:
        """Return the turn as a client leaves that interrupts it: with so many of its items, each of them whole."""
        output, usage, now = self.response["output"][:count], self.response["usage"], self.opening["created_at"]
        response = finished(self.opening, {"incomplete": "interrupted"}, output, usage, now)
        return replace(self, said=self.said[:count], response=response)

    @property
    def total_tokens(self) -> int:
        """The tokens in and out."""
        total: int = self.response["usage"]["total_tokens"]
        return total


def take_turn(world: World, script: Script, prompt: Prompt, *, is_lost: bool = False) -> Turn:
    """Let the model answer a prompt.

    A response that is lost on its way does not use up its step: the client will ask again.

    Raises:
        Problem: The scenario has no step for it, or one that the request's tools cannot do, or its log
            probabilities are too many; no step is used up then.
    """
    index = script.choose(world, prompt)
    step = Step(say=_own_words(prompt)) if index is None else script.scenario.model[index]
    said = stopped([speak(entry, world.ids, prompt) for entry in step.say], prompt.body.get("stop") or ())
    if isinstance(step.end, dict) and "incomplete" in step.end:
        said[-1:] = [broken_off(part) for part in said[-1:]]
    usage = usage_of(prompt, [part.item for part in said], step.usage)
    if (alternatives := wished_alternatives(prompt.body)) is not None:
        said = [with_logprobs(part, alternatives) for part in said]
    if index is not None and not is_lost:
        script.use(world, index)
    output = [part.item for part in said]
    now = int(world.now())
    opening = opened(world.ids.new("resp_", _ID_LENGTH), now, prompt.body)
    response = finished(opening, step.end, output, usage, now)
    return Turn(prompt, opening, response, said, step.pacing or script.scenario.pacing)


def _own_words(prompt: Prompt) -> list[dict[str, Any]]:
    """Return what the model says when no scenario tells it: it echoes the user, or gives the JSON that is wanted."""
    if prompt.kind == "prewarm":
        return []
    if prompt.has_trigger:
        return [{"compaction": "A summary of the conversation so far."}]
    text = "A summary of the conversation so far." if prompt.kind == "compaction" else prompt.user_text
    if prompt.json_format is not None:
        text = prompt.json_format.example()
    thought = [{"reasoning": {"summary": ["Repeating what the user said."]}}] if prompt.wants_reasoning else []
    return [*thought, {"message": text or "Nothing was said."}]
