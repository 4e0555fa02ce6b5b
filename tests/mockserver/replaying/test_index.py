"""The exchanges of a recording are found in its file, however they lie among each other."""

from __future__ import annotations

from codex_mockserver.replaying._index import Index

from .conftest import answer, call


def test_exchanges_that_overlap_are_told_apart(recording) -> None:
    first, second = [*call(1), *answer(1, "a", "b")], [*call(2, path="/b"), *answer(2, "c")]
    for at, entry in enumerate([first[0], second[0], *first[1:4], *second[1:], *first[4:]]):
        entry.at = at
    index = Index(recording(*first, *second))

    assert [(each.method, each.path, each.size, each.is_whole) for each in index.exchanges] == [
        ("GET", "/a", 2, True),
        ("GET", "/b", 1, True),
    ]
    assert list(index.entries(index.exchanges[0])) == first
    assert list(index.entries(index.exchanges[1])) == second


def test_an_exchange_that_never_ended_is_not_whole(recording) -> None:
    index = Index(recording(*call(), *answer(1, "a")[:-1], is_whole=False))

    assert [each.is_whole for each in index.exchanges] == [False]
    assert index.ended_early


def test_two_requests_that_say_the_same_share_a_fingerprint(recording) -> None:
    entries = [*call(1, body="{}"), *answer(1), *call(2, body="{}"), *answer(2), *call(3, body="[]"), *answer(3)]
    index = Index(recording(*entries), lambda value: repr(value).encode())

    first, second, third = (each.fingerprint for each in index.exchanges)
    assert first == second != third
    assert index.value(index.exchanges[2])["body"] == []
