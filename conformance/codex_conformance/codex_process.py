"""A process beside a mock: its environment, and the home of a codex."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codex_conformance import releases
from codex_schemas import Problem

__all__ = ["begin", "client_variables", "codex_home"]

#: Variables of the user that would lead a client away from the mock, or show it real credentials.
_FOREIGN = ("CODEX_", "OPENAI_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def client_variables(ours: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a client: the user's without what concerns codex and proxies, and ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith(_FOREIGN)}
    return {**inherited, **ours}


@contextmanager
def codex_home() -> Iterator[Path]:
    """Make a ``CODEX_HOME`` that goes away; codex dislikes one in the folder for temporary files."""
    parent = releases.cache_folder()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix="home-", dir=parent, ignore_cleanup_errors=True)
    except OSError as error:
        raise Problem(
            "making a home for codex",
            expected="a cache folder that can be written",
            found=f"{parent}: {error.strerror}",
            advice="Name another one in XDG_CACHE_HOME.",
        ) from None
    with folder as name:
        yield Path(name)


def begin(command: Sequence[str], environment: Mapping[str, str], **streams: Any) -> subprocess.Popen[bytes]:
    """Start a command, with the streams that are named.

    Raises:
        Problem: It cannot be executed.
    """
    try:
        return subprocess.Popen(command, env=dict(environment), **streams)  # noqa: S603 (the user's own command)
    except OSError as error:
        raise Problem(
            "running a command beside the mock",
            expected="a program that can be executed",
            found=f"{command[0]}: {error.strerror}",
            advice="Check the file and its permissions.",
        ) from None
