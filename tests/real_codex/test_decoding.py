"""The mock refuses params that do not fit in the very words of the real app-server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codex_mockserver.app_server import AppServer, Client, RpcError
from codex_schemas import Problem
from codex_schemas.app_server import AppServerContract, example_params, load, param_names

Json = dict[str, Any]

#: Values that fit few fields.
WRONG: tuple[Any, ...] = (5, -1, 1.5, "x", True, None, {}, {"type": "bogus"}, {"a": 1, "b": 2})

#: What would reach for the network, ask for a login, or wait.
LEFT_OUT = ("logout", "upload", "login/start", "realtime", "windows", "initialize", "gatewayOAuth", "rateLimit")

SETTINGS = """
model = "gpt-5.5"
model_provider = "none"
[model_providers.none]
name = "none"
base_url = "http://127.0.0.1:9/v1"
request_max_retries = 0
stream_max_retries = 0
[features]
apps = false
plugins = false
[analytics]
enabled = false
"""


@pytest.fixture
def contract(release: str) -> AppServerContract:
    return load(release, experimental=True)


def requests(contract: AppServerContract) -> Iterator[Json]:
    """Yield every request with params that lack something or have one wrong field."""
    for method in contract.methods.values():
        if method.sender != "client" or method.kind != "request" or any(part in method.name for part in LEFT_OUT):
            continue
        yield {"method": method.name}
        for params in (5, "x", {}):
            yield {"method": method.name, "params": params}
        sample = example_params(contract, method.name) or {}
        for field in param_names(contract, method.name):
            for value in WRONG:
                yield {"method": method.name, "params": {**sample, field: value}}


def real_answers(binary: Path, home: Path, requests: list[Json]) -> Iterator[Json]:
    """Ask the real app-server one request after another, and yield its answers."""
    (home / "config.toml").write_text(SETTINGS)
    nowhere = "http://127.0.0.1:9"
    process = subprocess.Popen(
        [binary, "app-server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "CODEX_HOME": str(home),
            "HTTP_PROXY": nowhere,
            "HTTPS_PROXY": nowhere,
        },
    )
    capabilities = {"experimentalApi": True}
    hello = {
        "method": "initialize",
        "params": {"clientInfo": {"name": "a", "version": "1"}, "capabilities": capabilities},
    }
    with process:
        for number, request in enumerate([hello, *requests]):
            process.stdin.write(json.dumps({**request, "id": number}).encode() + b"\n")
            process.stdin.flush()
            answer = next(message for line in process.stdout if (message := json.loads(line)).get("id") == number)
            if number:
                yield answer
        process.kill()


def test_every_misfit_is_refused_in_the_same_words(binary, release, contract, tmp_path):
    client = Client(AppServer(version=release))
    asked = list(requests(contract))
    answers = real_answers(binary, tmp_path, asked)

    differences = []
    for request, answer in zip(asked, answers, strict=True):
        said = answer.get("error", {}).get("message", "")
        real = said if said.startswith("Invalid request:") else None
        if (ours := refusal(client, request)) != real:
            differences.append((request, real, ours))

    assert not differences
    assert len(asked) > 2000


def refusal(client: Client, request: Json) -> str | None:
    """Return the words in which the mock refuses to read a request; None where it reads it."""
    try:
        client.result(client.begin(**request))
    except RpcError as error:
        return error.message if error.message.startswith("Invalid request:") else None
    except Problem:
        return None
    return None
