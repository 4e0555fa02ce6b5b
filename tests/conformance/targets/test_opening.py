import json
import os
import socket
import sys
from pathlib import Path

import pytest

from codex_conformance.app_servers import Home, Setup, SocketServer
from codex_conformance.probes import AppServerProbe, Evidence
from codex_conformance.targets import CAPABILITIES, open_target, read_target
from codex_conformance.targets.operations import find_operation
from codex_mockserver import SyncBackend
from codex_mockserver.serving import serve_app
from codex_schemas import Problem
from codex_schemas.app_server import load


def states(name, **options):
    with open_target(read_target(name, **options)) as target:
        return target, dict(target.capabilities)


async def keys_only(scope, receive, send):
    """Has the API with keys, and nothing else."""
    known = scope["type"] == "http" and (scope["method"], scope["path"]) in {
        ("POST", "/v1/responses"),
        ("GET", "/v1/models"),
    }
    await receive()
    await send(
        {
            "type": "http.response.start",
            "status": 401 if known else 404,
            "headers": [(b"content-type", b"application/json")],
        }
    )
    await send({"type": "http.response.body", "body": json.dumps({"detail": "no"}).encode()})


def test_the_mock_declares_everything() -> None:
    target, found = states("mock")

    assert set(found.values()) == {"declared"}
    assert target.surfaces == ["oauth", "wham", "responses", "app_server", "account"]


def test_what_the_user_switches_off_is_disabled() -> None:
    _, found = states("mock", disable=frozenset({"oauth.device"}))

    assert found["oauth.device"] == "disabled"
    assert found["oauth.login"] == "declared"


def test_a_mock_at_a_url_is_known_by_its_control_calls() -> None:
    with SyncBackend() as backend:
        target, found = states(backend.url)

    assert found["control"] == found["responses.websocket"] == "found"
    assert found["app-server"] == "not declared"
    assert target.surfaces == ["oauth", "wham", "responses"]


def test_another_server_is_asked_what_it_has() -> None:
    with serve_app(keys_only) as url:
        target, found = states(url, declare=frozenset({"responses.websocket"}))

    assert {name for name, state in found.items() if state == "found"} == {"responses.api", "responses.models"}
    assert found["responses.websocket"] == "declared"
    assert target.surfaces == ["responses"]


def test_what_is_declared_is_asked_for_although_it_is_not_there() -> None:
    with serve_app(keys_only) as url, open_target(read_target(url, declare=frozenset({"oauth.token"}))) as target:
        assert target.http.urls.auth == url
        assert target.http.urls.chatgpt is None


def test_an_asgi_application_is_served(monkeypatch) -> None:
    module = type(sys)("an_application")
    module.app = keys_only
    monkeypatch.setitem(sys.modules, "an_application", module)

    assert states("asgi:an_application:app")[0].surfaces == ["responses"]
    with pytest.raises(Problem, match="other"):
        states("asgi:an_application:other")


def test_where_nobody_listens_the_address_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(Problem, match=url):
        states(url)


def test_the_vendors_hosts_need_a_word() -> None:
    with pytest.raises(Problem, match="--codex-live"):
        states("live")


@pytest.mark.parametrize(
    "url", ["https://auth.openai.com", "https://chatgpt.com/backend-api", "https://api.openai.com/v1"]
)
def test_a_url_of_the_vendor_needs_the_same_word(url) -> None:
    with pytest.raises(Problem, match="--codex-live"):
        states(url)


def test_a_command_must_be_there() -> None:
    with pytest.raises(Problem, match="no-such-program"):
        states("command:no-such-program app-server")


def test_an_app_server_that_listens_already_is_left_running(tmp_path) -> None:
    home = Home(tmp_path, {"PATH": os.environ["PATH"], "CODEX_HOME": str(tmp_path)}, tmp_path / "log", {})
    server = SocketServer([str(Path(sys.executable).with_name("codex-testkit")), "app-server"], home)
    try:
        for _ in range(2):
            with open_target(read_target(server.url)) as target, target.app_server(Setup()) as found:
                connection = found.connect()
                connection.send(json.dumps({"id": 1, "method": "nothing"}))
                assert json.loads(connection.receive(10))["id"] == 1
        assert target.surfaces == ["app_server", "account"]
        assert target.capabilities["app-server.scripted"] == "not declared"
    finally:
        server.stop()


def test_a_command_of_our_own_gets_the_scenario() -> None:
    setup = Setup(model=[{"say": [{"message": "from the scenario"}]}])
    name = f"command:{Path(sys.executable).with_name('codex-testkit')} app-server --scenario {{scenario}}"
    with open_target(read_target(name)) as target, target.app_server(setup) as server:
        probe = AppServerProbe(server.connect(), load("0.169.0", experimental=True), Evidence())
        probe.handshake()
        probe.turn(probe.thread())

    texts = [params["item"].get("text") for params in probe.notifications("item/completed")]
    assert "from the scenario" in texts


@pytest.mark.parametrize("capability", CAPABILITIES.values(), ids=CAPABILITIES.get)
def test_a_capability_has_the_surface_of_its_name(capability) -> None:
    assert capability.surface in (None, capability.name.partition(".")[0].replace("-", "_"))
    assert capability.probe is None or find_operation(capability.probe)
