"""What ``--listen`` may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_mockserver.app_server.transports import (
    BadArgument,
    Off,
    Stdio,
    UnixSocket,
    WebSocketListener,
    parse_endpoint,
)

HOME = Path("/home/user/.codex")

ENDPOINTS = {
    "stdio://": Stdio(),
    "off": Off(),
    "ws://127.0.0.1:0": WebSocketListener("127.0.0.1", 0),
    "ws://0.0.0.0:4500": WebSocketListener("0.0.0.0", 4500),
    "ws://[::1]:65535": WebSocketListener("::1", 65535),
    "unix:///run/codex.sock": UnixSocket(Path("/run/codex.sock")),
    "unix://codex.sock": UnixSocket(Path("codex.sock").absolute()),
    "unix://": UnixSocket(HOME / "app-server-control/app-server-control.sock"),
}


@pytest.mark.parametrize(("url", "endpoint"), ENDPOINTS.items(), ids=ENDPOINTS)
def test_a_url_names_an_endpoint(url, endpoint):
    assert parse_endpoint(url, HOME) == endpoint


@pytest.mark.parametrize("url", ["", "foo", "stdio", "stdio://x", "http://127.0.0.1:0", "ws:127.0.0.1:0", "OFF"])
def test_another_url_is_not_supported(url):
    with pytest.raises(BadArgument) as raised:
        parse_endpoint(url, HOME)

    assert str(raised.value) == (
        f"unsupported --listen URL `{url}`; expected `stdio://`, `unix://`, `unix://PATH`, `ws://IP:PORT`, or `off`"
    )


@pytest.mark.parametrize(
    "authority",
    [
        "",
        "localhost:0",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "127.0.0.1:-1",
        "127.0.0.1:٣",
        "127.0.0.1:0/path",
        "127.1:0",
        "::1:0",
        "[127.0.0.1]:0",
        "[::1]",
    ],
)
def test_a_websocket_address_is_a_literal_ip_and_a_port(authority):
    with pytest.raises(BadArgument) as raised:
        parse_endpoint(f"ws://{authority}", HOME)

    assert str(raised.value) == f"invalid websocket --listen URL `ws://{authority}`; expected `ws://IP:PORT`"


def test_an_address_knows_who_reaches_it():
    assert WebSocketListener("127.0.0.1", 1).is_loopback
    assert WebSocketListener("::1", 1).is_loopback
    assert not WebSocketListener("0.0.0.0", 1).is_loopback
