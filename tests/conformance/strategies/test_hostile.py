"""Bodies and lines that are no messages."""

import gzip
import json
import zlib

import pytest

from codex_conformance.strategies import hostile, hostile_bodies, hostile_lines, request_forms
from codex_conformance.strategies._hostile import HOSTILE_BODIES, HOSTILE_LINES, HOSTILE_PACKINGS

GOOD = '{"model": "gpt-5.5", "input": "Hi"}'

#: Ways that leave JSON which some readers take, so that only the value is odd.
READABLE = {
    "a batch", "a number", "a text", "a text of a million characters", "an empty list", "an escaped NUL",
    "an integer of 5000 digits", "a number beyond all bounds", "half a surrogate pair", "lists 500 deep",
    "NaN", "null", "the same key twice", "UTF-16", "a byte order mark first",
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(set(HOSTILE_BODIES) - READABLE))
def test_what_claims_to_be_broken_is_no_json(what):
    with pytest.raises((ValueError, RecursionError)):
        json.loads(HOSTILE_BODIES[what](5, GOOD))


def test_every_way_makes_another_body():
    made = [way(5, GOOD) for way in HOSTILE_BODIES.values()]
    assert GOOD.encode() not in made
    assert len({*made}) == len(made)


def test_duplicated_keys_are_really_there():
    assert HOSTILE_BODIES["the same key twice"](0, "{}") == b'{"testkit_unknown":1,"testkit_unknown":1}'


@pytest.mark.parametrize(
    ("what", "unpack"),
    [("a bomb of gzip", gzip.decompress), ("a bomb of deflate", zlib.decompress)],
    ids=["gzip", "deflate"],
)
def test_a_bomb_is_small_and_becomes_large(what, unpack):
    bomb = HOSTILE_PACKINGS[what][1](b"")
    assert len(bomb) < 100_000
    assert len(unpack(bomb)) == 64 * 1024 * 1024


def test_all_ways_come(draws):
    drawn = {each.what for each in draws(hostile_bodies(GOOD), 800)}
    assert drawn == {*HOSTILE_BODIES, *HOSTILE_PACKINGS, "random bytes"}


def test_a_line_is_one_line_of_text(draws):
    drawn = draws(hostile_lines({"method": "thread/list", "id": 1, "params": {}}), 500)
    assert {each.what for each in drawn} > {*HOSTILE_LINES}
    for each in drawn:
        assert "\n" not in each.content.decode()


def test_a_hostile_request_says_what_it_is(draws):
    form = next(form for form in request_forms("responses") if form.operation.id == "createResponse")
    for sample in draws(hostile([form])):
        assert str(sample) == f"{form.name} as {sample.hostile.what}"
        assert not sample.is_valid
