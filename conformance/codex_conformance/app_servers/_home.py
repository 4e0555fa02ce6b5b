"""The world of one app-server process: a backend as the model, a home for codex, a working folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codex_conformance.app_servers._config import config_of
from codex_conformance.app_servers._setup import Setup
from codex_mockserver import SyncBackend
from codex_mockserver.serving import direct_environment

__all__ = ["Home", "home_for"]


@dataclass(frozen=True)
class Home:
    """Where an app-server runs."""

    work: Path
    environment: Mapping[str, str]
    #: What the server says on stderr.
    log: Path
    #: Names by path or address, for a transcript.
    places: Mapping[str, str]
    #: The backend; None where there is none.
    backend: SyncBackend | None = None


@contextmanager
def home_for(setup: Setup, folder: Path) -> Iterator[Home]:
    """Prepare an empty folder, with a backend that says what the setup's model says."""
    scenario = {"name": setup.name, **setup.scenario, **({"model": list(setup.model)} if setup.model else {})}
    with SyncBackend(seed=setup.name, scenario=scenario) as backend:
        home, work = folder / "codex-home", folder / "work"
        for path, text in {"": None, **setup.files}.items():
            _write(work / path, text)
        backend.write_codex_home(home, None if setup.login == "nobody" else setup.login)
        (home / "config.toml").write_text(config_of(setup, backend.url), encoding="utf-8")
        yield Home(
            work,
            _environment(setup, backend, home, folder),
            folder / "stderr.txt",
            {str(home): "<home>", str(work): "<cwd>", str(folder): "<folder>", backend.url: "<backend>"},
            backend,
        )


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _environment(setup: Setup, backend: SyncBackend, home: Path, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "SHELL": "/bin/bash",
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "CODEX_HOME": str(home),
        setup.key_variable: backend.world.account("plus").api_key,
        **direct_environment(backend.url),
    }
