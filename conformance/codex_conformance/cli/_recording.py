"""What the commands that record have in common: the file, its header and what becomes of it."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from codex_conformance.cli import in_lines
from codex_fixtures import Header, Redactor, Rules, Surface, read_rules
from codex_mockserver.recording import Recorder

__all__ = ["add_file_options", "recorder_of", "release_of", "tell"]

_VERSION = re.compile(r"\bcodex\S* (\d+\.\d+\.\d+\S*)")
_SECONDS = 10


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides about the file."""
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the file, which is made anew")
    parser.add_argument("--title", default="", metavar="TEXT", help="one sentence that says what it shows")
    parser.add_argument("--codex-version", metavar="V", help="run this published release of codex")
    parser.add_argument("--rules", type=Path, metavar="FILE", help="replace what these rules name, too")
    parser.add_argument("--keep-texts", action="store_true", help="keep long instructions and descriptions")


@contextmanager
def recorder_of(options: argparse.Namespace, surface: Surface, release: str | None) -> Iterator[Recorder]:
    """Make the recorder that the options describe; an error leaves a recording that says that it ended early.

    Raises:
        Problem: The rules cannot be read, or the file cannot be made.
    """
    rules = read_rules(options.rules) if options.rules else Rules()
    if options.keep_texts:
        rules = replace(rules, keep_texts=True)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    header = Header(recording=1, surface=surface, title=options.title, codex=release, recorded_at=now)
    recorder = Recorder(options.output, header, Redactor(header, rules))
    try:
        yield recorder
    finally:
        # Nothing happens where it is finished.
        recorder.abandon()


def release_of(program: str) -> str | None:
    """Return the release of a codex, None for another program."""
    if not Path(program).name.startswith("codex"):
        return None
    try:
        said = subprocess.run(  # noqa: S603 (the user's own command)
            [program, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(said.stdout)
    return match[1] if match else None


def tell(recorder: Recorder, path: Path, *, is_brief: bool = False) -> None:
    """Say on standard error what became of a recording; briefly means only what went wrong."""
    if recorder.problem is not None:
        print(in_lines(recorder.problem), file=sys.stderr)
    elif not is_brief:
        print(f"codex-testkit: {recorder.exchanges} exchanges are in {path}", file=sys.stderr)
    if recorder.unread:
        print(f"codex-testkit: {recorder.unread} times something passed that could not be read", file=sys.stderr)
