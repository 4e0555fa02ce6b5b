"""Lines of a byte stream."""

from __future__ import annotations

from codex_mockserver.app_server.transports import lines
from codex_mockserver.app_server.transports.lines import LineReader


def test_lines_come_in_any_pieces():
    reader = LineReader()

    assert [line for byte in b'{"a": 1}\r\n\n  {"b": 2}  \n{"c"' for line in reader.feed(bytes([byte]))] == [
        b'{"a": 1}',
        b'{"b": 2}',
    ]
    assert reader.feed(b": 3}\nrest") == [b'{"c": 3}']
    assert reader.finish() == [b"rest"]
    assert reader.finish() == []


def test_a_line_that_is_too_long_is_left_out(monkeypatch):
    monkeypatch.setattr(lines, "LONGEST", 10)
    reader = LineReader()

    assert reader.feed(b"a" * 6) + reader.feed(b"a" * 6) + reader.feed(b"\nshort\n") == [b"short"]
    assert reader.left_out == 1
