"""The reference client, which does everything right, and its mutations, which do one thing wrong."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
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

    def make(mutation: str = "") -> Client:
        known = [word for name, value in ADDRESSES.items() for word in (f"--{name}", f"{{{value}}}")]
        command = [sys.executable, "-P", str(PROGRAM), f"--mutation={mutation}", *known]
        return Client(
            name=f"reference {mutation}".strip(),
            tasks={task: [*command, SPELLINGS.get(task, task), "{prompt}"] for task in TASKS},
            declared=frozenset(CLIENT_CAPABILITIES) - set(TASKS),
            deadline=30,
        )

    return make
