"""The command ``schema history``: when something came, changed and went."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from codex_conformance.cli._options import Subparsers, add_command
from codex_conformance.cli._schema_options import EXIT_CODES
from codex_conformance.terminal import Style, Terminal

if TYPE_CHECKING:
    from codex_schemas.app_server import Event, History, Life

__all__ = ["add_parser", "run"]

_EXAMPLES = f"""\
  codex-testkit schema history turn/start
  codex-testkit schema history Turn.rootTurnId
  codex-testkit schema history 'ThreadItem[agentMessage].phase'
  codex-testkit schema history PlanType=promax
  codex-testkit schema history promax --json
{EXIT_CODES}"""

#: What an event is called; a change is told by its own text.
_WORDS = {"added": "new", "back": "back", "removed": "gone", "stable": "stable", "experimental": "experimental"}

_STYLES: dict[str, tuple[Style, ...]] = {"removed": ("red",), "changed": ("yellow",), "stable": ("green",)}


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = add_command(subparsers, "history", "say when something came, changed and went", _EXAMPLES)
    parser.add_argument("name", metavar="NAME", help="a method, type, field, variant or value")
    parser.add_argument("--json", action="store_true", help="print every event as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the history."""
    from codex_schemas.app_server import history  # noqa: PLC0415 (only some commands need the store)

    found = history(options.name)
    print(json.dumps(_as_json(found), indent=2) if options.json else "\n".join(_lines(found, Terminal.of())))
    return 0


def _lines(found: History, terminal: Terminal) -> Iterator[str]:
    for life in found.lives:
        yield from terminal.title(life.name, f"{life.kind}, {_now(life)}")
        for note in life.notes:
            yield from terminal.wrap(note, "  ")
        for event in life.events:
            yield from _event(event, _saying(event), "  ", terminal)
        for part in life.parts:
            yield from _part(part, life, terminal)
        yield ""
    yield from _footnotes(found, terminal)


def _now(life: Life) -> str:
    """Say where the newest release has it."""
    return life.events[-1].channel or f"gone in {life.gone_in}"


def _part(part: Life, whole: Life, terminal: Terminal) -> Iterator[str]:
    """Yield when a part came, and what happened to it alone since then."""
    first, *later = part.events
    around = _enclosing(part, whole)
    name = part.name.removeprefix(whole.name).lstrip(".=")
    marks = " (experimental)" if first.channel == "experimental" != around.channel_in(first.version) else ""
    yield from _event(first, f"{name}{': ' if first.text else ''}{first.text}{marks}", "  ", terminal)
    shared = {(event.version, event.kind) for event in around.events if event.kind != "changed"}
    for event in later:
        if (event.version, event.kind) not in shared:
            yield from _event(event, _saying(event), "      ", terminal)


def _enclosing(part: Life, whole: Life) -> Life:
    """Return the smallest part that another one is inside of."""
    around = [
        other
        for other in (whole, *whole.parts)
        if part.name.startswith(other.name) and part.name[len(other.name) :].startswith((".", "=", "[", "{"))
    ]
    return max(around, key=lambda other: len(other.name))


def _saying(event: Event) -> str:
    if event.kind == "changed":
        return event.text
    marks = ", experimental" if event.kind in {"added", "back"} and event.channel == "experimental" else ""
    return _WORDS[event.kind] + marks


def _event(event: Event, text: str, indent: str, terminal: Terminal) -> Iterator[str]:
    start = f"{indent}{event.version:<8} {event.published:<10}  "
    lines = terminal.wrap(text, start, " " * len(start))
    yield from (terminal.paint(line, *_STYLES.get(event.kind, ())) for line in lines)


def _footnotes(found: History, terminal: Terminal) -> Iterator[str]:
    """Say what the dates cannot mean."""
    from codex_schemas.app_server import releases  # noqa: PLC0415 (only some commands need the store)

    oldest = next(release.version for release in releases() if release.emits)
    split = next(release.version for release in releases() if release.experimental)
    events = [event for life in found.lives for part in (life, *life.parts) for event in part.events]
    if any(event.version == oldest for event in events):
        yield from terminal.wrap(f"{oldest} is the first release that emits its protocol: what it has may be older.")
    if any(event.version == split and event.kind == "experimental" for event in events):
        yield from terminal.wrap(
            f"{split} is the first release that tells its channels apart: what it has as experimental "
            "may have been so before."
        )


def _as_json(found: History) -> dict[str, Any]:
    return {"name": found.name, "lives": [_life_as_json(life) for life in found.lives]}


def _life_as_json(life: Life) -> dict[str, Any]:
    return {
        "name": life.name,
        "kind": life.kind,
        "channel": life.events[-1].channel,
        "since": life.since,
        "gone_in": life.gone_in,
        "notes": list(life.notes),
        "events": [asdict(event) for event in life.events],
        "parts": [_life_as_json(part) for part in life.parts],
    }
