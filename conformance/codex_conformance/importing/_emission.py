"""Letting a codex binary write its protocol, and reading what it wrote."""

from __future__ import annotations

import json
import re
from pathlib import Path
from threading import Event
from typing import Any

from codex_conformance.importing._process import execute
from codex_schemas import Problem
from codex_schemas.app_server import Emission, normalise, read_typescript

__all__ = ["NoProtocol", "command", "emit", "read_channel"]

_BUNDLE = "codex_app_server_protocol.schemas.json"
_SCHEMA, _TYPESCRIPT, _EXPERIMENTAL = "generate-json-schema", "generate-ts", "--experimental"
#: How long a binary may take; it needs about a second.
_SECONDS = 120
#: How a binary says that it does not know a command or an option.
_UNKNOWN = re.compile(rf"(unexpected argument|unrecognized subcommand) '({_SCHEMA}|{_TYPESCRIPT}|{_EXPERIMENTAL})'")


class NoProtocol(Exception):  # noqa: N818 (a fact about a release, not a failure)
    """The release cannot write its protocol; the text says why."""


def command(emission: Emission) -> str:
    """Return what was run for an emission, as the store keeps it."""
    option = f" [{_EXPERIMENTAL}]" if emission.experimental is not None else ""
    return f"codex app-server {_SCHEMA}|{_TYPESCRIPT}{option}"


def emit(binary: Path, folder: Path, stopped: Event) -> Emission:
    """Return what a binary writes, without and with ``--experimental``.

    Args:
        binary: The program; it gets an empty ``CODEX_HOME`` and no other variable.
        folder: Where it writes.
        stopped: Ends it when it is set.

    Raises:
        NoProtocol: It has no command for that.
        Problem: It fails, hangs or writes something else.
    """
    stable = _emit_channel(binary, folder / "stable", stopped)
    if stable is None:
        raise NoProtocol(f"its binary has no command `app-server {_SCHEMA}`")
    experimental = _emit_channel(binary, folder / "experimental", stopped, _EXPERIMENTAL) or (None, None)
    return Emission(stable[0], experimental[0], stable[1], experimental[1])


def _emit_channel(binary: Path, folder: Path, stopped: Event, *options: str) -> tuple[Any, Any] | None:
    """Return the bundle and the TypeScript part; None where the binary does not know the command or option."""
    home = folder / "home"
    home.mkdir(parents=True)
    for name in (_SCHEMA, _TYPESCRIPT):
        finished = execute(
            [str(binary), "app-server", name, *options, "--out", str(folder / name)],
            seconds=_SECONDS,
            stopped=stopped,
            environment={"CODEX_HOME": str(home)},
            folder=home,
        )
        if finished.returncode != 0:
            if _UNKNOWN.search(finished.stderr):
                return None
            last = finished.stderr.strip().splitlines()[-1:] or ["nothing on standard error"]
            raise _rubbish(name, "exit code 0", f"{finished.returncode}: {last[0][:200]}")
    return read_channel(folder / _SCHEMA, folder / _TYPESCRIPT)


def read_channel(schemas: Path, typescript: Path) -> tuple[Any, Any]:
    """Return the bundle in one folder, and what the TypeScript files of another say beyond it.

    Raises:
        Problem: They are not what codex writes.
    """
    try:
        bundle = json.loads((schemas / _BUNDLE).read_bytes())
        files = {
            str(file.relative_to(typescript).with_suffix("")): file.read_text(encoding="utf-8")
            for file in typescript.rglob("*.ts")
        }
        return bundle, read_typescript(files, normalise(bundle))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # A bundle can be wrong in any place, and each place fails in its own way.
        expected = f"{_BUNDLE} and TypeScript files as codex writes them"
        raise _rubbish(_SCHEMA, expected, f"{type(error).__name__}: {error}"[:200]) from None


def _rubbish(name: str, expected: str, found: str) -> Problem:
    advice = "Import it again; if that repeats, the release must be looked at by hand."
    return Problem(f"running `codex app-server {name}`", expected=expected, found=found, advice=advice)
