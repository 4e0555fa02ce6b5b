"""Recording a codex behind the recording proxy, with the mock backend as its world."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from codex_fixtures import Header, Redactor
from codex_mockserver import SyncBackend
from codex_mockserver.recording import Recorder, SyncRecordingProxy, mock_upstream
from codex_mockserver.serving import proxied_environment
from shipping._cases import Case
from shipping._codex import PATIENCE, environment_of, make_work, run_codex

__all__ = ["header_of", "record_http"]


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
            make_work(work, case)
            proxied = {"CODEX_HOME": str(home), **proxied_environment(proxy.url, proxy.ca_file)}
            environment = environment_of(folder, proxied)
            if case.api_key:
                environment["CODEX_API_KEY"] = backend.world.account("plus").api_key
            tasks = _tasks(backend)
            code, output = run_codex(
                case,
                binary,
                work,
                environment,
                name_task=lambda argument: tasks.get(argument, argument),
                open_page=lambda url: _open(url.replace("https://auth.openai.com", backend.url)),
            )
    recorder.finish()
    assert case.exit_code in (None, code), f"{case.name} ended with {code}:\n{output}"
    assert recorder.problem is None, recorder.problem


def header_of(case: Case, release: str, surface: str) -> Header:
    """Return the first line of a recording of a case."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Header(recording=1, surface=surface, title=case.title, codex=release, recorded_at=now)


def _tasks(backend: SyncBackend) -> dict[str, str]:
    """Return the ids of the cloud tasks of the account, by what stands for them in the arguments of a case."""
    workspaces = {each.id for each in backend.world.account("team").workspaces[:1]}
    tasks = (task for task in backend.world.state.tasks.values() if task.workspace in workspaces)
    return {f"<task: {task.attempts[0].outcome}>": task.id for task in tasks}


def _open(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=PATIENCE) as page:
        page.read()
