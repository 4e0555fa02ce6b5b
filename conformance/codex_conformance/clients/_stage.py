"""The stage of one trial: a backend of its own, a home, and the environment of the client."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from codex_conformance.cli._client import client_variables, codex_home
from codex_conformance.clients._client import Client, fill
from codex_conformance.clients._outcome import Said
from codex_conformance.clients._person import Person
from codex_conformance.clients._surroundings import Surroundings
from codex_conformance.clients._tap import end_file, write_tap
from codex_conformance.clients._trial import Trial
from codex_conformance.shim import write_shim
from codex_fixtures import lines_of_transcript
from codex_mockserver.model import Scenario, load_scenario
from codex_mockserver.serving import SyncBackend
from codex_schemas.app_server import latest, nearest

__all__ = ["Stage", "stage"]

_BROWSER = '#!/bin/sh\nprintf "%s\\n" "$1" > {ear}\n'


@dataclass(frozen=True, kw_only=True)
class Stage:
    """All that is there for one trial."""

    backend: SyncBackend
    scenario: Scenario
    surroundings: Surroundings
    person: Person
    #: A pipe that gets what the client wants opened in a browser.
    ear: int
    transcript_file: Path

    def auth(self) -> tuple[dict[str, Any] | None, int | None]:
        """Return what ``auth.json`` holds, and its permissions; None twice where there is no such file."""
        file = self.surroundings.codex_home / "auth.json"
        if not file.exists():
            return None, None
        return _object(file.read_text(errors="replace")), stat.S_IMODE(file.stat().st_mode)

    def app_server_exit(self) -> int | None:
        """Return how the last app-server ended; None where it still ran when its client had ended."""
        file = end_file(self.transcript_file)
        return int(file.read_text()) if file.exists() else None

    def transcript(self) -> list[Said]:
        """Return what was said to the app-server."""
        lines = self.transcript_file.read_bytes().splitlines() if self.transcript_file.exists() else []
        found = lines_of_transcript(lines, "the transcript of the app-server")
        return [Said(line.at, line.side, line.text or "", _object(line.text or "")) for line in found]


@contextmanager
def stage(client: Client, trial: Trial) -> Iterator[Stage]:
    """Set the stage of a trial; it goes away with the block."""
    scenario = load_scenario(trial.scenario_source)
    with codex_home() as base, SyncBackend(proxy=True, scenario=scenario) as backend, _ear(base) as ear:
        folder, tools = base / "work" if client.has_own_folder else Path.cwd(), base / "tools"
        folder.mkdir(exist_ok=True)
        transcript_file = base / "transcript.jsonl"
        if trial.has_app_server:
            _write_app_server(tools, transcript_file, _known_to(scenario, trial.account), client.release)
        surroundings = _surroundings(backend, trial, base, tools / "codex", folder)
        environment = {**_variables(backend, surroundings, base), **dict(trial.variables)}
        words = surroundings.words()
        environment |= {name: fill(value, words) for name, value in client.environment.items()}
        yield Stage(
            backend=backend,
            scenario=scenario,
            surroundings=replace(surroundings, environment=client_variables(environment)),
            person=Person(backend, trial.account or "plus"),
            ear=ear,
            transcript_file=transcript_file,
        )


def _surroundings(backend: SyncBackend, trial: Trial, base: Path, codex: Path, folder: Path) -> Surroundings:
    """Return what the client gets to know, without its environment."""
    home = base / "home"
    account = trial.account if trial.face != "api-key" else None
    backend.write_codex_home(home, account, analytics=False, plugins=False)
    tokens = _object((home / "auth.json").read_text())["tokens"] if account else {}
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
        codex_bin=str(codex) if trial.has_app_server else "",
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


def _known_to(scenario: Scenario, account: str | None) -> Scenario:
    """Return the scenario in which nobody is logged in at the beginning, if nobody is to be."""
    if account is not None:
        return scenario
    return msgspec.structs.replace(scenario, app_server=msgspec.structs.replace(scenario.app_server, account=None))


def _write_app_server(tools: Path, transcript: Path, scenario: Scenario, release: str | None) -> None:
    """Write a ``codex`` whose app-server is the mock's, and whose conversation is kept."""
    source = tools / "scenario.json"
    version = nearest(release) if release else latest()
    shim = write_shim(tools / "shim", version, str(source))
    source.write_bytes(msgspec.json.encode(scenario))
    write_tap(tools / "codex", transcript, shim)


def _object(text: str) -> Any:
    """Return the JSON object that a text is, or None."""
    try:
        value: Mapping[str, Any] = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    return value if isinstance(value, dict) else None
