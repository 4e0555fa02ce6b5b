"""The stage of one trial: a backend of its own, a home, and the environment of the client."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from codex_conformance.clients._app_servers import AppServers, app_servers
from codex_conformance.clients._client import Client, fill
from codex_conformance.clients._json import object_of
from codex_conformance.clients._person import Person
from codex_conformance.clients._relay import write_relay
from codex_conformance.clients._surroundings import Surroundings
from codex_conformance.clients._trial import Trial
from codex_conformance.codex_process import client_variables, codex_home
from codex_conformance.shim import write_shim
from codex_mockserver.model import Scenario, load_scenario
from codex_mockserver.serving import SyncBackend
from codex_schemas.app_server import latest, nearest

__all__ = ["Stage", "stage"]

_BROWSER = '#!/bin/sh\nprintf "%s\\n" "$1" > {ear}\n'
#: What lies in the folder of a trial.
_HOME, _CODEX, _END = "home", "tools/codex", "app-server-exit"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """All that is there for one trial."""

    backend: SyncBackend
    scenario: Scenario
    surroundings: Surroundings
    person: Person
    #: A pipe that gets what the client wants opened in a browser.
    ear: int
    #: What the tasks with an app-server meet; None for the other ones.
    app_servers: AppServers | None
    #: Where the last app-server that the client has started leaves its exit code.
    end: Path

    def auth(self) -> tuple[dict[str, Any] | None, int | None]:
        """Return what ``auth.json`` holds, and its permissions; None twice where there is no such file."""
        file = self.surroundings.codex_home / "auth.json"
        if not file.exists():
            return None, None
        return object_of(file.read_bytes()), stat.S_IMODE(file.stat().st_mode)

    def app_server_exit(self) -> int | None:
        """Return how the last app-server ended; None where it still ran when its client had ended."""
        return int(self.end.read_text()) if self.end.exists() else None


@contextmanager
def stage(client: Client, trial: Trial) -> Iterator[Stage]:
    """Set the stage of a trial; it goes away with the block."""
    scenario = load_scenario(trial.scenario_source)
    with (
        codex_home() as base,
        SyncBackend(proxy=True, scenario=scenario) as backend,
        _ear(base) as ear,
        _app_servers(client, trial, backend, base) as servers,
    ):
        folder = _folder(client, base)
        folder.mkdir(exist_ok=True)
        surroundings = _surroundings(backend, trial, base, folder, servers)
        environment = {**_variables(backend, surroundings, base), **dict(trial.variables)}
        words = surroundings.words()
        environment |= {name: fill(value, words) for name, value in client.environment.items()}
        yield Stage(
            backend=backend,
            scenario=scenario,
            surroundings=replace(surroundings, environment=client_variables(environment)),
            person=Person(backend, trial.account or "plus", servers),
            ear=ear,
            app_servers=servers,
            end=base / _END,
        )


def _folder(client: Client, base: Path) -> Path:
    """Return where the client works."""
    return base / "work" if client.has_own_folder else Path.cwd()


def _surroundings(
    backend: SyncBackend, trial: Trial, base: Path, folder: Path, servers: AppServers | None
) -> Surroundings:
    """Return what the client gets to know, without its environment."""
    home = base / _HOME
    account = trial.account if trial.face != "api-key" else None
    backend.write_codex_home(home, account, analytics=trial.side_calls, plugins=trial.side_calls)
    tokens = msgspec.json.decode((home / "auth.json").read_bytes())["tokens"] if account else {}
    has_key = trial.account is not None and trial.face != "chatgpt"
    return Surroundings(
        prompt=trial.prompt,
        base_url=f"{backend.url}/v1",
        chatgpt_url=f"{backend.url}/backend-api",
        auth_url=backend.url,
        proxy_url=str(backend.proxy_url),
        ca_file=str(backend.ca_file),
        api_key=backend.world.account(trial.account or "plus").api_key if has_key else "",
        **{name: tokens.get(name, "") for name in ("access_token", "refresh_token", "account_id")},
        codex_home=home,
        codex_bin=str(base / _CODEX) if servers else "",
        app_server_url=servers.url if servers else "",
        folder=folder,
        environment={},
        show=lambda _text: None,
    )


def _variables(backend: SyncBackend, known: Surroundings, base: Path) -> dict[str, str]:
    """Return the variables that lead a client to the examiner, whichever of them it reads."""
    variables = {
        **backend.client_environment(known.codex_home),
        "REQUESTS_CA_BUNDLE": known.ca_file,
        "NODE_EXTRA_CA_CERTS": known.ca_file,
        "OPENAI_BASE_URL": known.base_url,
        "BROWSER": str(base / "browser"),
    }
    if known.api_key:
        variables["OPENAI_API_KEY"] = known.api_key
    if known.api_key and not known.access_token:
        variables["CODEX_API_KEY"] = known.api_key
    if known.codex_bin:
        variables["CODEX_BIN"] = known.codex_bin
        variables["CODEX_APP_SERVER_URL"] = known.app_server_url
        variables["PATH"] = os.pathsep.join((str(Path(known.codex_bin).parent), os.environ.get("PATH", os.defpath)))
    return variables


@contextmanager
def _ear(base: Path) -> Iterator[int]:
    """Make a browser that only tells what it is to open, and give the pipe by which it tells."""
    pipe, browser = base / "browser-pipe", base / "browser"
    os.mkfifo(pipe, 0o600)
    browser.write_text(_BROWSER.format(ear=shlex.quote(str(pipe))))
    browser.chmod(0o700)
    # Open for writing too, so that no browser ever waits for us.
    ear = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield ear
    finally:
        os.close(ear)


@contextmanager
def _app_servers(client: Client, trial: Trial, backend: SyncBackend, base: Path) -> Iterator[AppServers | None]:
    """Make the app-servers that a trial may need, and a ``codex`` that leads to them."""
    if not trial.has_app_server:
        yield None
        return
    scenario = _known_to(backend.script.scenario, trial.account)
    release = scenario.app_server.version or (nearest(client.release) if client.release else latest())
    with app_servers(backend, scenario, release, home=base / _HOME, folder=_folder(client, base)) as servers:
        source = base / "scenario.json"
        source.write_bytes(msgspec.json.encode(scenario))
        shim = write_shim(base / "shim", release, str(source))
        write_relay(base / _CODEX, port=servers.port, end=base / _END, release=release, shim=shim)
        yield servers


def _known_to(scenario: Scenario, account: str | None) -> Scenario:
    """Return the scenario in which nobody is logged in at the beginning, if nobody is to be."""
    if account is not None:
        return scenario
    return msgspec.structs.replace(scenario, app_server=msgspec.structs.replace(scenario.app_server, account=None))
