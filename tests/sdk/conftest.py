"""A backend with a script for every kind of answer, and the SDKs that drive it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import openai
import pytest

from codex_mockserver import Clock, SyncBackend

ROOT = Path(__file__).parent.parent.parent
SCENARIO = ROOT / "tests" / "checks" / "scenario.yaml"
NODE_FOLDER = ROOT / ".sdk"


@pytest.fixture
def backend() -> Iterator[SyncBackend]:
    """A backend of its own, on a real socket, whose clock stands still."""
    with SyncBackend(scenario=SCENARIO, clock=Clock(frozen_at=1_800_000_000)) as backend:
        yield backend


@pytest.fixture
def key(backend: SyncBackend) -> str:
    """The API key of an account of the backend."""
    return backend.world.account("plus").api_key


@pytest.fixture
def client(backend: SyncBackend, key: str) -> Iterator[openai.OpenAI]:
    """The SDK, which refuses every answer that does not fit its own types."""
    with openai.OpenAI(
        base_url=f"{backend.url}/v1", api_key=key, max_retries=0, _strict_response_validation=True
    ) as client:
        yield client


@pytest.fixture
def lenient(backend: SyncBackend, key: str) -> Iterator[openai.OpenAI]:
    """The SDK as it comes, for answers that are right on the wire and not in its types."""
    with openai.OpenAI(base_url=f"{backend.url}/v1", api_key=key, max_retries=0) as client:
        yield client


@pytest.fixture
def run_node(backend: SyncBackend, key: str) -> Callable[[str], str]:
    """A function that runs a script with the Node SDKs and returns what it prints."""
    if shutil.which("node") is None or not (NODE_FOLDER / "installed.json").exists():
        pytest.skip("the Node SDKs are not installed (make test installs them through npm)")

    def run(name: str) -> str:
        environment = {"PATH": os.environ["PATH"], "OPENAI_BASE_URL": f"{backend.url}/v1", "OPENAI_API_KEY": key}
        # A script from standard input finds its packages in the working directory.
        done = subprocess.run(
            ["node", "--input-type=module"],
            input=(Path(__file__).parent / name).read_text(),
            cwd=NODE_FOLDER,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
