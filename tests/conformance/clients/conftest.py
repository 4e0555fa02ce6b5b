"""The reference client, which does everything right, and its mutations, which do one thing wrong."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from codex_conformance.clients import CLIENT_CAPABILITIES, TASKS, Client

PROGRAM = Path(__file__).parent / "programs" / "reference"
MEMORY = Path("/dev/shm")
#: What the program gets to know, beside its task and its prompt.
ADDRESSES = {
    "home": "codex_home",
    "chatgpt": "chatgpt_url",
    "api": "base_url",
    "auth": "auth_url",
    "codex": "codex_bin",
}
#: What is known instead where an app-server is reached over WebSocket.
OVER_WEBSOCKET = {**{name: value for name, value in ADDRESSES.items() if name != "codex"}, "url": "app_server_url"}
#: The task of the program where it has another name.
SPELLINGS = {"impatient-turn": "turn"}


@pytest.fixture(autouse=True)
def homes_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Make homes of clients, which are databases above all, in memory where the machine has a folder there."""
    parent = MEMORY if os.access(MEMORY, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(prefix="codex-testkit-", dir=parent, ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("XDG_CACHE_HOME", folder)
        yield


@pytest.fixture
def reference() -> Callable[..., Client]:
    """Return the reference client with a mutation; it is said to have every capability, so that none is looked for."""

    def make(mutation: str = "", addresses: Mapping[str, str] = ADDRESSES) -> Client:
        known = [word for name, value in addresses.items() for word in (f"--{name}", f"{{{value}}}")]
        command = [sys.executable, "-P", str(PROGRAM), f"--mutation={mutation}", *known]
        return Client(
            name=f"reference {mutation}".strip(),
            tasks={task: [*command, SPELLINGS.get(task, task), "{prompt}"] for task in TASKS},
            declared=frozenset(CLIENT_CAPABILITIES) - set(TASKS),
            deadline=30,
        )

    return make


@pytest.fixture
def reference_over_websocket(reference: Callable[..., Client]) -> Callable[..., Client]:
    """Return the same for a client that connects to an app-server which runs already."""

    def make(mutation: str = "") -> Client:
        client = reference(mutation, OVER_WEBSOCKET)
        return replace(client, declared=client.declared - {"app-server-process"})

    return make
