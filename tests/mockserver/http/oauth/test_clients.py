"""OAuth libraries that others wrote, over a real socket."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlencode

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError
from joserfc.jwk import KeySet
from oauthlib.oauth2 import InvalidGrantError, WebApplicationClient
from requests_oauthlib import OAuth2Session

from codex_mockserver import Backend
from codex_mockserver.model import Scenario, Settings
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, CODEX_SCOPE

REDIRECT = "http://localhost:1455/auth/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.fixture(autouse=True)
def plain_http_is_allowed(monkeypatch):
    """Both libraries refuse http unless they are told that it is a test."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
async def issuer():
    """The address of a mock whose logins approve themselves."""
    async with Backend(scenario=Scenario(settings=Settings(auto_approve=True))) as backend:
        yield backend.url


def approve(url):
    """Follow the authorization URL to the client's callback, as a browser would."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def authlib_session():
    return AuthlibSession(
        CODEX_CLIENT_ID,
        scope=CODEX_SCOPE,
        redirect_uri=REDIRECT,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
    )


def authlib_login(session, issuer, verifier=VERIFIER, **extra):
    url, state = session.create_authorization_url(f"{issuer}/oauth/authorize", code_verifier=VERIFIER, **extra)
    callback = approve(url)
    redeem = {"authorization_response": callback, "state": state, "code_verifier": verifier}
    return session.fetch_token(f"{issuer}/oauth/token", **redeem), redeem


async def test_authlib_logs_in_and_verifies_the_id_token(issuer):
    def run():
        with authlib_session() as session:
            token, _ = authlib_login(session, issuer, nonce="n-1")
        metadata = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
        keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        rules = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": CODEX_CLIENT_ID},
            nonce={"essential": True, "value": "n-1"},
        )
        rules.validate(claims)
        with pytest.raises(ExpiredTokenError):
            jwt.JWTClaimsRegistry(now=lambda: int(time.time()) + 3601).validate(claims)
        head, body, signature = token["id_token"].split(".")
        with pytest.raises(BadSignatureError):
            jwt.decode(f"{head}.{body}.{'A' * len(signature)}", keys, algorithms=["RS256"])

    await asyncio.to_thread(run)


async def test_authlib_is_refused_with_a_wrong_verifier(issuer):
    def run():
        with authlib_session() as session, pytest.raises(OAuthError, match="invalid_grant"):
            authlib_login(session, issuer, verifier="w" * 43)

    await asyncio.to_thread(run)


async def test_authlib_is_refused_when_it_replays_a_code(issuer):
    def run():
        with authlib_session() as session:
            _, redeem = authlib_login(session, issuer)
            with pytest.raises(OAuthError, match="invalid_grant"):
                session.fetch_token(f"{issuer}/oauth/token", **redeem)

    await asyncio.to_thread(run)


async def test_oauthlib_logs_in_refreshes_and_is_refused_at_a_replay(issuer):
    def run():
        client = WebApplicationClient(CODEX_CLIENT_ID)
        with OAuth2Session(client=client, redirect_uri=REDIRECT, scope=CODEX_SCOPE.split(), pkce="S256") as session:
            url, _ = session.authorization_url(f"{issuer}/oauth/authorize")
            callback = approve(url)
            token = session.fetch_token(
                f"{issuer}/oauth/token", authorization_response=callback, include_client_id=True
            )
            fresh = session.refresh_token(f"{issuer}/oauth/token", client_id=CODEX_CLIENT_ID)
            assert fresh["refresh_token"] != token["refresh_token"]
            with pytest.raises(InvalidGrantError):
                session.fetch_token(f"{issuer}/oauth/token", authorization_response=callback, include_client_id=True)

    await asyncio.to_thread(run)


async def test_a_downgrade_to_plain_is_refused_before_any_code(issuer):
    query = {
        "response_type": "code",
        "client_id": CODEX_CLIENT_ID,
        "redirect_uri": REDIRECT,
        "code_challenge": VERIFIER,
        "code_challenge_method": "plain",
    }
    callback = await asyncio.to_thread(approve, f"{issuer}/oauth/authorize?{urlencode(query)}")

    assert "error=invalid_request" in callback
