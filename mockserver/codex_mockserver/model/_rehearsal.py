"""The events of a scripted step, as far as they can be told before a request comes."""

from __future__ import annotations

from collections.abc import Sequence

from codex_mockserver.faults import Event, event_of
from codex_mockserver.model._prompt import Prompt
from codex_mockserver.model._response import finished, opened
from codex_mockserver.model._scenario import Step
from codex_mockserver.model._speech import speak
from codex_mockserver.model._stream import flat, response_stream
from codex_mockserver.model._usage import usage_of
from codex_mockserver.world import Ids
from codex_schemas import Problem

__all__ = ["rehearse"]


def rehearse(step: Step) -> Sequence[Event] | None:
    """Return the events of a step, right in number and kind; None where the client's tools decide."""
    prompt, ids = Prompt({"model": "", "input": []}, []), Ids(seed="rehearsal")
    try:
        said = [speak(entry, ids, prompt) for entry in step.say]
    except Problem:
        return None
    output = [part.item for part in said]
    opening = opened("resp_rehearsal", 0, prompt.body)
    final = finished(opening, step.end, output, usage_of(prompt, output, step.usage), 0)
    return [event_of(event) for event in flat(response_stream(opening, said, final))]
