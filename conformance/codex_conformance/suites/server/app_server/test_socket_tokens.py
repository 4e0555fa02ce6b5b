"""Who may open the WebSocket of a server that was told to ask for tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from codex_conformance.app_servers import Setup, SocketServer
from codex_conformance.probes import Evidence, Unmet, require
from codex_conformance.suites.server.app_server._doors import OPEN, status_of_page, status_of_socket
from codex_conformance.suites.server.app_servers import AppServers
from codex_schemas import Problem

_UNAUTHORIZED, _FORBIDDEN = 401, 403

_TOKEN = "a-token-of-the-suite"  # noqa: S105 (made up)
_SECRET = "a secret of the suite that is long enough"  # noqa: S105 (made up)
#: The files of the token and of the secret, as people write them: with a line end.
_FILES = Setup(files={"token.txt": f"{_TOKEN}\n", "secret.txt": f"{_SECRET}\n"})

_BY_FILE = ("--ws-auth", "capability-token", "--ws-token-file", "token.txt")
_BY_DIGEST = ("--ws-auth", "capability-token", "--ws-token-sha256", hashlib.sha256(_TOKEN.encode()).hexdigest())
_SIGNED = ("--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", "secret.txt")
_STRICT = (*_SIGNED, "--ws-issuer", "harbour", "--ws-audience", "quay")

_HOUR = 3600

Listen = Callable[..., str]
Knock = Callable[..., int | str]


@pytest.fixture
def listen(processes_with: Callable[..., AppServers]) -> Listen:
    """Return what starts a server with options, and tells where it listens."""

    def start(*options: str) -> str:
        server = processes_with(*options).start(_FILES, websocket=True)
        assert isinstance(server, SocketServer), "the requirement must need app-server.restart"
        return server.url

    return start


@pytest.fixture
def knock(evidence: Evidence) -> Knock:
    """Return what tries to open a WebSocket, and tells the status of the answer."""

    def try_to_open(url: str, token: str | None = None, scheme: str = "Bearer", **more: Any) -> int | str:
        evidence.note("suite", "GET / (WebSocket)", "without a token" if token is None else "with a token")
        return status_of_socket(url, {} if token is None else {"Authorization": f"{scheme} {token}"}, **more)

    return try_to_open


def _signed(secret: str = _SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """Return a JSON Web Token that lives for an hour, unless its claims say something else; None leaves one out."""
    said = {name: value for name, value in {"exp": int(time.time()) + _HOUR, **claims}.items() if value is not None}
    body = f"{_encoded({'alg': algorithm, 'typ': 'JWT'})}.{_encoded(said)}"
    digest = hmac.digest(secret.encode(), body.encode(), "sha256") if algorithm == "HS256" else b""
    return f"{body}.{_base64(digest)}"


def _encoded(value: Any) -> str:
    return _base64(json.dumps(value).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.codex("app-server.websocket.token")
@pytest.mark.parametrize("options", [_BY_FILE, _BY_DIGEST], ids=["file", "digest"])
def test_only_the_token_opens_the_socket(listen: Listen, knock: Knock, options: tuple[str, ...]) -> None:
    url = listen(*options)
    found = [knock(url, token) for token in (None, "another-token", _TOKEN[:-1], _TOKEN)]
    wanted = [_UNAUTHORIZED] * 3 + [OPEN]
    require(found == wanted, expected=f"{wanted}: without, with two wrong ones, with the token", found=found)


@pytest.mark.codex("app-server.websocket.token-scheme")
def test_the_scheme_is_bearer_in_any_case(listen: Listen, knock: Knock) -> None:
    url = listen(*_BY_DIGEST)
    found = {scheme: knock(url, _TOKEN, scheme) for scheme in ("bearer", "BEARER", "Basic")}
    wanted = {"bearer": OPEN, "BEARER": OPEN, "Basic": _UNAUTHORIZED}
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.websocket.signed-token")
def test_a_signed_token_opens_the_socket(listen: Listen, knock: Knock) -> None:
    url = listen(*_SIGNED)
    found = knock(url, _signed())
    require(found == OPEN, expected="the status 101", found=found)


@pytest.mark.codex("app-server.websocket.signed-token-bad")
def test_a_bad_signed_token_is_refused(listen: Listen, knock: Knock) -> None:
    url, now = listen(*_SIGNED), int(time.time())
    tokens = {
        "none": None,
        "another secret": _signed(_SECRET[::-1]),
        "no signature": _signed(algorithm="none"),
        "expired": _signed(exp=now - _HOUR),
        "no end": _signed(exp=None),
        "too early": _signed(nbf=now + _HOUR),
        "no token": "x",
    }
    found = {name: knock(url, token) for name, token in tokens.items()}
    require(set(found.values()) == {_UNAUTHORIZED}, expected="the status 401 for each", found=found)


@pytest.mark.codex("app-server.websocket.signed-token-parties")
def test_a_signed_token_names_issuer_and_audience(listen: Listen, knock: Knock) -> None:
    url = listen(*_STRICT)
    parties: dict[str, dict[str, Any]] = {
        "both": {"iss": "harbour", "aud": "quay"},
        "several audiences": {"iss": "harbour", "aud": ["pier", "quay"]},
        "another issuer": {"iss": "sea", "aud": "quay"},
        "another audience": {"iss": "harbour", "aud": "pier"},
        "neither": {},
    }
    found = {name: knock(url, _signed(**claims)) for name, claims in parties.items()}
    wanted = dict(zip(parties, [OPEN] * 2 + [_UNAUTHORIZED] * 3, strict=True))
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.websocket.token-and-browsers")
def test_a_page_with_the_token_is_kept_out(listen: Listen, knock: Knock) -> None:
    found = knock(listen(*_BY_DIGEST), _TOKEN, origin="https://example.com")
    require(found == _FORBIDDEN, expected="the status 403", found=found)


@pytest.mark.codex("app-server.websocket.token-and-health")
def test_health_needs_no_token(listen: Listen, evidence: Evidence) -> None:
    evidence.note("suite", "GET /readyz")
    status = status_of_page(listen(*_BY_DIGEST), "/readyz")
    require(status == 200, expected="the status 200", found=status)


@pytest.mark.codex("app-server.websocket.token-missing")
@pytest.mark.parametrize(
    "options",
    [_BY_DIGEST[:2], _SIGNED[:2], _BY_DIGEST[2:], (*_BY_DIGEST[:2], "--ws-token-file", "missing.txt")],
    ids=["no-token", "no-secret", "no-mode", "no-file"],
)
def test_a_server_without_its_secret_does_not_listen(listen: Listen, options: tuple[str, ...]) -> None:
    try:
        url = listen(*options)
    except Problem:
        return
    raise Unmet(doing=f"starting with {' '.join(options)}", expected="an end without listening", found=url)
