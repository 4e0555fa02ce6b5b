"""The command ``schema import``: published releases into the store."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

from codex_conformance.cli import in_lines
from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.importing import (
    Catalogue,
    Importer,
    Npm,
    Outcome,
    Progress,
    missing,
    named,
    newer,
    open_store,
    shipped_store_folder,
    workspace,
)
from codex_schemas.app_server import Release

__all__ = ["add_parser", "run"]

_EXAMPLES = """\
  codex-testkit schema import --new
  codex-testkit schema import 0.166.0 0.169.0 --store protocols
  codex-testkit schema import --all --jobs 2

exit codes:
  0    done, or nothing to do
  2    a release failed, or a problem, said in four lines, or a wrong argument
  130  interrupted; what is whole is kept
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "import", "take the protocol of published releases into the store", _EXAMPLES)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="a stable release such as 0.169.0")
    parser.add_argument("--all", action="store_true", help="every stable release that the store lacks")
    parser.add_argument("--new", action="store_true", help="those of them that came out since the store's newest")
    parser.add_argument("--force", action="store_true", help="import again what the store has")
    parser.add_argument("--store", type=Path, metavar="FOLDER", help="default: the store that is installed")
    parser.add_argument(
        "--jobs", type=jobs, default=1, metavar="N", help="releases at a time, 500 MB each (default: 1)"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as one line of JSON")
    parser.set_defaults(run=lambda options: run(options, parser))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Import the releases that the options name; return 2 where one of them failed."""
    if [bool(options.versions), options.all, options.new].count(True) != 1:
        parser.error("name releases, or --all, or --new")
    if options.new and options.force:
        parser.error("--force goes with VERSION or --all")
    for number in (signal.SIGINT, signal.SIGTERM):
        # Whoever asks the process to end gets what Ctrl-C gives: nothing stays behind.
        signal.signal(number, signal.default_int_handler)
    store = (options.store or shipped_store_folder()).resolve()
    with workspace() as folder:
        outcome = _import(options, store, folder)
    for problem in outcome.failed.values():
        print(in_lines(problem), file=sys.stderr)
    print(json.dumps(_as_json(outcome, store)) if options.json else _as_text(outcome, store))
    return 2 if outcome.failed else 0


def _import(options: argparse.Namespace, store: Path, folder: Path) -> Outcome:
    archive = open_store(store, anew=options.all and options.force)
    stopped = Event()
    catalogue = Npm(folder, stopped).catalogue()
    wanted = _wanted(options, catalogue, archive.releases)
    progress = Progress(sys.stderr, len(wanted))
    importer = Importer(
        archive=archive,
        store=store,
        catalogue=catalogue,
        workspace=folder,
        progress=progress,
        stopped=stopped,
    )
    try:
        return importer.run(wanted, jobs=options.jobs)
    except KeyboardInterrupt:
        done = len(importer.outcome.imported)
        advice = "" if options.force else "; the same command goes on with the rest"
        print(f"\nstopped: {done} of {len(wanted)} releases are in the store now{advice}", file=sys.stderr)
        raise
    finally:
        progress.close()


def _wanted(options: argparse.Namespace, catalogue: Catalogue, known: Mapping[str, Release]) -> list[str]:
    has = {} if options.force else known
    if options.versions:
        return [version for version in named(catalogue, options.versions) if version not in has]
    return newer(catalogue, has) if options.new else missing(catalogue, has)


def _as_text(outcome: Outcome, store: Path) -> str:
    if not outcome.imported and not outcome.failed:
        return f"nothing to do: {store} has them all"
    lines = [f"{len(outcome.imported)} releases imported into {store}"] if outcome.imported else []
    if outcome.failed:
        lines.append(f"{len(outcome.failed)} failed: {', '.join(outcome.failed)}")
    return "\n".join(lines)


def _as_json(outcome: Outcome, store: Path) -> dict[str, Any]:
    return {
        "store": str(store),
        "imported": [release.version for release in outcome.imported if release.emits],
        "cannot_emit": {release.version: release.reason for release in outcome.imported if not release.emits},
        "failed": {
            version: {part: getattr(problem, part) for part in ("doing", "expected", "found", "advice")}
            for version, problem in outcome.failed.items()
        },
    }


def jobs(text: str) -> int:
    """Return a number of releases at a time."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number
