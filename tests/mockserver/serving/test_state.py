"""A backend on a state file: what a client was told is in the file before it was told."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from codex_mockserver import SyncBackend
from codex_schemas import Problem


def responses_in(file: Path) -> list[str]:
    """Return the responses that the file holds, read by a copy: the mock has the file for itself."""
    copy = file.with_name("copy.db")
    copy.write_bytes(file.read_bytes())
    for suffix in ("-wal",):
        copy.with_name(copy.name + suffix).write_bytes(file.with_name(file.name + suffix).read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM records WHERE collection = 'responses'")]


def test_a_stored_response_is_there_in_the_next_process(tmp_path: Path) -> None:
    with SyncBackend(state_file=tmp_path / "world.db") as backend:
        headers = {"authorization": f"Bearer {backend.world.account('plus').api_key}"}
        created = httpx.post(f"{backend.url}/v1/responses", headers=headers, json={"model": "gpt-5.5", "input": "x"})
        path = f"/v1/responses/{created.json()['id']}"
        assert responses_in(tmp_path / "world.db") == [created.json()["id"]]

    with SyncBackend(state_file=tmp_path / "world.db") as backend:
        assert httpx.get(f"{backend.url}{path}", headers=headers).json()["output"] == created.json()["output"]


def test_a_turn_over_websocket_is_kept_before_its_first_event(tmp_path: Path) -> None:
    with SyncBackend(state_file=tmp_path / "world.db") as backend:
        headers = {"authorization": f"Bearer {backend.world.account('plus').api_key}"}
        with connect(backend.url.replace("http", "ws") + "/v1/responses", additional_headers=headers) as socket:
            socket.send(json.dumps({"type": "response.create", "model": "gpt-5.5", "input": "x", "store": True}))
            created = json.loads(socket.recv())

            assert responses_in(tmp_path / "world.db") == [created["response"]["id"]]


def test_the_accounts_of_a_scenario_keep_their_history(tmp_path: Path) -> None:
    scenario = {"accounts": {"plus": {"plan": "pro"}}}
    with SyncBackend(state_file=tmp_path / "world.db", scenario=scenario) as backend:
        backend.world.account("plus").workspaces[0].has_credits = True

    with SyncBackend(state_file=tmp_path / "world.db", scenario=scenario) as backend:
        workspace = backend.world.account("plus").workspaces[0]

        assert (workspace.plan_type, workspace.has_credits) == ("pro", True)


def test_a_file_that_is_in_use_is_refused(tmp_path: Path) -> None:
    with (
        SyncBackend(state_file=tmp_path / "world.db"),
        pytest.raises(Problem, match="no other process"),
        SyncBackend(state_file=tmp_path / "world.db"),
    ):
        pass
