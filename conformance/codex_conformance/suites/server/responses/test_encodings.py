"""Request bodies that are compressed, as codex sends them to the ChatGPT backend."""

from __future__ import annotations

import gzip
import json
import sys

import pytest

from codex_conformance.probes import Answer
from codex_conformance.suites.server.responses.faces import codex_face
from codex_conformance.suites.server.responses.prompts import HELLO, message
from codex_conformance.suites.server.responses.service import Service

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: Bytes that a small body unpacks to, far more than any conversation has.
_BOMB = 256 * 1024 * 1024


@pytest.mark.codex("responses.encoding.zstd")
@codex_face
def test_a_body_may_be_packed_with_zstd(service: Service) -> None:
    _send(service, zstd.compress(_plain(service)), "zstd").require_status(200)


@pytest.mark.codex("responses.encoding.zstd-frames")
@codex_face
def test_a_packed_body_may_be_long(service: Service) -> None:
    body = json.dumps(service.body([message(f"{number} tides") for number in range(20_000)])).encode()
    _send(service, zstd.compress(body), "zstd").require_status(200)


@pytest.mark.codex("responses.encoding.gzip")
@codex_face
def test_a_body_may_be_packed_with_gzip(service: Service) -> None:
    _send(service, gzip.compress(_plain(service)), "gzip").require_status(200)


@pytest.mark.codex("responses.encoding.unknown")
@codex_face
def test_an_unknown_packing_is_refused(service: Service) -> None:
    _send(service, _plain(service), "rot13").require_status(415)


@pytest.mark.codex("responses.encoding.damaged")
@codex_face
def test_a_damaged_body_is_refused(service: Service) -> None:
    _send(service, zstd.compress(_plain(service))[:-8], "zstd").require_status(400)


@pytest.mark.codex("responses.encoding.bomb")
@codex_face
def test_a_body_that_grows_without_end_is_refused(service: Service) -> None:
    packer = zstd.ZstdCompressor()
    chunk = bytes(1024 * 1024)
    packed = b"".join([*(packer.compress(chunk) for _ in range(_BOMB // len(chunk))), packer.flush()])
    _send(service, packed, "zstd").require_status(413, 400)


def _plain(service: Service) -> bytes:
    return json.dumps(service.body(HELLO)).encode()


def _send(service: Service, content: bytes, encoding: str) -> Answer:
    headers = {"content-type": "application/json", "content-encoding": encoding}
    return service.call("createResponse", content=content, headers=headers, misuse=True)
