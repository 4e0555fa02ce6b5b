"""The world of one run: a backend as the model, a home for codex, a working folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codex_mockserver import SyncBackend
from codex_mockserver.serving import direct_environment
from parity._cases import Case
from parity._config import config_of

__all__ = ["Home", "home_for"]


@dataclass(frozen=True)
class Home:
    """Where a case runs."""

    work: Path
    environment: dict[str, str]
    #: What the server says on stderr.
    log: Path
    #: Names by path or address, for the transcript.
    places: dict[str, str]


@contextmanager
def home_for(case: Case, folder: Path) -> Iterator[Home]:
    """Prepare a folder for a case, with a backend that says what the case's model says."""
    scenario = {"name": case.name, **case.scenario, **({"model": case.model} if case.model else {})}
    with SyncBackend(seed=case.name, scenario=scenario) as backend:
        home, work = folder / "codex-home", folder / "work"
        for path, text in {"": None, **case.files}.items():
            _write(work / path, text)
        backend.write_codex_home(home, None if case.login == "nobody" else case.login)
        (home / "config.toml").write_text(config_of(case, backend.url), encoding="utf-8")
        yield Home(
            work,
            _environment(backend, home, folder),
            folder / "stderr.txt",
            {str(home): "<home>", str(work): "<cwd>", str(folder): "<folder>", backend.url: "<backend>"},
        )


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _environment(backend: SyncBackend, home: Path, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SHELL": "/bin/bash",
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "CODEX_HOME": str(home),
        "PARITY_KEY": backend.world.account("plus").api_key,
        **direct_environment(backend.url),
    }
