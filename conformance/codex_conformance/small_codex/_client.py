"""One client with its credentials: it takes turns, logs in and refreshes."""

from __future__ import annotations

import base64
import fcntl
import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from codex_conformance.releases import DEFAULT_RELEASE
from codex_conformance.small_codex._stream import Failed, Json, TryAgain, is_final, read_stream
from codex_mockserver.world.tokens import CODEX_CLIENT_ID

__all__ = ["SmallCodex"]

#: Seconds before each further attempt of a turn, where the server does not say how many.
_PAUSES = (0.2, 0.4, 0.8, 1.6, 3.2)
#: Seconds without a byte after which a stream is given up.
_IDLE = 2.0
#: Access tokens that end within so many seconds are refreshed ahead.
_EARLY = 300


class SmallCodex:
    """One client with its credentials in a ``CODEX_HOME``.

    Args:
        home: The folder with ``auth.json``.
        http: Sends the requests.
        auth: The identity service.
        backend: The ChatGPT backend.
        sleep: Lets so many seconds pass.
    """

    def __init__(
        self,
        home: Path,
        http: httpx.Client,
        auth: str = "https://auth.openai.com",
        backend: str = "https://chatgpt.com/backend-api",
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._file = home / "auth.json"
        self._http = http
        self._auth = auth
        self._backend = backend
        self._sleep = sleep
        self._etag = ""
        #: How often a turn was refused for its token.
        self._refusals = 0

    def take_turn(self, prompt: str) -> str:
        """Return what the model says to a prompt.

        Raises:
            Failed: It says nothing, as often as it is asked.
        """
        if _ends_soon(self._tokens["access_token"]):
            self._refresh()
        self._check_routing()
        self._list_models()
        for pause in (*_PAUSES, None):
            try:
                return self._ask(prompt)
            except TryAgain as again:
                if pause is None:
                    raise Failed(str(again)) from None
                self._sleep(pause if again.seconds is None else again.seconds)
        raise AssertionError("the last pause is None")

    def log_in(self) -> None:
        """Log in with a device code, which is printed.

        Raises:
            Failed: The login was declined, or came to nothing.
        """
        device = self._send(f"{self._auth}/api/accounts/deviceauth/usercode", {"client_id": CODEX_CLIENT_ID}).json()
        user_code = device.get("user_code") or device["usercode"]
        print(f"Open {self._auth}/codex/device and type {user_code}", flush=True)  # noqa: T201 (for the person)
        approved = self._poll({"device_auth_id": device["device_auth_id"], "user_code": user_code}, device)
        form = {
            "grant_type": "authorization_code",
            "client_id": CODEX_CLIENT_ID,
            "code": approved["authorization_code"],
            "code_verifier": approved["code_verifier"],
            "redirect_uri": f"{self._auth}/deviceauth/callback",
        }
        tokens = _good(self._http.post(f"{self._auth}/oauth/token", data=form)).json()
        claims = _claims(tokens["id_token"])["https://api.openai.com/auth"]
        self._keep(tokens, account_id=claims["chatgpt_account_id"])

    def _poll(self, device: Json, asked: Json) -> Json:
        while True:
            answer = self._http.post(f"{self._auth}/api/accounts/deviceauth/token", json=device)
            if answer.status_code not in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
                approved: Json = _good(answer).json()
                return approved
            self._sleep(int(asked.get("interval", 5)))

    def _ask(self, prompt: str) -> str:
        content = [{"type": "input_text", "text": prompt}]
        items = [{"type": "message", "role": "user", "content": content}]
        body = {"model": "gpt-5.5", "stream": True, "store": False, "input": items}
        url = f"{self._backend}/codex/responses"
        try:
            with self._http.stream("POST", url, json=body, headers=self._headers, timeout=_IDLE) as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    self._refused(answer)
                if answer.headers.get("x-models-etag", self._etag) != self._etag:
                    self._list_models()
                return read_stream(answer.iter_lines())
        except httpx.TransportError as error:
            raise TryAgain(f"the stream broke: {error}") from None

    def _refused(self, answer: httpx.Response) -> None:
        """Raise what is to be done about a refusal."""
        status, retry_after = answer.status_code, answer.headers.get("retry-after")
        if status == httpx.codes.UNAUTHORIZED:
            self._recover(answer)
        is_passing = status >= httpx.codes.INTERNAL_SERVER_ERROR or (
            status == httpx.codes.TOO_MANY_REQUESTS and retry_after is not None
        )
        if is_passing and not is_final(_error(answer)):
            raise TryAgain(answer.text, float(retry_after) if retry_after else None)
        raise Failed(f"status {status}: {answer.text}")

    def _recover(self, answer: httpx.Response) -> None:
        """Let the turn be tried with the same token once more, and then with a new one."""
        self._refusals += 1
        if self._refusals > 2:  # noqa: PLR2004 (the new token is refused as well)
            raise Failed(f"status 401: {answer.text}")
        if self._refusals == 2:  # noqa: PLR2004 (the same token is refused twice)
            self._refresh()
        raise TryAgain(answer.text, 0)

    def _refresh(self) -> None:
        """Take new tokens: those that another client has put into the file, or else from the service."""
        stale = self._tokens
        with self._file.with_name("auth.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._tokens == stale:
                grant = {"client_id": CODEX_CLIENT_ID, "grant_type": "refresh_token"}
                body = {**grant, "refresh_token": stale["refresh_token"]}
                self._keep(self._send(f"{self._auth}/oauth/token", body).json())

    def _check_routing(self) -> None:
        accounts = self._get("/wham/accounts/check")["accounts"]
        own: Json = next((account for account in accounts if account["id"] == self._tokens["account_id"]), {})
        if not own.get("workspace_backend_origin"):
            raise Failed("nobody says where the traffic of this workspace goes")

    def _list_models(self) -> None:
        url = f"{self._backend}/codex/models"
        answer = self._http.get(url, params={"client_version": DEFAULT_RELEASE}, headers=self._headers)
        self._etag = answer.headers.get("etag", "")

    def _get(self, path: str) -> Json:
        found: Json = _good(self._http.get(self._backend + path, headers=self._headers)).json()
        return found

    def _send(self, url: str, body: Json) -> httpx.Response:
        return _good(self._http.post(url, json=body))

    @property
    def _tokens(self) -> Json:
        """The tokens in the file, where other clients may put new ones."""
        tokens: Json = json.loads(self._file.read_text())["tokens"]
        return tokens

    def _keep(self, answer: Json, **more: str) -> None:
        """Write new tokens into the file."""
        known = self._tokens if self._file.exists() else {}
        tokens = {name: answer[name] for name in ("id_token", "access_token", "refresh_token") if name in answer}
        self._file.write_text(json.dumps({"auth_mode": "chatgpt", "tokens": {**known, **tokens, **more}}))

    @property
    def _headers(self) -> dict[str, str]:
        tokens = self._tokens
        return {"authorization": f"Bearer {tokens['access_token']}", "chatgpt-account-id": tokens["account_id"]}


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise Failed(f"status {answer.status_code}: {answer.text}")
    return answer


def _error(answer: httpx.Response) -> Json:
    try:
        value = answer.json()
    except ValueError:
        return {}
    error = value.get("error") if isinstance(value, dict) else None
    return error if isinstance(error, dict) else {}


def _ends_soon(token: str) -> bool:
    return bool(_claims(token)["exp"] - time.time() < _EARLY)


def _claims(token: str) -> Json:
    payload = token.split(".")[1]
    claims: Json = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
