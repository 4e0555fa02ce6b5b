"""The authority makes certificates that a client can verify, and keeps its key."""

from __future__ import annotations

import asyncio
import socket
import ssl
import stat

import pytest

from codex_mockserver.http import REAL_HOSTS
from codex_mockserver.serving import Listener
from codex_mockserver.serving.tls import Authority
from codex_schemas import Problem


@pytest.fixture
def authority():
    authority = Authority()
    yield authority
    authority.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", *REAL_HOSTS])
async def test_the_certificate_is_good_for_every_name(authority, application, host) -> None:
    listener = Listener(application, tls=authority.server_context())
    await listener.start()
    trust = ssl.create_default_context(cafile=str(authority.certificate_file))

    _, writer = await asyncio.open_connection(*listener.address, ssl=trust, server_hostname=host)

    assert writer.get_extra_info("ssl_object").version() in {"TLSv1.2", "TLSv1.3"}
    writer.transport.abort()
    await listener.stop()


async def test_the_certificate_is_not_good_for_another_name(authority, application) -> None:
    listener = Listener(application, tls=authority.server_context())
    await listener.start()
    trust = ssl.create_default_context(cafile=str(authority.certificate_file))

    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection(*listener.address, ssl=trust, server_hostname="example.com")
    await listener.stop()


async def test_one_authority_does_not_vouch_for_another(authority, application) -> None:
    other = Authority()
    listener = Listener(application, tls=other.server_context())
    await listener.start()
    trust = ssl.create_default_context(cafile=str(authority.certificate_file))

    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection(*listener.address, ssl=trust, server_hostname="localhost")
    await listener.stop()
    other.close()


async def test_only_http_1_is_negotiated(authority, application) -> None:
    listener = Listener(application, tls=authority.server_context())
    await listener.start()
    trust = ssl.create_default_context(cafile=str(authority.certificate_file))
    trust.set_alpn_protocols(["h2", "http/1.1"])

    _, writer = await asyncio.open_connection(*listener.address, ssl=trust, server_hostname="localhost")

    assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "http/1.1"
    writer.transport.abort()
    await listener.stop()


def test_the_certificate_lies_alone_in_a_private_folder_that_goes_away() -> None:
    authority = Authority()
    folder = authority.certificate_file.parent

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == [authority.certificate_file]
    assert b"PRIVATE KEY" not in authority.certificate_file.read_bytes()

    authority.close()

    assert not folder.exists()


def test_the_key_is_written_on_demand_for_its_owner_alone(authority, tmp_path) -> None:
    authority.write_key(tmp_path / "ca.key")

    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600
    assert b"PRIVATE KEY" in (tmp_path / "ca.key").read_bytes()


def test_the_key_never_replaces_a_file(authority, tmp_path) -> None:
    (tmp_path / "ca.key").write_text("mine")

    with pytest.raises(Problem, match="the name of a new file"):
        authority.write_key(tmp_path / "ca.key")

    assert (tmp_path / "ca.key").read_text() == "mine"


def test_the_key_is_a_problem_where_it_cannot_be_written(authority, tmp_path) -> None:
    with pytest.raises(Problem, match="writing the private key"):
        authority.write_key(tmp_path / "missing" / "ca.key")


def test_localhost_resolves_to_what_the_certificate_names() -> None:
    assert {entry[4][0] for entry in socket.getaddrinfo("localhost", 443)} <= {"127.0.0.1", "::1"}
