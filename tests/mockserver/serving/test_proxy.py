"""The proxy tunnels the built-in hosts to the mock and reaches nothing else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from codex_mockserver.http import REAL_HOSTS
from codex_mockserver.serving import ConnectProxy, Listener
from codex_mockserver.serving.connection import reset
from codex_mockserver.serving.tls import Authority
from codex_schemas import Problem

#: Requests that the proxy refuses, with the status that they get.
REFUSED = {
    "another host": (b"CONNECT example.com:443 HTTP/1.1\r\n\r\n", b"502"),
    "another port": (b"CONNECT chatgpt.com:80 HTTP/1.1\r\n\r\n", b"502"),
    "no port": (b"CONNECT chatgpt.com HTTP/1.1\r\n\r\n", b"502"),
    "a host that ends like a known one": (b"CONNECT evil-chatgpt.com:443 HTTP/1.1\r\n\r\n", b"502"),
    "plain http": (b"GET http://chatgpt.com/ HTTP/1.1\r\n\r\n", b"405"),
    "another protocol": (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"),
    "no protocol": (b"CONNECT chatgpt.com:443\r\n\r\n", b"400"),
    "a header that never ends": (b"CONNECT chatgpt.com:443 HTTP/1.1\r\nx: " + b"a" * 500_000, b"431"),
}


@pytest.fixture
async def trust_and_proxy(application) -> AsyncIterator[tuple[ssl.SSLContext, ConnectProxy]]:
    authority = Authority()
    listener = Listener(application, tls=authority.server_context())
    await listener.start()
    proxy = ConnectProxy(REAL_HOSTS, listener.address)
    await proxy.start()
    yield ssl.create_default_context(cafile=str(authority.certificate_file)), proxy
    await proxy.stop()
    await listener.stop()
    authority.close()


@pytest.fixture
def proxy(trust_and_proxy) -> ConnectProxy:
    return trust_and_proxy[1]


def address(proxy: ConnectProxy) -> tuple[str, int]:
    host, port = proxy.authority.split(":")
    return host, int(port)


@pytest.mark.parametrize("host", REAL_HOSTS)
async def test_a_built_in_host_is_answered_by_the_mock(trust_and_proxy, host) -> None:
    trust, proxy = trust_and_proxy
    async with httpx.AsyncClient(proxy=f"http://{proxy.authority}", verify=trust) as client:
        response = await client.get(f"https://{host}/")

    assert response.text == "hello"
    assert not proxy.refused


@pytest.mark.parametrize(("request_bytes", "status"), REFUSED.values(), ids=REFUSED)
async def test_everything_else_is_refused_in_four_parts(proxy, raw, caplog, request_bytes, status) -> None:
    check_refusal(await raw(address(proxy), request_bytes), status)
    assert caplog.records == []


async def test_a_header_that_stops_is_refused_too(raw, caplog) -> None:
    proxy = ConnectProxy(REAL_HOSTS, ("127.0.0.1", 1), header_seconds=0.1)
    await proxy.start()

    check_refusal(await raw(address(proxy), b"CONNECT chatgpt.com:443 HTTP/1.1\r\nx: "), b"408")
    assert caplog.records == []

    await proxy.stop()


def check_refusal(answer: bytes, status: bytes) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == status
    assert b"content-type: text/plain" in head
    assert all(part in body for part in (b"proxy of codex-testkit: expected ", b", found ", b"NO_PROXY"))


async def test_the_hosts_that_were_refused_are_remembered(proxy, raw) -> None:
    await raw(address(proxy), REFUSED["another host"][0])
    await raw(address(proxy), REFUSED["another port"][0])

    assert list(proxy.refused) == ["example.com:443", "chatgpt.com:80"]


async def test_a_client_that_leaves_without_a_word_is_no_trouble(proxy, raw, caplog) -> None:
    await raw(address(proxy), b"", half_close=True)

    assert caplog.records == []


async def test_a_tunnel_whose_mock_is_gone_is_closed(raw) -> None:
    listener = Listener(None)
    await listener.start()
    upstream = listener.address
    await listener.stop()
    proxy = ConnectProxy(REAL_HOSTS, upstream)
    await proxy.start()

    answer = await raw(address(proxy), b"CONNECT chatgpt.com:443 HTTP/1.1\r\n\r\n")

    assert answer == b""
    await proxy.stop()


async def test_stopping_drops_open_tunnels_at_once(proxy, rounds, caplog) -> None:
    reader, writer = await asyncio.open_connection(*address(proxy))
    writer.write(b"CONNECT chatgpt.com:443 HTTP/1.1\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"

    assert await rounds(proxy.stop()) < 20
    assert await reader.read() == b""
    writer.close()
    assert caplog.records == []


def test_the_proxy_listens_on_loopback_only() -> None:
    with pytest.raises(Problem, match="a loopback address"):
        ConnectProxy(REAL_HOSTS, ("127.0.0.1", 1), "0.0.0.0")


async def test_a_reset_behind_the_proxy_reaches_the_client() -> None:
    """A client must see the same through a tunnel as without it."""

    def break_off(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"half of a")
        reset(writer.transport)

    server = await asyncio.start_server(break_off, "127.0.0.1", 0)
    proxy = ConnectProxy(["chatgpt.com"], server.sockets[0].getsockname()[:2])
    await proxy.start()
    reader, writer = await asyncio.open_connection(*address(proxy))
    writer.write(b"CONNECT chatgpt.com:443 HTTP/1.1\r\n\r\n")

    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), 30)

    writer.close()
    await proxy.stop()
    server.close()
