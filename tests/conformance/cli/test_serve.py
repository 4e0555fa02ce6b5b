"""`serve` says where it listens, serves, and ends well on a signal."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import stat
import time
from pathlib import Path

import httpx
import pytest

from codex_mockserver.world import SEEDED_NAMES

HANDSHAKE = (
    "GET /v1/responses HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n"
    "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n"
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def ready_line(process) -> dict:
    """Return what the command prints when it is ready."""
    return json.loads(process.stdout.readline())


def test_the_ready_line_names_everything_that_listens(start) -> None:
    ready = ready_line(start("serve", "--port", "0", "--json"))
    trust = ssl.create_default_context(cafile=ready["ca_file"])
    account = ready["accounts"]["team"]
    headers = {"authorization": f"Bearer {account['access_token']}", "chatgpt-account-id": account["account_id"]}

    assert httpx.get(f"{ready['http']}/.well-known/jwks.json").status_code == 200
    assert httpx.get(f"{ready['https']}/.well-known/jwks.json", verify=trust).status_code == 200
    with httpx.Client(proxy=ready["proxy"], verify=trust) as client:
        answer = client.get("https://chatgpt.com/backend-api/wham/usage", headers=headers)
    assert answer.json()["plan_type"] == account["plan_type"] == "team"
    assert set(ready["accounts"]) == set(SEEDED_NAMES)
    assert set(account) == {"email", "account_id", "plan_type", "workspaces", "access_token", "api_key"}


def test_the_mock_tells_the_same_at_its_own_path(start) -> None:
    ready = ready_line(start("serve", "--port", "0", "--json"))

    assert httpx.get(f"{ready['http']}/_testkit/ready").json() == ready


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_ends_it_at_once_even_with_an_open_socket(start, number) -> None:
    process = start("serve", "--port", "0", "--json")
    ready = ready_line(process)
    host, port = ready["http"].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as client:
        client.sendall(HANDSHAKE.format(key=ready["accounts"]["plus"]["api_key"]).encode())
        assert client.recv(100).startswith(b"HTTP/1.1 101")

        started = time.monotonic()
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)

    assert (process.returncode, output, errors) == (0, "", "")
    assert time.monotonic() - started < 2
    assert not Path(ready["ca_file"]).exists()


def test_a_seed_and_a_frozen_clock_make_every_run_the_same(start) -> None:
    arguments = ("serve", "--port", "0", "--json", "--seed", "7", "--frozen-clock", "2026-01-02T03:04:05Z")
    runs = [ready_line(start(*arguments)) for _ in range(2)]
    date = httpx.get(f"{runs[0]['http']}/.well-known/jwks.json").headers["date"]

    assert runs[0]["accounts"] == runs[1]["accounts"]
    assert date == "Fri, 02 Jan 2026 03:04:05 GMT"


def test_a_scenario_speaks(start, tmp_path) -> None:
    (tmp_path / "morning.yaml").write_text("model:\n  - say:\n      - message: good morning\n")
    ready = ready_line(start("serve", "--port", "0", "--json", "--scenario", tmp_path / "morning.yaml"))

    answer = httpx.post(
        f"{ready['http']}/v1/responses",
        headers={"authorization": f"Bearer {ready['accounts']['plus']['api_key']}"},
        json={"model": "gpt-5.5", "input": "hello"},
    )

    assert "good morning" in answer.text


def test_a_scenario_with_a_typo_is_a_problem(testkit, tmp_path) -> None:
    (tmp_path / "typo.yaml").write_text("model:\n  - sya: []\n")

    finished = testkit("serve", "--port", "0", "--scenario", tmp_path / "typo.yaml")

    assert finished.returncode == 2
    assert "typo.yaml" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_the_ca_key_is_written_on_demand_and_never_over_a_file(start, testkit, tmp_path) -> None:
    ready_line(start("serve", "--port", "0", "--json", "--ca-key", tmp_path / "ca.key"))

    again = testkit("serve", "--port", "0", "--ca-key", tmp_path / "ca.key")

    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600
    assert again.returncode == 2
    assert "writing the private key" in again.stderr


def test_a_person_reads_the_addresses(start) -> None:
    process = start("serve", "--port", "0")

    lines = [process.stdout.readline() for _ in range(8)]

    assert [line.split()[0] for line in lines[1:5]] == ["http", "https", "proxy", "CA"]
    assert lines[6].startswith("What codex needs to come here: codex-testkit env http://127.0.0.1:")
    assert max(map(len, lines)) <= 80
