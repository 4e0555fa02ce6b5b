"""What is said now, with its secrets replaced as they are in a recording."""

from __future__ import annotations

from codex_fixtures import Entry, Frame, Header, Line, Redactor, Side, content_fields

__all__ = ["redacted", "redacted_frame", "redacted_line"]


def redacted(*entries: Entry) -> list[Entry]:
    """Return the entries of one exchange without their secrets."""
    redactor = Redactor(Header(recording=1, surface="http"))
    return [*(clean for entry in entries for clean in redactor.feed(entry)), *redactor.flush()]


def redacted_frame(side: Side, content: bytes) -> bytes:
    """Return a WebSocket message without its secrets."""
    clean = redacted(Frame(at=0, x=1, side=side, **content_fields(content)))
    return b"".join(each.content for each in clean if isinstance(each, Frame))


def redacted_line(side: Side, content: bytes) -> bytes:
    """Return a line without its secrets."""
    clean = redacted(Line(at=0, x=1, side=side, **content_fields(content)))
    return b"".join(each.content for each in clean if isinstance(each, Line))
