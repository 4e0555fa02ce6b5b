"""The application as a whole: bad input gets the right status in the right envelope, and the server goes on."""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest
from backports import zstd

from codex_mockserver import Journal, World, create_app
from codex_mockserver.http import READY_PATH, App, _app, _body
from codex_mockserver.http._origin import origin_of
from codex_mockserver.world.tokens import issue_tokens


@pytest.fixture
def app() -> App:
    return create_app()


@pytest.fixture
async def client(app: App) -> AsyncIterator[httpx.AsyncClient]:
    token = issue_tokens(app.world, "plus").access_token
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="https://chatgpt.com",
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
    ) as client:
        yield client


def is_rfc6749(body: dict) -> bool:
    return isinstance(body["error"], str) and bool(body["error_description"])


def is_chatgpt(body: dict) -> bool:
    return bool(body.get("detail")) or (bool(body["error"]["message"]) and isinstance(body["status"], int))


def is_public(body: dict) -> bool:
    return set(body["error"]) == {"message", "type", "param", "code"} and bool(body["error"]["message"])


#: One operation of each backend, with the envelope in which that backend refuses.
BACKENDS = {
    "oauth": ("/api/accounts/deviceauth/usercode", is_rfc6749),
    "wham": ("/backend-api/wham/rate-limit-reset-credits/consume", is_chatgpt),
    "codex style": ("/api/codex/tasks", is_chatgpt),
    "codex": ("/backend-api/codex/responses", is_chatgpt),
    "public": ("/v1/responses", is_public),
}

#: What a client can send wrong, and the status that it gets.
BAD_BODIES = {
    "malformed JSON": ({"content": b'{"a": '}, 400),
    "bad UTF-8": ({"content": b'{"a": "\xff"}'}, 400),
    "a list": ({"content": b"[1]"}, 400),
    "null": ({"content": b"null"}, 400),
    "very deep": ({"content": b"[" * 50_000}, 400),
    "nothing": ({"content": b""}, 400),
    "unknown encoding": ({"content": b"x", "headers": {"content-encoding": "br"}}, 415),
    "damaged gzip": ({"content": b"x", "headers": {"content-encoding": "gzip"}}, 400),
}


@pytest.mark.parametrize("bad", BAD_BODIES)
@pytest.mark.parametrize("backend", BACKENDS)
async def test_bad_input_is_refused_as_that_backend_does(client, app, backend, bad) -> None:
    path, is_its_envelope = BACKENDS[backend]
    options, status = BAD_BODIES[bad]

    answer = await client.post(path, **options)

    assert answer.status_code == status
    assert is_its_envelope(answer.json())
    exchange = app.journal.single_request(path=path)
    assert (exchange.status, bool(exchange.near_miss)) == (status, True)
    assert (await client.get("/backend-api/wham/usage")).status_code == 200


@pytest.mark.parametrize("backend", BACKENDS)
async def test_too_large_a_body_is_413(client, backend, monkeypatch) -> None:
    """A bomb is refused by what it would become, not by what it weighs."""
    path, is_its_envelope = BACKENDS[backend]
    bomb = gzip.compress(bytes(_body.MAX_BODY + 1))

    answer = await client.post(path, content=bomb, headers={"content-encoding": "gzip"})

    assert len(bomb) < 100_000
    assert answer.status_code == 413
    assert is_its_envelope(answer.json())


@pytest.mark.parametrize(
    ("method", "path", "status", "closest"),
    [
        ("GET", "/backend-api/wham/usages", 404, "GET /backend-api/wham/usage"),
        ("POST", "/oauth/tokens", 404, "POST /oauth/token"),
        ("GET", "/v1/modelz", 404, "GET /v1/models"),
        ("DELETE", "/backend-api/wham/usage", 405, "GET /backend-api/wham/usage"),
        ("GET", "/" + "x" * 5000, 404, None),
        ("GET", "/../../etc/passwd", 404, None),
    ],
)
async def test_an_unknown_path_is_a_near_miss(client, app, method, path, status, closest) -> None:
    answer = await client.request(method, path)

    assert answer.status_code == status
    near_miss = app.journal.single_request().near_miss
    assert near_miss.startswith("no operation")
    assert closest is None or closest in near_miss


async def test_a_page_is_refused_as_a_page(client) -> None:
    answer = await client.post("/codex/device", data={}, headers={"content-type": "application/x-www-form-urlencoded"})

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/backend-api/wham/usage", "/backend-api/codex/models", "/v1/models"])
@pytest.mark.parametrize("authorization", ["", "Bearer x.y.z", "Bearer sk-definitely-wrong", "Basic abc", "Bearer"])
async def test_wrong_credentials_are_401(client, path, authorization) -> None:
    answer = await client.get(path, headers={"authorization": authorization})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_websocket_operation_without_a_handshake_wants_an_upgrade(client) -> None:
    answer = await client.get("/backend-api/codex/responses")

    assert (answer.status_code, answer.headers["upgrade"]) == (426, "websocket")


async def test_a_fault_of_the_mock_is_500_and_told(client, app, caplog, monkeypatch) -> None:
    """What we did wrong ourselves stands in the log with its traceback, not in a lost connection."""

    def broken(*_args: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(_app, "authenticate", broken)
    with caplog.at_level(logging.ERROR, "codex_mockserver"):
        answer = await client.get("/backend-api/wham/usage")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "ZeroDivisionError" in caplog.text
    assert "on purpose" in app.journal.single_request().near_miss


async def test_the_ready_path_tells_what_it_was_given_and_is_not_journaled(client, app) -> None:
    here = {"host": "127.0.0.1"}
    assert (await client.get(READY_PATH, headers=here)).status_code == 404
    app.ready = {"http": "http://127.0.0.1:1"}

    assert (await client.get(READY_PATH, headers=here)).json() == app.ready
    assert (await client.get(READY_PATH)).status_code == 403
    assert app.journal.requests() == []


async def test_the_date_is_the_worlds(client, app) -> None:
    app.world.clock.frozen_at = 1_770_000_000.0

    answer = await client.get("/.well-known/jwks.json")

    assert answer.headers["date"] == "Mon, 02 Feb 2026 02:40:00 GMT"


def test_a_journal_that_is_given_is_used() -> None:
    journal = Journal()

    assert create_app(World(), journal=journal).journal is journal


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("chatgpt.com", "https://chatgpt.com"),
        ("localhost:8443", "https://localhost:8443"),
        ("127.0.0.1:8443", "https://127.0.0.1:8443"),
        ("[::1]:8443", "https://[::1]:8443"),
        ("evil.example", "https://127.0.0.1:443"),
        ("chatgpt.com.evil.example", "https://127.0.0.1:443"),
        ("[bad", "https://127.0.0.1:443"),
        ("", "https://127.0.0.1:443"),
    ],
)
def test_only_a_known_host_is_repeated_as_the_origin(host: str, origin: str) -> None:
    assert origin_of({"scheme": "https", "server": ("127.0.0.1", 443)}, {"host": host}) == origin


@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate", "zstd"])
async def test_a_body_arrives_in_every_encoding(client, app, encoding) -> None:
    plain = json.dumps({"redeem_request_id": "one"}).encode()
    encode = {"identity": bytes, "gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstd.compress}[encoding]

    answer = await client.post(
        "/backend-api/wham/rate-limit-reset-credits/consume",
        content=encode(plain),
        headers={"content-encoding": encoding},
    )

    assert answer.json()["code"] == "no_credit"
    assert app.journal.single_request().body == plain
