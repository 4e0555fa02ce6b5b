"""How well a query fits a path: the score and the places of the best alignment, as real searches rate it.

Each letter of the query is found in the path, in order. A match counts 16; at the beginning of a word or
after a slash there is a bonus, which letters that follow at once share; gaps cost a little.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Match", "match"]

_MATCH = 16
_GAP_START = 3
_GAP_MORE = 1
_BOUNDARY = 8
_AFTER_SLASH = 9
_CAMEL = 5
_CONSECUTIVE = 4
_FIRST = 2


@dataclass(frozen=True, slots=True)
class Match:
    """A way in which a query fits."""

    score: int
    #: The places of its letters in the path.
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _End:
    """The best alignment of the first letters of a word that ends at a place."""

    score: int
    place: int
    #: What a letter at once behind it shares of the bonus.
    bonus: int
    #: The same without the last letter.
    before: _End | None = None

    def places(self) -> list[int]:
        """Return the places of its letters, the last first."""
        places, end = [], self
        while end.before is not None:
            places.append(end.place)
            end = end.before
        return [*places, end.place]


def match(query: str, path: str) -> Match | None:
    """Return the best way in which a query fits a path, whatever the case; None for none.

    Words of the query, parted by blanks, fit each for itself.
    """
    total, places = 0, set[int]()
    for word in query.split():
        best = _best(word.lower(), path)
        if best is None:
            return None
        total += best.score
        places.update(best.places())
    return Match(total, tuple(sorted(places)))


def _best(word: str, path: str) -> _End | None:
    bonuses = [_bonus(path[place - 1] if place else "/", letter) for place, letter in enumerate(path)]
    lower = path.lower()
    ends = {
        place: _End(_MATCH + _FIRST * bonuses[place], place, bonuses[place])
        for place, letter in enumerate(lower)
        if letter == word[0]
    }
    for letter in word[1:]:
        ends = _extended(ends, letter, lower, bonuses)
    return max(ends.values(), key=lambda end: end.score, default=None)


def _extended(ends: dict[int, _End], letter: str, lower: str, bonuses: list[int]) -> dict[int, _End]:
    """Return the alignments with one more letter, by the place where they end."""
    longer: dict[int, _End] = {}
    # The best alignment that ends before the last place, and its score less what the gap costs so far.
    far: _End | None = None
    rest = 0
    for place, each in enumerate(lower):
        near = ends.get(place - 1)
        if each == letter and (near is not None or far is not None):
            longer[place] = _with_letter(near, far, rest, place, bonuses[place])
        rest = max(rest - _GAP_MORE, 0)
        if near is not None and (far is None or near.score - _GAP_START > rest):
            far, rest = near, max(near.score - _GAP_START, 0)
    return longer


def _with_letter(near: _End | None, far: _End | None, rest: int, place: int, bonus: int) -> _End:
    """Return the better of two alignments with one more letter: at once behind it, or after a gap."""
    after_gap = rest + _MATCH + bonus if far is not None else -1
    if near is not None:
        shared = max(near.bonus, _CONSECUTIVE, bonus if bonus >= _BOUNDARY else 0)
        at_once = near.score + _MATCH + max(shared, bonus)
        if at_once > after_gap:
            return _End(at_once, place, shared, near)
    return _End(after_gap, place, bonus, far)


def _bonus(before: str, letter: str) -> int:
    if not letter.isalnum():
        return 0 if letter == "/" else _BOUNDARY
    if before == "/":
        return _AFTER_SLASH
    if not before.isalnum():
        return _BOUNDARY
    is_hump = (before.islower() and letter.isupper()) or (letter.isdigit() and not before.isdigit())
    return _CAMEL if is_hump else 0
