"""Frames of a client, as the real app-server takes them."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode

from codex_mockserver.app_server.transports._frames import FrameReader, Received, text_frames

MEBIBYTE = 1024 * 1024


def frame(data: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


def test_text_comes_out_as_it_went_in():
    assert FrameReader().feed(frame(b"one") + frame(b"two")) == Received([b"one", b"two"])


def test_a_message_may_come_in_fragments_with_a_ping_between_them():
    data = frame(b"on", fin=False) + frame(b"hi", Opcode.PING) + frame(b"e", Opcode.CONT)
    reader = FrameReader()

    received = [reader.feed(bytes([byte])) for byte in data]

    assert [text for each in received for text in each.texts] == [b"one"]
    assert b"".join(each.pongs for each in received) == b"\x8a\x02hi" * 2


def test_binary_messages_have_no_meaning():
    data = frame(b"{}", Opcode.BINARY) + frame(b"one")

    assert FrameReader().feed(data) == Received([b"one"], binary_messages=1)


ENDS = {
    "a close frame": frame(b"\x03\xe8bye", Opcode.CLOSE),
    "no mask": Frame(Opcode.TEXT, b"one").serialize(mask=False),
    "an unknown opcode": b"\x83\x80\0\0\0\0",
    "a reserved bit": b"\xc1\x80\0\0\0\0",
    "no UTF-8": frame(b"\xff\xff"),
    "a continuation of nothing": frame(b"one", Opcode.CONT),
    "a long ping": b"\x89\xfe\x00\xc8\0\0\0\0" + b"x" * 200,
    "a frame that is too large": frame(b" " * (16 * MEBIBYTE + 1)),
}


@pytest.mark.parametrize("data", ENDS.values(), ids=ENDS)
def test_a_connection_ends_after_what_came_before(data):
    assert FrameReader().feed(frame(b"one") + data) == Received([b"one"], is_end=True)


def test_a_frame_may_have_16_mebibytes():
    received = FrameReader().feed(frame(b" " * (16 * MEBIBYTE)))

    assert [len(text) for text in received.texts] == [16 * MEBIBYTE]


def test_a_message_may_have_64_mebibytes_in_several_frames():
    reader = FrameReader()
    part = b" " * (16 * MEBIBYTE)
    reader.feed(frame(part, fin=False))
    for _ in range(3):
        assert not reader.feed(frame(part, Opcode.CONT, fin=False)).is_end

    assert reader.feed(frame(b"x", Opcode.CONT)).is_end


def test_messages_leave_as_unmasked_text():
    assert text_frames([b"one", b"x" * 200]) == b"\x81\x03one" + b"\x81\x7e\x00\xc8" + b"x" * 200
