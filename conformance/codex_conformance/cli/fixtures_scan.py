"""The command ``fixtures scan``: whether recordings, or any texts, hold secrets."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from codex_conformance._printable import printable
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.terminal import Terminal
from codex_fixtures.scanning import Finding, ScannedFile, read_allow_list, scan

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit fixtures scan tests/recordings
  codex-testkit fixtures scan . --allow no-secrets.txt
  codex-testkit fixtures scan failure.jsonl --json

each line of an allow list is the fingerprint of a finding and the reason why it is no secret:
  0123456789abcdef  the checksum of a published release

exit codes:
  0  nothing was found
  1  something was found
  2  a problem, said in four lines, or a wrong argument
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "scan", "find secrets in recordings and in any text", _EXAMPLES)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder with all its files")
    parser.add_argument("--allow", type=Path, metavar="FILE", help="what may stay, each with the reason")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what was found; return 1 where that is anything."""
    allowed = read_allow_list(options.allow) if options.allow else {}
    terminal = Terminal.of()
    files = []
    for file in scan(options.paths, allowed):
        files.append(file)
        if not options.json and (file.findings or file.skipped):
            print(*_lines(file, terminal), sep="\n", flush=True)
    findings = [finding for file in files for finding in file.findings]
    if options.json:
        print(json.dumps(_as_json(files, findings), indent=2))
    else:
        print(_summary(files, findings, terminal))
    return 1 if findings else 0


def _lines(file: ScannedFile, terminal: Terminal) -> Iterator[str]:
    if file.skipped:
        yield terminal.paint(f"{printable(str(file.path))}: skipped, {file.skipped}", "dim")
    for finding in file.findings:
        place = terminal.paint(f"{printable(str(finding.path))}:{finding.line}", "bold")
        yield f"{place}: {finding.kind}: {printable(finding.excerpt)}, fingerprint {finding.fingerprint}"


def _summary(files: list[ScannedFile], findings: list[Finding], terminal: Terminal) -> str:
    skipped = sum(bool(file.skipped) for file in files)
    read = len(files) - skipped
    what = f"{read} {'file' if read == 1 else 'files'} read" + (f", {skipped} skipped" if skipped else "")
    if not findings:
        return terminal.paint(f"{what}, no secrets", "bold", "green")
    number = "1 secret" if len(findings) == 1 else f"{len(findings)} secrets"
    return terminal.paint(f"{what}, {number}", "bold", "red")


def _as_json(files: list[ScannedFile], findings: list[Finding]) -> dict[str, object]:
    return {
        "files": len(files),
        "skipped": {str(file.path): file.skipped for file in files if file.skipped},
        "findings": [{**asdict(finding), "path": str(finding.path)} for finding in findings],
    }
