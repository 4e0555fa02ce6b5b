"""Whatever happens in whatever order: nothing that works once works twice, and nothing dead works at all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import httpx
import hypothesis.strategies as st
from hypothesis import assume, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule

from codex_mockserver.http import create_app
from codex_mockserver.world import Clock, World
from codex_mockserver.world.authorization_codes import REPLAY_GRACE, redeem_code
from codex_mockserver.world.device_codes import (
    DEVICE_REDIRECT_URI,
    MISSES_ALLOWED,
    AuthorizationPending,
    UnknownUserCode,
    approve_device,
    begin_device_login,
    deny_device,
    poll_device,
    waiting_device,
)
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, GrantRejected, refresh_tokens, revoke_token

ATTEMPTS = st.integers(1, 3)


@dataclass
class Family:
    """What a login gave: its tokens and whether it is alive."""

    born_at: float
    newest: str
    alive: bool = True


@dataclass
class Device:
    """What the model expects of a device."""

    id: str
    user_code: str
    begun_at: float
    status: str = "pending"


@dataclass
class Code:
    """What the model expects of an authorization code."""

    code: str
    verifier: str
    given_at: float
    spent: bool = False
    family: Family | None = None


@dataclass
class RefreshToken:
    """A refresh token and the family that it belongs to."""

    token: str
    family: Family = field(repr=False)


class WorldDriver:
    """Performs the steps on a world."""

    def __init__(self):
        self.world = World(seed=1, clock=Clock(frozen_at=1_800_000_000))

    def begin(self):
        device = begin_device_login(self.world, CODEX_CLIENT_ID)
        return device.id, device.user_code

    def decide(self, user_code, decision):
        try:
            device = waiting_device(self.world, user_code)
        except UnknownUserCode:
            return False
        if decision == "deny":
            deny_device(device)
        else:
            approve_device(self.world, device, "plus")
        return True

    def poll(self, device, attempts):
        results = [self._poll(device) for _ in range(attempts)]
        return [result for result in results if result]

    def _poll(self, device):
        try:
            collected = poll_device(self.world, device.id, device.user_code)
        except (AuthorizationPending, GrantRejected):
            return None
        return collected.authorization_code, collected.code_verifier

    def redeem(self, code, verifier, attempts):
        def attempt():
            return redeem_code(
                self.world, code, client_id=CODEX_CLIENT_ID, redirect_uri=DEVICE_REDIRECT_URI, verifier=verifier
            )

        return self._refresh_tokens(attempt, attempts)

    def refresh(self, token, attempts):
        return self._refresh_tokens(lambda: refresh_tokens(self.world, token, CODEX_CLIENT_ID), attempts)

    def _refresh_tokens(self, attempt, attempts):
        given = []
        for _ in range(attempts):
            try:
                given.append(attempt().refresh_token)
            except GrantRejected:
                continue
        return given

    def revoke(self, token):
        revoke_token(self.world, token)

    def close(self):
        pass


class AppDriver:
    """Performs the steps over HTTP, attempts at the same time."""

    def __init__(self):
        self.world = World(seed=1, clock=Clock(frozen_at=1_800_000_000))
        self.runner = asyncio.Runner()
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(self.world)), base_url="https://auth.openai.com"
        )

    def _send(self, path, attempts=1, **body):
        """Send the same request several times at once and return the good answers."""

        async def send():
            return await asyncio.gather(*(self.client.post(path, **body) for _ in range(attempts)))

        answers = self.runner.run(send())
        assert all(answer.status_code < 500 for answer in answers)
        return [answer for answer in answers if answer.is_success]

    def begin(self):
        (answer,) = self._send("/api/accounts/deviceauth/usercode", json={"client_id": CODEX_CLIENT_ID})
        return answer.json()["device_auth_id"], answer.json()["user_code"]

    def decide(self, user_code, decision):
        form = {"user_code": user_code, "account": "plus", "decision": decision}
        return bool(self._send("/codex/device", data=form))

    def poll(self, device, attempts):
        body = {"device_auth_id": device.id, "user_code": device.user_code}
        answers = self._send("/api/accounts/deviceauth/token", attempts, json=body)
        return [(answer.json()["authorization_code"], answer.json()["code_verifier"]) for answer in answers]

    def redeem(self, code, verifier, attempts):
        form = {"code": code, "redirect_uri": DEVICE_REDIRECT_URI, "code_verifier": verifier}
        return self._token({"grant_type": "authorization_code", **form}, attempts)

    def refresh(self, token, attempts):
        return self._token({"grant_type": "refresh_token", "refresh_token": token}, attempts)

    def _token(self, form, attempts):
        answers = self._send("/oauth/token", attempts, data={"client_id": CODEX_CLIENT_ID, **form})
        return [answer.json()["refresh_token"] for answer in answers]

    def revoke(self, token):
        assert self._send("/oauth/revoke", json={"token": token})

    def close(self):
        self.runner.run(self.client.aclose())
        self.runner.close()


class Logins(RuleBasedStateMachine):
    """A model of logins next to the real thing; every answer is foretold."""

    driver_type = WorldDriver
    devices = Bundle("devices")
    codes = Bundle("codes")
    tokens = Bundle("tokens")

    def __init__(self):
        super().__init__()
        self.driver = self.driver_type()
        self.misses = 0

    def teardown(self):
        self.driver.close()

    def now(self):
        return self.driver.world.now()

    @rule(target=devices)
    def begin(self):
        return Device(*self.driver.begin(), begun_at=self.now())

    @rule(device=devices, decision=st.sampled_from(["approve", "deny"]))
    def decide(self, device, decision):
        waits = device.status == "pending" and self.now() < device.begun_at + 900
        self.misses += not waits
        # Guessing is bounded, which is not the matter here.
        assume(waits or self.misses < MISSES_ALLOWED)
        assert self.driver.decide(device.user_code, decision) == waits
        if waits:
            device.status = {"approve": "approved", "deny": "denied"}[decision]

    @rule(target=codes, device=devices, attempts=ATTEMPTS)
    def poll(self, device, attempts):
        collected = self.driver.poll(device, attempts)
        good = device.status == "approved" and self.now() < device.begun_at + 900
        assert len(collected) == good
        if not good:
            return multiple()
        device.status = "collected"
        return Code(*collected[0], given_at=self.now())

    @rule(target=tokens, code=codes, right=st.booleans(), attempts=ATTEMPTS)
    def redeem(self, code, right, attempts):
        given = self.driver.redeem(code.code, code.verifier if right else "w" * 43, attempts)
        good = right and not code.spent and self.now() < code.given_at + 600
        assert len(given) == good
        code.spent = True
        if good:
            code.family = Family(self.now(), given[0])
            return RefreshToken(given[0], code.family)
        if code.family and self.now() >= code.family.born_at + REPLAY_GRACE:
            code.family.alive = False
        return multiple()

    @rule(target=codes)
    def get_code(self):
        """The usual way to a code in one step, so that long histories are reached often."""
        device = self.begin()
        self.decide(device, "approve")
        return self.poll(device, attempts=1)

    @rule(target=tokens)
    def log_in(self):
        """The usual way to tokens in one step."""
        return self.redeem(self.get_code(), right=True, attempts=1)

    @rule(target=tokens, token=tokens, attempts=ATTEMPTS)
    def refresh(self, token, attempts):
        family = token.family
        given = self.driver.refresh(token.token, attempts)
        good = family.alive and family.newest == token.token
        assert len(given) == good
        # Every attempt but the first good one is a reuse.
        family.alive = good and attempts == 1
        if not good:
            return multiple()
        family.newest = given[0]
        return RefreshToken(given[0], family)

    @rule(token=tokens)
    def revoke(self, token):
        self.driver.revoke(token.token)
        token.family.alive = False

    @rule(seconds=st.sampled_from([1, 59, 60, 300]))
    def wait(self, seconds):
        self.driver.world.clock.advance(seconds)

    @rule()
    def move(self):
        """A snapshot taken and restored changes nothing."""
        self.driver.world.restore(self.driver.world.snapshot())


class LoginsOverHttp(Logins):
    """The same, through the application."""

    driver_type = AppDriver


TestLogins = Logins.TestCase
TestLogins.settings = settings(max_examples=60, stateful_step_count=40)
TestLoginsOverHttp = LoginsOverHttp.TestCase
TestLoginsOverHttp.settings = settings(max_examples=15, stateful_step_count=25)
