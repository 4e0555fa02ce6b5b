"""The command ``fixtures import``: what other tools recorded, as a recording without secrets."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from pathlib import Path

from codex_conformance.cli._json_input import called, opened, read
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.output import staged
from codex_fixtures import (
    Entry,
    Header,
    RecordingReader,
    RecordingWriter,
    Redactor,
    Rules,
    lines_of_transcript,
    read_rules,
)
from codex_fixtures.har import entries_of_har

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit fixtures import browser.har -o failure.jsonl
  codex-testkit fixtures import transcript.jsonl -o threads.jsonl --codex 0.169.0
  codex-testkit fixtures import old.jsonl -o clean.jsonl --rules rules.yaml

FILE is HAR 1.2, a transcript of {"dir": D, "msg": MESSAGE} lines, or a recording that needs
more rules. Secrets are replaced before anything is written.

exit codes:
  0  done
  2  a problem, said in four lines, or a wrong argument
"""

#: How a HAR, a recording and a transcript begin, without blanks.
_BEGINNING = 4096


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "import", "make a recording of what another tool recorded", _EXAMPLES)
    parser.add_argument("file", type=Path, metavar="FILE", help="a HAR, a transcript or a recording")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the recording")
    parser.add_argument("--title", default="", metavar="TEXT", help="one sentence that says what it shows")
    parser.add_argument("--codex", metavar="V", help="the release of codex that spoke")
    parser.add_argument("--rules", type=Path, metavar="FILE", help="what else is replaced, as YAML")
    parser.add_argument("--keep-texts", action="store_true", help="keep long instructions and descriptions")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the recording."""
    rules = _rules(options)
    with ExitStack() as stack:
        header, entries = _read(options.file, stack)
        header.title = options.title or header.title
        header.codex = options.codex or header.codex
        redactor = Redactor(header, rules)
        writer = stack.enter_context(RecordingWriter(stack.enter_context(staged(options.output)), header))
        count = 0
        for entry in chain(chain.from_iterable(map(redactor.feed, entries)), redactor.flush()):
            writer.write(entry)
            count += 1
    print(f"{options.output}: {count} {'entry' if count == 1 else 'entries'}")
    return 0


def _rules(options: argparse.Namespace) -> Rules:
    rules = read_rules(options.rules) if options.rules else Rules()
    return replace(rules, keep_texts=True) if options.keep_texts else rules


def _read(path: Path, stack: ExitStack) -> tuple[Header, Iterable[Entry]]:
    """Return the header and the entries of a file of any of the three forms."""
    stream = stack.enter_context(opened(str(path)))
    beginning = stream.read(_BEGINNING).lstrip()
    stream.seek(0)
    first_line = beginning.partition(b"\n")[0]
    if first_line.startswith(b'{"recording"'):
        reader = stack.enter_context(RecordingReader(path))
        return reader.header, reader
    if b'"dir"' in first_line or (b'"msg"' in first_line and b'"log"' not in first_line):
        return Header(recording=1, surface="app-server"), lines_of_transcript(stream, str(path))
    return entries_of_har(read(stream, called(str(path))), str(path))
