"""The real codex beside each shipped recording of its calls: it asks what was asked, and ends as it ended."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from shipping import Case, cases

from codex_fixtures import RecordingReader, Request, shipped
from codex_mockserver import SyncReplay

CODEX_FOLDER = Path(__file__).parents[2] / ".codex"
PATIENCE = 60.0
AUTHORIZE = re.compile(r"https://auth\.openai\.com/oauth/authorize\?\S+")
TASK = re.compile(r"/tasks/([^/]+)")
CLIENT = {"clientInfo": {"name": "testkit", "title": "testkit", "version": "1"}}
RECORDINGS = [each for each in shipped() if each.header.surface == "http"]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda each: each.name)
def test_codex_ends_as_it_ended(recording, tmp_path, request) -> None:
    case = cases()[recording.path.stem]
    if case.person == "browser":
        request.getfixturevalue("login_port")
    binary = CODEX_FOLDER / recording.header.codex / "node_modules" / ".bin" / "codex"
    if not binary.exists():
        pytest.skip(f"codex {recording.header.codex} is not installed")
    home, work = tmp_path / "codex-home", tmp_path / "work"
    work.mkdir()
    if case.repository:
        subprocess.run(["git", "init", "-q"], cwd=work, check=True)
        commit = ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "--allow-empty", "-m", "x"]
        subprocess.run(["git", *commit], cwd=work, check=True)
    with SyncReplay(recording.path, proxy=True) as replay:
        replay.write_codex_home(home)
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "SHELL": "/bin/bash", "LANG": "C.UTF-8",
            "BROWSER": "/bin/true", **replay.client_environment(home),
        }  # fmt: skip
        if case.api_key:
            environment["CODEX_API_KEY"] = json.loads((home / "auth.json").read_text())["OPENAI_API_KEY"]
        code, output = run(case, [str(binary)], recording.path, work, environment)

    assert case.exit_code in (None, code), output
    assert [str(miss.problem) for miss in replay.misses] == [], output
    assert replay.played > 0


def run(case: Case, codex: list[str], recording: Path, work: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Do what the case does, and return the exit code and what was printed."""
    arguments = [known(argument, recording) for argument in case.arguments]
    with subprocess.Popen(
        [*codex, "app-server"] if case.ask else [*codex, *arguments],
        cwd=work,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        killer = threading.Timer(PATIENCE, process.kill)
        killer.start()
        try:
            output = ask(process, case) if case.ask else listen(process, case)
            return process.wait(), output
        finally:
            killer.cancel()
            process.kill()


def known(argument: str, recording: Path) -> str:
    """Return an argument with the id of the cloud task by which the recording knows it."""
    if not argument.startswith("<task: "):
        return argument
    with RecordingReader(recording) as reader:
        urls = [entry.url for entry in reader if isinstance(entry, Request)]
    return next(match[1] for match in map(TASK.search, urls) if match)


def listen(process: subprocess.Popen[str], case: Case) -> str:
    """Return what codex prints; send it the browser of somebody who approves, where it wants one."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(case.stdin)
    process.stdin.close()
    output = ""
    for line in process.stdout:
        output += line
        if case.person == "browser" and (found := AUTHORIZE.search(line)):
            asked = parse_qs(urlsplit(found[0]).query)
            answer = urlencode({"code": "ac_redacted0001", "state": asked["state"][0]})
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            opener.open(f"{asked['redirect_uri'][0]}?{answer}", timeout=PATIENCE).close()
    return output


def ask(process: subprocess.Popen[str], case: Case) -> str:
    """Send requests one after the other, each when the one before is answered."""
    assert process.stdin is not None
    assert process.stdout is not None
    output = ""
    for number, (method, *params) in enumerate([["initialize", CLIENT], *case.ask]):
        message = {"id": number, "method": method} | ({"params": params[0]} if params else {})
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            output += line
            if line.startswith("{") and json.loads(line).get("id") == number:
                break
    process.stdin.close()
    return output
