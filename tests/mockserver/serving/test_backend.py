"""A backend is a world with listeners, for asynchronous and for synchronous code."""

from __future__ import annotations

import asyncio
import json
import ssl
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx
import pytest

import codex_mockserver
from codex_mockserver import Backend, Clock, SyncBackend
from codex_mockserver.serving import direct_config, direct_environment, proxied_config
from codex_mockserver.world import SEEDED_NAMES
from codex_schemas import Problem

SPEAK = {"model": [{"say": [{"message": "good morning"}], "times": None}]}


def turn(backend: Backend | SyncBackend) -> dict:
    """Return what an httpx client needs to ask the model."""
    return {
        "url": f"{backend.url}/v1/responses",
        "headers": {"authorization": f"Bearer {backend.world.account('plus').api_key}"},
        "json": {"model": "gpt-5.5", "input": "hello"},
    }


async def test_a_backend_serves_its_world_and_keeps_a_journal() -> None:
    async with Backend(scenario=SPEAK) as backend, httpx.AsyncClient() as client:
        response = await client.post(**turn(backend))

        assert response.json()["output"][0]["content"][0]["text"] == "good morning"
        assert backend.journal.single_request("createResponse").status == 200


def test_synchronous_code_waits_for_the_journal() -> None:
    with SyncBackend(scenario=SPEAK) as backend:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import urllib.request as u; u.urlopen('{backend.url}/.well-known/jwks.json').read()",
            ],
        )

        (exchange,) = backend.wait(1, "jwks")

        assert exchange.status == 200
        assert process.wait(30) == 0


def test_waiting_in_vain_says_what_came_instead() -> None:
    with SyncBackend() as backend:
        httpx.get(f"{backend.url}/codex/device")

        with pytest.raises(Problem, match="showDevicePage"):
            backend.wait(1, "createResponse", within=0.05)


@pytest.mark.parametrize("kind", [Backend, SyncBackend])
def test_reset_returns_to_the_first_moment(kind) -> None:
    backend = kind(seed=1, clock=Clock(frozen_at=1_800_000_000.0))
    first = backend.world.ids.uuid()
    backend.world.clock.advance(60)
    backend.journal.open("GET", "/", "", {})

    backend.reset()

    assert backend.world.ids.uuid() == first
    assert backend.world.now() == 1_800_000_000.0
    assert len(backend.journal) == 0


def test_https_is_trusted_by_the_authority_alone() -> None:
    with SyncBackend(tls=True) as backend:
        trust = ssl.create_default_context(cafile=str(backend.ca_file))

        assert httpx.get(f"{backend.https_url}/.well-known/jwks.json", verify=trust).status_code == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"{backend.https_url}/.well-known/jwks.json")
        folder = backend.ca_file.parent
    assert not folder.exists()


def test_the_environment_leads_the_built_in_hosts_to_the_backend(tmp_path) -> None:
    with SyncBackend(proxy=True) as backend:
        environment = backend.client_environment(tmp_path)
        trust = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
        client = httpx.Client(proxy=environment["HTTPS_PROXY"], verify=trust)
        with client:
            answer = client.get("https://auth.openai.com/.well-known/openid-configuration").json()
            with pytest.raises(httpx.ProxyError, match="502"):
                client.get("https://example.com/")

        assert answer["issuer"] == "https://auth.openai.com"
        assert backend.refused_hosts == ["example.com:443"]
        assert environment["CODEX_HOME"] == str(tmp_path)
        assert environment["https_proxy"] == environment["HTTPS_PROXY"]
        assert environment["CODEX_CA_CERTIFICATE"] == environment["SSL_CERT_FILE"]


def test_the_environment_needs_the_proxy(tmp_path) -> None:
    with SyncBackend() as backend, pytest.raises(Problem, match="proxy=True"):
        backend.client_environment(tmp_path)


def test_a_codex_home_is_logged_in(tmp_path) -> None:
    home = tmp_path / "new" / "home"
    with SyncBackend() as backend:
        backend.write_codex_home(home, "team", analytics=False)
        credentials = json.loads((home / "auth.json").read_text())
        whoami = httpx.get(
            f"{backend.url}/backend-api/wham/usage",
            headers={
                "authorization": f"Bearer {credentials['tokens']['access_token']}",
                "chatgpt-account-id": credentials["tokens"]["account_id"],
            },
        )

    assert stat.S_IMODE((home / "auth.json").stat().st_mode) == 0o600
    assert credentials["auth_mode"] == "chatgpt"
    assert whoami.json()["plan_type"] == "team"
    assert tomllib.loads((home / "config.toml").read_text()) == {
        "cli_auth_credentials_store": "file",
        "check_for_update_on_startup": False,
        "analytics": {"enabled": False},
    }


def test_a_codex_home_can_be_logged_out(tmp_path) -> None:
    SyncBackend().write_codex_home(tmp_path, None)

    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
    assert "analytics" not in (tmp_path / "config.toml").read_text()


