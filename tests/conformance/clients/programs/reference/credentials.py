"""The credentials of a home: read, sent with requests, refreshed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
from failures import Failed
from mutations import broken

CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann"
#: Access tokens that end within so many seconds are refreshed ahead.
EARLY = 300
#: Codes of refusals after which only a login helps, whatever their status.
FINAL_CODES = ("refresh_token_expired", "refresh_token_reused", "refresh_token_invalidated")


class Credentials:
    """What ``auth.json`` holds, or else the API key of the environment."""

    def __init__(self, home: Path, auth_url: str, http: httpx.Client) -> None:
        self._file = home / "auth.json"
        self._auth_url = auth_url
        self._http = http
        self.api_key = os.environ.get("OPENAI_API_KEY", "")

    @property
    def is_chatgpt(self) -> bool:
        return self._file.exists()

    @property
    def tokens(self) -> dict[str, Any]:
        return json.loads(self._file.read_text())["tokens"]

    @property
    def headers(self) -> dict[str, str]:
        if not self.is_chatgpt:
            return {"authorization": f"Bearer {self.api_key}", **self._account("account-header-with-key", "acct")}
        tokens = self.tokens
        account = {} if broken("no-account-header") else {"chatgpt-account-id": tokens["account_id"]}
        return {"authorization": f"Bearer {tokens['access_token']}", **account}

    def _account(self, mutation: str, account: str) -> dict[str, str]:
        return {"chatgpt-account-id": account} if broken(mutation) else {}

    def refresh_if_it_ends_soon(self) -> None:
        """Take new tokens ahead of the end of the access token."""
        if not self.is_chatgpt or broken("waits-for-a-refusal"):
            return
        ends_soon = claims(self.tokens["access_token"])["exp"] - time.time() < EARLY
        if ends_soon or broken("refreshes-at-every-start"):
            self.refresh(self.tokens)

    def refresh(self, stale: dict[str, Any]) -> None:
        """Take new tokens: those that another process has put into the file, or else from the service.

        Raises:
            Failed: There are none to be had.
        """
        with self._file.with_name("auth.lock").open("w") as lock:
            if not broken("does-not-look-at-the-file"):
                fcntl.flock(lock, fcntl.LOCK_EX)
                if self.tokens != stale:
                    return
            grant = {"client_id": CLIENT_ID, "grant_type": "refresh_token", "refresh_token": stale["refresh_token"]}
            answer = self._http.post(f"{self._auth_url}/oauth/token", json=grant)
            if answer.is_error and (_refreshes_again(answer) or broken("refreshes-again-after-the-end")):
                answer = self._http.post(f"{self._auth_url}/oauth/token", json=grant)
            if answer.is_error:
                if broken("forgets-the-login"):
                    self._file.unlink()
                advice = ", log in again" if any(code in answer.text for code in FINAL_CODES) else ""
                raise Failed(f"the tokens could not be refreshed{advice}: {answer.text}")
            self.keep(answer.json())

    def keep(self, answer: dict[str, Any], **more: str) -> None:
        """Write new tokens into the file, which only its owner can read."""
        known = self.tokens if self._file.exists() else {}
        names = ["id_token", "access_token", "refresh_token"]
        if known and broken("keeps-the-old-refresh-token"):
            names.remove("refresh_token")
        named = {name: answer.get(name) for name in names if answer.get(name) or broken("writes-what-is-missing")}
        text = json.dumps({"auth_mode": "chatgpt", "OPENAI_API_KEY": None, "tokens": {**known, **named, **more}})
        fresh = self._file.with_name("auth.json.new")
        mode = 0o644 if broken("a-public-file") else 0o600
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(text)
        fresh.replace(self._file)


def _refreshes_again(answer: httpx.Response) -> bool:
    return answer.status_code == httpx.codes.BAD_REQUEST and broken("goes-by-the-status-of-a-refresh")


def claims(token: str) -> dict[str, Any]:
    """Return what a JWT says, without looking at its signature."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
