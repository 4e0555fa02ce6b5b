"""The transcripts of the real binaries, one file for each case and release."""

from __future__ import annotations

import json
from pathlib import Path

from parity._driver import Transcript

__all__ = ["golden_file", "read_golden", "write_transcript"]

_FOLDER = Path(__file__).parent / "golden"


def golden_file(release: str, name: str) -> Path:
    """Return where the transcript of a case is kept."""
    return _FOLDER / release / f"{name}.json"


def read_golden(release: str, name: str) -> Transcript:
    """Return what the real binary said in a case."""
    transcript: Transcript = json.loads(golden_file(release, name).read_text(encoding="utf-8"))
    return transcript


def write_transcript(path: Path, transcript: Transcript) -> None:
    """Write a transcript with one message on a line."""
    connections = [f"{json.dumps(name)}: [\n{_lines(messages)}\n]" for name, messages in transcript.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{" + ",\n".join(connections) + "}\n", encoding="utf-8")


def _lines(messages: list[dict[str, object]]) -> str:
    return ",\n".join(json.dumps(message, ensure_ascii=False) for message in messages)
