"""Content codings, whatever the pieces are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_mockserver.recording.codings import CODINGS, BadCoding, coding_of, decoder, encoder


@pytest.mark.parametrize("coding", CODINGS)
@given(pieces=st.lists(st.binary(max_size=200)), size=st.integers(1, 50))
def test_what_is_encoded_in_pieces_is_decoded_in_other_pieces(coding, pieces, size) -> None:
    code, decode = encoder(coding), decoder(coding)
    wire = b"".join(map(code.feed, pieces)) + code.finish()

    plain = b"".join(decode.feed(wire[start : start + size]) for start in range(0, len(wire), size))

    assert plain == b"".join(pieces)
    assert decode.is_complete


@pytest.mark.parametrize("coding", CODINGS)
def test_a_piece_can_be_read_before_the_next_is_sent(coding) -> None:
    code, decode = encoder(coding), decoder(coding)

    assert decode.feed(code.feed(b"first")) == b"first"
    assert not decode.is_complete


@pytest.mark.parametrize("coding", CODINGS)
def test_a_large_body_comes_out_whole(coding) -> None:
    """It is decoded a MiB at a time, and this is three of them out of a few bytes."""
    code, decode = encoder(coding), decoder(coding)
    wire = code.feed(bytes(3 << 20)) + code.finish()

    assert decode.feed(wire) == bytes(3 << 20)
    assert decode.is_complete


@pytest.mark.parametrize("coding", CODINGS)
def test_a_trap_is_left(coding, monkeypatch) -> None:
    monkeypatch.setattr("codex_mockserver.recording.codings._MOST_DECODED", 1 << 20)
    code, decode = encoder(coding), decoder(coding)

    with pytest.raises(BadCoding, match="too large"):
        decode.feed(code.feed(bytes(3 << 20)))


@pytest.mark.parametrize("coding", CODINGS)
def test_nonsense_is_refused(coding) -> None:
    with pytest.raises(BadCoding):
        decoder(coding).feed(b"this is not encoded at all, whatever its head may say")


@pytest.mark.parametrize(
    ("values", "coding"),
    [(["GZIP "], "gzip"), (["gzip, zstd"], None), (["gzip", "zstd"], None), (["br"], None), ([], None)],
    ids=["case and blanks", "two", "two headers", "unknown", "none"],
)
def test_the_headers_name_one_known_coding_or_none(values, coding) -> None:
    assert coding_of([("Content-Encoding", value) for value in values]) == coding