def test_a_codex_home_of_nobody_is_a_problem(tmp_path) -> None:
    with pytest.raises(Problem, match="looking up an account"):
        SyncBackend().write_codex_home(tmp_path / "home", "nobody")

    assert not (tmp_path / "home").exists()


def test_a_codex_home_that_cannot_be_written_is_a_problem(tmp_path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Problem, match="a folder that can be written"):
        SyncBackend().write_codex_home(tmp_path / "file", "plus")


def test_the_configuration_without_a_proxy_spells_loopback_in_two_ways() -> None:
    config = tomllib.loads(direct_config(8765))

    assert config["chatgpt_base_url"] == "http://127.0.0.1:8765/backend-api/"
    assert config["openai_base_url"] == "http://localhost:8765/backend-api/codex"
    assert config.items() >= tomllib.loads(proxied_config(analytics=False)).items()
    assert config["features"] == {"apps": False, "plugins": False}


def test_the_configuration_of_a_side_world_has_its_path() -> None:
    config = tomllib.loads(direct_config(8765, "/_testkit/worlds/w1"))

    assert config["chatgpt_base_url"] == "http://127.0.0.1:8765/_testkit/worlds/w1/backend-api/"
    assert config["openai_base_url"] == "http://localhost:8765/_testkit/worlds/w1/backend-api/codex"


@pytest.mark.parametrize("name", ["CODEX_REFRESH_TOKEN_URL_OVERRIDE", "CODEX_REVOKE_TOKEN_URL_OVERRIDE"])
def test_the_variables_without_a_proxy_name_operations(name) -> None:
    with SyncBackend() as backend:
        httpx.post(direct_environment(backend.url)[name], json={})

        (exchange,) = backend.journal
    assert exchange.operation in {"exchangeToken", "revokeToken"}


def test_the_description_has_credentials_that_work() -> None:
    with SyncBackend(tls=True) as backend:
        described = json.loads(json.dumps(backend.describe()))
        answers = [
            httpx.get(
                f"{described['http']}/backend-api/wham/accounts/check",
                headers={
                    "authorization": f"Bearer {account['access_token']}",
                    "chatgpt-account-id": account["account_id"],
                },
            )
            for name, account in described["accounts"].items()
            if name != "expired"
        ]

    assert set(described) == {"http", "https", "proxy", "ca_file", "control_token", "accounts"}
    assert described["proxy"] is None
    assert set(described["accounts"]) == set(SEEDED_NAMES)
    assert len(described["accounts"]["team"]["workspaces"]) == 2
    assert {answer.status_code for answer in answers} == {200}


def test_a_scenario_can_be_a_file(tmp_path) -> None:
    (tmp_path / "morning.yaml").write_text(json.dumps(SPEAK))
    with SyncBackend(scenario=tmp_path / "morning.yaml") as backend:
        assert "good morning" in httpx.post(**turn(backend)).text


def test_a_port_that_is_taken_leaves_nothing_running() -> None:
    with SyncBackend() as first:
        port = int(first.url.rsplit(":", 1)[1])
        second = SyncBackend(tls=True, https_port=port)

        with pytest.raises(Problem, match="a free port"):
            second.__enter__()

        with pytest.raises(Problem, match="a listener that runs"):
            _ = second.url
        assert second.ca_file is None


def test_the_ca_key_is_written_on_demand(tmp_path) -> None:
    with SyncBackend(tls=True) as backend:
        backend.write_ca_key(tmp_path / "ca.key")

    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600


def test_a_second_backend_is_ready_in_a_few_milliseconds() -> None:
    def seconds() -> float:
        started = time.perf_counter()
        with SyncBackend():
            return time.perf_counter() - started

    with SyncBackend():
        # The quickest of several: a machine may be busy.
        assert min(seconds() for _ in range(10)) < 0.1


async def test_backends_of_one_loop_share_nothing() -> None:
    async with Backend() as one, Backend() as other, httpx.AsyncClient() as client:
        await client.get(f"{one.url}/.well-known/jwks.json")

        assert (len(one.journal), len(other.journal)) == (1, 0)


async def test_leaving_a_backend_does_not_wait_for_clients(rounds) -> None:
    backend = await Backend().__aenter__()
    host, port = backend.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))

    assert await rounds(backend.__aexit__()) < 20

    writer.close()


@pytest.mark.parametrize("name", codex_mockserver.__all__)
def test_a_public_name_is_there(name) -> None:
    assert getattr(codex_mockserver, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'backend'"):
        _ = codex_mockserver.backend


def test_the_package_itself_is_cheap_to_import() -> None:
    script = "import sys, codex_mockserver; print([n for n in ('starlette', 'uvicorn', 'httpx') if n in sys.modules])"

    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout == b"[]\n"


def test_synchronous_backends_leave_the_process_in_peace(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from codex_mockserver import SyncBackend\nwith SyncBackend(proxy=True) as backend: print(backend.url)"
    )

    finished = subprocess.run([sys.executable, "-X", "dev", script], capture_output=True, check=True, timeout=30)

    assert finished.stderr == b""
