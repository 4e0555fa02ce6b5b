"""Recording a codex behind the recording proxy, with the mock backend as its world."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from codex_fixtures import Header, Redactor
from codex_mockserver import SyncBackend
from codex_mockserver.recording import Recorder, SyncRecordingProxy, mock_upstream
from codex_mockserver.serving import proxied_environment
from shipping._cases import Case

__all__ = ["header_of", "record_http"]

_PATIENCE = 60.0
_AUTHORIZE = re.compile(r"https://auth\.openai\.com/oauth/authorize\?\S+")
_CLIENT = {"clientInfo": {"name": "testkit", "title": "testkit", "version": "1"}}
_COMMIT = ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "x"]


def record_http(case: Case, release: str, binary: Path, file: Path, folder: Path) -> None:
    """Record what codex and the backend say over HTTP in a case.

    Args:
        case: The case.
        release: The release of codex.
        binary: Its program.
        file: The recording.
        folder: An empty folder to work in.
    """
    header = header_of(case, release, "http")
    recorder = Recorder(file, header, Redactor(header))
    with SyncBackend(seed=case.name, scenario=case.whole_scenario, tls=True) as backend:
        assert backend.https_url is not None
        assert backend.ca_file is not None
        with SyncRecordingProxy(recorder, mock_upstream(backend.https_url, backend.ca_file)) as proxy:
            assert proxy.ca_file is not None
            home, work = folder / "codex-home", folder / "work"
            backend.write_codex_home(home, case.account, analytics=False, plugins=False)
            _prepare(work, case)
            environment = _environment(folder, home, proxied_environment(proxy.url, proxy.ca_file))
            if case.api_key:
                environment["CODEX_API_KEY"] = backend.world.account("plus").api_key
            _run(case, [str(binary)], work, environment, backend)
    recorder.finish()
    assert recorder.problem is None, recorder.problem


def header_of(case: Case, release: str, surface: str) -> Header:
    """Return the first line of a recording of a case."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Header(recording=1, surface=surface, title=case.title, codex=release, recorded_at=now)


def _prepare(work: Path, case: Case) -> None:
    work.mkdir()
    if case.repository:
        for command in (["init", "-q", "-b", "main"], _COMMIT):
            subprocess.run(["git", *command], cwd=work, check=True)


def _environment(folder: Path, home: Path, proxied: dict[str, str]) -> dict[str, str]:
    ours = {"PATH": os.environ["PATH"], "HOME": str(folder), "SHELL": "/bin/bash", "LANG": "C.UTF-8"}
    return {**ours, "BROWSER": "/bin/true", "CODEX_HOME": str(home), **proxied}


def _run(case: Case, codex: list[str], work: Path, environment: dict[str, str], backend: SyncBackend) -> None:
    command = [*codex, "app-server"] if case.ask else [*codex, *_known(case.arguments, backend)]
    process = subprocess.Popen(
        command,
        cwd=work,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    killer = threading.Timer(_PATIENCE, process.kill)
    killer.start()
    try:
        output = _ask(process, case) if case.ask else _listen(process, case, backend)
        code = process.wait()
    finally:
        killer.cancel()
        process.kill()
        process.communicate()
    assert case.exit_code in (None, code), f"{case.name} ended with {code}:\n{output}"


def _known(arguments: list[str], backend: SyncBackend) -> list[str]:
    """Return arguments with the id of a cloud task of the account where they name one by its outcome."""
    state = backend.world.state
    workspaces = {each.id for each in backend.world.account("team").workspaces[:1]}
    tasks = {task.attempts[0].outcome: task.id for task in state.tasks.values() if task.workspace in workspaces}
    names = {f"<task: {outcome}>": task for outcome, task in tasks.items()}
    return [names.get(argument, argument) for argument in arguments]


def _listen(process: subprocess.Popen[str], case: Case, backend: SyncBackend) -> str:
    """Return what codex prints; open the address that it wants opened."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(case.stdin)
    process.stdin.close()
    output = ""
    for line in process.stdout:
        output += line
        if case.person == "browser" and (found := _AUTHORIZE.search(line)):
            _open(found[0].replace("https://auth.openai.com", backend.url))
    process.stdin = None
    return output


def _open(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=_PATIENCE) as page:
        page.read()


def _ask(process: subprocess.Popen[str], case: Case) -> str:
    """Send requests one after the other, each when the one before is answered."""
    assert process.stdin is not None
    assert process.stdout is not None
    requests = [["initialize", _CLIENT], *case.ask]
    output = ""
    for number, (method, *params) in enumerate(requests):
        message = {"id": number, "method": method} | ({"params": params[0]} if params else {})
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            output += line
            if line.startswith("{") and json.loads(line).get("id") == number:
                break
    process.stdin.close()
    process.stdin = None
    return output
