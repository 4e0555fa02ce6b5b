"""Asking the model again and again, as often as the configuration allows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from codex_mockserver.app_server._tasks import Pause, Wait
from codex_mockserver.app_server.account.external import ask_host
from codex_mockserver.app_server.turns._failures import Failure
from codex_mockserver.app_server.turns._model import ask_once, provider_number
from codex_mockserver.app_server.turns._stream import Telling
from codex_mockserver.app_server.turns.active import ActiveTurn, Interrupted, Steered
from codex_mockserver.app_server.turns.usage import fill_context, tell_counts, tell_usage
from codex_mockserver.model import Turn

__all__ = ["ask_model"]

Json = dict[str, Any]

#: How often a request is repeated, and a stream begun again, where the configuration does not say.
_REQUEST_RETRIES = 4
_STREAM_RETRIES = 5
#: Seconds before the first repetition; each further one waits twice as long.
_BACKOFF = 0.2
_UNAUTHORIZED = 401


def ask_model(
    active: ActiveTurn, items: Sequence[Json], *, shown: str = "all"
) -> Generator[Wait, Any, tuple[Turn, Telling]]:
    """Let the model answer, and return its answer with what was told of it.

    Args:
        active: The turn that asks.
        items: The conversation.
        shown: What subscribers see of the answer, see :class:`Telling`.

    Raises:
        Failure: It did not answer in the end.
        Problem: The scenario has no step for the request.
    """
    attempts = 0
    while True:
        telling = Telling(active, shown)
        try:
            return (yield from _ask_repeatedly(active, telling, items)), telling
        except Failure as failure:
            if failure.has_usage:
                active.untold_usage = telling.usage
                tell_usage(active)
            elif failure.shows_limits:
                tell_counts(active, is_refused=True)
            attempts += 1
            retries = provider_number(active, "stream_max_retries", _STREAM_RETRIES)
            if not failure.is_retried or attempts > retries:
                if failure.fills_context:
                    fill_context(active)
                    tell_counts(active, with_limits=failure.shows_limits)
                raise
            active.tell_error(failure.told_again(attempts, retries), will_retry=True)
            yield Pause(_delay(failure, attempts))
        except (Interrupted, Steered):
            if telling.has_begun and shown == "all":
                tell_counts(active)
            raise


def _ask_repeatedly(active: ActiveTurn, telling: Telling, items: Sequence[Json]) -> Generator[Wait, Any, Turn]:
    """Ask once, and again where nobody needs to know."""
    repeats, has_new_tokens = 0, False
    while True:
        try:
            return (yield from ask_once(active, telling, items))
        except Failure as failure:
            if failure.status == _UNAUTHORIZED and active.server.account.external is not None and not has_new_tokens:
                has_new_tokens = True
                yield from ask_host(active.server)
                continue
            repeats += 1
            if not failure.is_repeated or repeats > provider_number(active, "request_max_retries", _REQUEST_RETRIES):
                raise
            yield Pause(_delay(failure, repeats))


def _delay(failure: Failure, attempt: int) -> float:
    return _BACKOFF * 2 ** (attempt - 1) if failure.retry_after is None else failure.retry_after
