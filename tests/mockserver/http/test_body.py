"""Request bodies: limits, encodings and parsing."""

from __future__ import annotations

import gzip
import zlib

import pytest
from backports import zstd

from codex_mockserver.http._body import FORM, JSON, decompress, parse, read_body
from codex_mockserver.http._refusal import Refusal

PLAIN = b'{"text": "' + b"a" * 1000 + b'"}'


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


ENCODED = {
    "zstd": zstd.compress(PLAIN),
    "gzip": gzip.compress(PLAIN),
    "deflate": zlib.compress(PLAIN),
    "Deflate": raw_deflate(PLAIN),
    "identity": PLAIN,
    "": PLAIN,
    "gzip, zstd": zstd.compress(gzip.compress(PLAIN)),
}


@pytest.mark.parametrize("encoding", ENCODED, ids=lambda name: name or "none")
def test_a_body_is_decoded(encoding: str) -> None:
    assert decompress(ENCODED[encoding], encoding) == PLAIN


@pytest.mark.parametrize("encoding", ["br", "zstd, snappy", "x" * 500])
def test_an_unknown_encoding_is_415(encoding: str) -> None:
    with pytest.raises(Refusal) as caught:
        decompress(PLAIN, encoding)

    assert caught.value.status == 415
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("encoding", ["zstd", "gzip", "deflate"])
@pytest.mark.parametrize("damage", [b"garbage", b"", None], ids=["garbage", "empty", "cut short"])
def test_a_damaged_body_is_400(encoding: str, damage: bytes | None) -> None:
    body = ENCODED[encoding][:-8] if damage is None else damage

    with pytest.raises(Refusal) as caught:
        decompress(body, encoding)

    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("zstd", zstd.compress), ("gzip", gzip.compress), ("deflate", zlib.compress), ("Deflate", raw_deflate)],
)
def test_a_bomb_is_413_and_stays_small(encoding: str, compress) -> None:
    bomb = compress(bytes(50_000_000))

    with pytest.raises(Refusal) as caught:
        decompress(bomb, encoding, limit=10_000)

    assert caught.value.status == 413


async def test_an_endless_body_is_413() -> None:
    async def receive():
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    with pytest.raises(Refusal) as caught:
        await read_body(receive, limit=5_000)

    assert caught.value.status == 413


async def test_a_client_that_goes_away_is_no_traceback() -> None:
    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(Refusal):
        await read_body(receive)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a": NaN}', b"\xff\xfe", b'"\\ud800"', b"[" * 100_000, b'{"a": 1} x'],
    ids=["empty", "cut", "NaN", "bad UTF-8", "lone surrogate", "very deep", "trailing text"],
)
def test_malformed_json_is_400(body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        parse(body, JSON)

    assert caught.value.status == 400


def test_a_form_gives_its_fields() -> None:
    assert parse(b"grant_type=refresh_token&scope=a+b%20c&empty=", FORM) == {
        "grant_type": "refresh_token",
        "scope": "a b c",
        "empty": "",
    }


@pytest.mark.parametrize(
    "body",
    [b"a=%ff", b"\xff", b"a=1&a=2", b"&".join(b"k%d=1" % n for n in range(500))],
    ids=["bad escape", "bad UTF-8", "repeated field", "too many fields"],
)
def test_a_bad_form_is_400(body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        parse(body, FORM)

    assert caught.value.status == 400
