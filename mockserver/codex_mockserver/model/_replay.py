"""A stored stream, played again from any place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from codex_mockserver.model._prompt import Json
from codex_mockserver.model._speech import Said
from codex_mockserver.model._stream import Deltas, response_stream

__all__ = ["replay"]


def replay(
    opening: Json, response: Json, deltas: Iterable[Sequence[str] | None], starting_after: int = -1
) -> Iterator[Json | Deltas]:
    """Yield the events of a response with the sequence numbers that they had.

    Args:
        opening: The response object before the model said anything.
        response: The response object at its end.
        deltas: How the text of each output item was cut; items that a cancelled response lacks are left out.
        starting_after: The sequence number of the last event that is left out.
    """
    said = [Said(item, cut) for item, cut in zip(response["output"], deltas, strict=False)]
    for part in response_stream(opening, said, response):
        if isinstance(part, Deltas):
            known = max(0, starting_after + 1 - part.first)
            yield part._replace(texts=part.texts[known:], first=part.first + known)
        elif part["sequence_number"] > starting_after:
            yield part
