"""Which recorded exchange answers a request."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from itertools import islice
from typing import Any, Literal, TypeAlias

import msgspec

from codex_fixtures import Data, End, Request, content_fields
from codex_fixtures.matching import Match, Rules, closest, normal, request_value
from codex_mockserver.recording.codings import coding_of
from codex_mockserver.replaying._index import Index, Recorded
from codex_mockserver.replaying._redacted import redacted
from codex_mockserver.replaying._requests import LiveRequest
from codex_schemas import Problem

__all__ = ["Matcher", "Matching", "Miss", "fingerprint", "redacted_value"]

#: ``order``: the exchanges of each method and path answer in the order in which they were recorded. ``content``:
#: the request has to be the same.
Matching: TypeAlias = Literal["order", "content"]

#: Methods that change nothing.
_READING = ("GET", "HEAD")
#: Exchanges that a request without an answer is compared with.
_MOST_COMPARED = 50


@dataclass(frozen=True)
class Miss:
    """A request, or a frame, that the recording has no answer for."""

    #: The number of the exchange that comes closest; None where none does.
    closest: int | None
    #: The first place at which that differs.
    pointer: str | None
    #: The same in words.
    problem: Problem


class Matcher:
    """Finds the exchange that answers a request; each answers once, but the last of its kind may answer again."""

    def __init__(self, index: Index, matching: Matching, rules: Rules) -> None:
        self._index = index
        self._matching = matching
        self._rules = rules
        self._by_key: dict[tuple[Any, ...], deque[Recorded]] = defaultdict(deque)
        for exchange in index.exchanges:
            self._by_key[self._key_of(exchange)].append(exchange)

    def take(self, request: LiveRequest) -> Recorded | Miss:
        """Return the exchange that answers a request, or why none does."""
        waiting = self._by_key.get(self._key(request))
        if not waiting:
            return self._miss(request)
        is_last = len(waiting) == 1
        return waiting[0] if is_last and self._repeats(waiting[0]) else waiting.popleft()

    def _repeats(self, exchange: Recorded) -> bool:
        """Tell whether an exchange answers again: codex reads the same once or twice, as its tasks happen to run."""
        return self._matching == "content" or (exchange.method in _READING and not exchange.is_socket)

    def _key_of(self, exchange: Recorded) -> tuple[Any, ...]:
        if self._matching == "content":
            return (exchange.fingerprint,)
        return exchange.method, exchange.path

    def _key(self, request: LiveRequest) -> tuple[Any, ...]:
        if self._matching == "content":
            return (fingerprint(redacted_value(request), self._rules),)
        key = request.method, request.path
        # A path may hold an id, which the recording knows by another name.
        return key if key in self._by_key else (request.method, redacted_value(request)["path"])

    def _miss(self, request: LiveRequest) -> Miss:
        asked = f"{request.method} {request.path}"
        same = [each for each in self._index.exchanges if (each.method, each.path) == (request.method, request.path)]
        value = redacted_value(request)
        best = self._closest(same, value)
        if best is None:
            known = list(dict.fromkeys(f"{each.method} {each.path}" for each in self._index.exchanges if each.path))
            close = get_close_matches(asked, known, 1, 0) or ["no exchange at all"]
            number = next((e.number for e in self._index.exchanges if f"{e.method} {e.path}" == close[0]), None)
            pointer = "/path" if number is not None and close[0].split(" ")[0] == request.method else "/method"
            return Miss(number, pointer, _problem(asked, f"one that was recorded, such as {close[0]}", "another one"))
        number = best.key.number
        if best.is_exact or self._matching == "order":
            return Miss(number, None, _problem(asked, f"at most {len(same)} of them", "one more"))
        first = best.differences[0]
        return Miss(number, first.pointer, _problem(asked, f"one such as exchange {number}", str(first)))

    def _closest(self, exchanges: Iterable[Recorded], value: Any) -> Match[Recorded] | None:
        candidates = ((each, self._index.value(each)) for each in islice(exchanges, _MOST_COMPARED))
        return closest(candidates, value, self._rules)


def redacted_value(request: LiveRequest) -> Any:
    """Return a request as a value in which secrets are replaced as in a recording."""
    decoded = coding_of(request.headers)
    clean = redacted(
        Request(at=0, x=1, method=request.method, url=request.url, headers=request.headers, decoded=decoded),
        Data(at=0, x=1, side="client", **content_fields(request.body)),
        End(at=0, x=1, side="client"),
    )
    head = next(each for each in clean if isinstance(each, Request))
    body = b"".join(each.content for each in clean if isinstance(each, Data))
    return request_value(head.method, head.url, head.headers, body)


def fingerprint(value: Any, rules: Rules) -> bytes:
    """Return what two values share that differ nowhere but where it does not count."""
    pruned = _pruned("", normal(value), rules)
    return sha256(msgspec.json.encode(pruned, order="sorted")).digest()[:16]


def _pruned(pointer: str, value: Any, rules: Rules) -> Any:
    if isinstance(value, dict):
        steps = {name: f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}" for name in value}
        return {
            name: _pruned(steps[name], part, rules) for name, part in value.items() if not rules.covers(steps[name])
        }
    if isinstance(value, list):
        return _pruned_list(pointer, value, rules)
    return value


def _pruned_list(pointer: str, values: Sequence[Any], rules: Rules) -> list[Any]:
    places = [f"{pointer}/{place}" for place in range(len(values))]
    return [
        _pruned(place, value, rules) for place, value in zip(places, values, strict=True) if not rules.covers(place)
    ]


def _problem(asked: str, expected: str, found: str) -> Problem:
    return Problem(
        f"answering {asked} from the recording",
        expected=expected,
        found=found,
        advice="Ignore what may differ (--ignore POINTER), or record it again.",
    )
