"""The real codex beside each shipped recording of its calls: it asks what was asked, and ends as it ended."""

from __future__ import annotations

import json
import re
import urllib.request
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from shipping import PATIENCE, cases, environment_of, make_work, run_codex

from codex_fixtures import RecordingReader, Request, shipped
from codex_mockserver import SyncReplay

CODEX_FOLDER = Path(__file__).parents[2] / ".codex"
TASK = re.compile(r"/tasks/([^/]+)")
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
    make_work(work, case)
    with SyncReplay(recording.path, proxy=True) as replay:
        replay.write_codex_home(home)
        environment = environment_of(tmp_path, replay.client_environment(home))
        if case.api_key:
            environment["CODEX_API_KEY"] = json.loads((home / "auth.json").read_text())["OPENAI_API_KEY"]
        name_task = partial(known, recording.path)
        code, output = run_codex(case, binary, work, environment, name_task=name_task, open_page=approve)

    assert case.exit_code in (None, code), output
    assert [str(miss.problem) for miss in replay.misses] == [], output
    assert replay.played > 0


def known(recording: Path, argument: str) -> str:
    """Return an argument with the id of the cloud task by which the recording knows it."""
    if not argument.startswith("<task: "):
        return argument
    with RecordingReader(recording) as reader:
        urls = [entry.url for entry in reader if isinstance(entry, Request)]
    return next(match[1] for match in map(TASK.search, urls) if match)


def approve(url: str) -> None:
    """Send codex the browser of somebody who approved, with the code that the recording knows."""
    asked = parse_qs(urlsplit(url).query)
    answer = urlencode({"code": "ac_redacted0001", "state": asked["state"][0]})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(f"{asked['redirect_uri'][0]}?{answer}", timeout=PATIENCE).close()
