"""Every fixture of the plugin, as the wheel brings it."""

import asyncio
import subprocess
import sys
import urllib.request
from importlib.util import find_spec

import pytest


def call(url):
    with urllib.request.urlopen(url) as answer:
        return answer.status


def test_journal_and_world(codex_backend, codex_journal, codex_world):
    assert call(f"{codex_backend.url}/.well-known/jwks.json") == 200
    assert len(asyncio.run(codex_journal.wait(1, "jwks"))) == 1
    assert codex_world.account("plus").api_key


@pytest.mark.codex(scenario="stream-cut", seed=1, clock="2026-01-02T03:04:05Z")
def test_scenario(codex_backend, codex_scenario):
    assert codex_backend.script.scenario.name == "stream-cut"
    assert codex_scenario("openness-probe").name == "openness-probe"


@pytest.mark.codex(release="0.141.0", account="pro")
def test_app_server(codex_app_server):
    assert codex_app_server.ask("account/read", {})["account"]["planType"] == "pro"


@pytest.mark.codex(recording="0.169.0/turn-sse")
def test_recording(codex_recording):
    assert call(f"{codex_recording.url}/backend-api/codex/models?client_version=0.169.0") == 200


@pytest.mark.codex(account="team")
def test_process(codex_environment):
    program = "import os; print(sorted(os.listdir(os.environ['CODEX_HOME'])))"
    done = subprocess.run(
        [sys.executable, "-c", program], env=codex_environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['auth.json', 'config.toml']"


@pytest.mark.skipif(find_spec("respx") is None, reason="needs respx")
def test_respx(codex_respx):
    import httpx  # noqa: PLC0415 (comes with respx)

    assert httpx.get("https://auth.openai.com/.well-known/jwks.json").status_code == 200
