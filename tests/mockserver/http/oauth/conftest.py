"""A client of the OAuth surface whose every answer is checked against the contract."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from codex_mockserver.http import App, create_app
from codex_mockserver.model import Scenario, Script, Settings
from codex_mockserver.world import Clock, World
from codex_mockserver.world.authorization_codes import challenge_of
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, CODEX_SCOPE
from codex_schemas import load

ORIGIN = "https://auth.openai.com"
REDIRECT = "http://localhost:1455/auth/callback"


class OAuthClient(httpx.AsyncClient):
    """Talks to one app in process, in the steps that a login takes."""

    def __init__(self, app: App) -> None:
        super().__init__(
            transport=httpx.ASGITransport(app),
            base_url=ORIGIN,
            event_hooks={"response": [self._check]},
        )
        self.app = app
        self.world = app.world
        self.verifier = secrets.token_urlsafe(32)

    async def _check(self, response: httpx.Response) -> None:
        await response.aread()
        media_type = response.headers.get("content-type", "").split(";")[0]
        operation = load("oauth").operation(list(self.app.journal)[-1].operation)
        validator = load("oauth").response_validator(operation, response.status_code, media_type)
        if validator is not None and media_type == "application/json":
            validator.check(response.json())

    async def authorize(self, **changed: str | None) -> httpx.Response:
        """Open the authorization page as codex does; None leaves a parameter out."""
        query = {
            "response_type": "code",
            "client_id": CODEX_CLIENT_ID,
            "redirect_uri": REDIRECT,
            "scope": CODEX_SCOPE,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            "id_token_add_organizations": "true",
            "codex_cli_simplified_flow": "true",
            "state": "state-1",
            "originator": "codex_cli_rs",
            **changed,
        }
        kept = {name: value for name, value in query.items() if value is not None}
        return await self.get("/oauth/authorize", params=kept)

    async def decide(self, decision: str = "approve", account: str = "plus", **changed: str) -> dict[str, str]:
        """Open the page, decide, and return the query of the redirect."""
        await self.authorize(**changed)
        form = {"login_id": list(self.world.state.logins)[-1], "account": account, "decision": decision}
        return query_of(await self.post("/oauth/authorize", data=form))

    async def token(self, **fields: str) -> httpx.Response:
        return await self.post("/oauth/token", data={"client_id": CODEX_CLIENT_ID, **fields})

    async def redeem(self, code: str, **changed: str) -> httpx.Response:
        fields = {"code": code, "redirect_uri": REDIRECT, "code_verifier": self.verifier, **changed}
        return await self.token(grant_type="authorization_code", **fields)

    async def refresh(self, refresh_token: str) -> httpx.Response:
        return await self.token(grant_type="refresh_token", refresh_token=refresh_token)

    async def log_in(self, account: str = "plus") -> dict:
        answer = await self.redeem((await self.decide(account=account))["code"])
        assert answer.status_code == 200, answer.text
        return answer.json()


def query_of(response: httpx.Response) -> dict[str, str]:
    """Return what a redirect to the client's callback says."""
    assert response.status_code == 302, response.text
    address = urlsplit(response.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == REDIRECT
    pairs = parse_qsl(address.query)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.fixture
def settings() -> Settings:
    """The choices of the scenario; a test changes them before its first call."""
    return Settings()


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[OAuthClient]:
    """A client of a fresh world whose clock stands still."""
    world = World(seed=1, clock=Clock(frozen_at=1_800_000_000))
    async with OAuthClient(create_app(world, Script(Scenario(settings=settings)))) as client:
        yield client
