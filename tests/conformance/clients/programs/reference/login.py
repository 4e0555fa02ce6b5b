"""Logins: in a browser that comes back to a listener on loopback, and with a code that is typed elsewhere."""

from __future__ import annotations

import argparse
import base64
import hashlib
import secrets
import time
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from credentials import CLIENT_ID, Credentials, claims
from failures import Failed
from mutations import broken

SCOPE = "openid profile email offline_access"
#: Where the service sends the browser back to; it knows no other port.
PORT = 1455
CALLBACK = "/auth/callback"
#: Statuses that say that nobody has decided yet.
PENDING = (403, 404)
#: Seconds between polls where the service names none, and for how many the person has time.
INTERVAL = 1.0
DEVICE_LIFE = 5 if broken("polls-on-after-a-denial") else 900


def run(options: argparse.Namespace) -> None:
    """Log a person in and keep the tokens."""
    with httpx.Client(trust_env=False, timeout=10) as http:
        form = in_browser(options.auth) if options.task == "login" else on_device(options.auth, http)
        answer = _exchange(options.auth, form, http)
        if broken("prints-the-tokens"):
            print(answer)
        account = claims(answer["id_token"])["https://api.openai.com/auth"]["chatgpt_account_id"]
        Credentials(options.home, options.auth, http).keep(answer, account_id=account)
    print("You are logged in.")


def _exchange(auth_url: str, form: dict[str, str], http: httpx.Client) -> dict[str, Any]:
    """Return the tokens for a code."""
    grant = {"grant_type": "authorization_code", "client_id": CLIENT_ID, **form}
    answer = http.post(f"{auth_url}/oauth/token", data=grant)
    if broken("exchanges-twice"):
        http.post(f"{auth_url}/oauth/token", data=grant)
    if answer.is_error and broken("sends-a-refused-code-again"):
        answer = http.post(f"{auth_url}/oauth/token", data=grant)
    if answer.is_error:
        reason = "." if broken("hides-the-reason") else f": {answer.text}"
        raise Failed(f"the login failed{reason}")
    return answer.json()


def in_browser(auth_url: str) -> dict[str, str]:
    """Let the person log in with a browser; return the code and what belongs to it.

    Raises:
        Failed: The person does not want to.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
    if broken("always-the-same-state"):
        state = "a-state-that-is-always-the-same"
    if broken("the-state-is-the-verifier"):
        state = verifier
    with _Listener(state) as listener:
        redirect = f"http://localhost:{PORT}{CALLBACK}"
        url = f"{auth_url}/oauth/authorize?{urlencode(_query(redirect, state, verifier))}"
        print(f"Open this page to log in:\n{url}\n", flush=True)
        webbrowser.open(url)
        while not listener.answer:
            listener.handle_request()
    if "code" not in listener.answer:
        if broken("a-denial-is-fine"):
            raise SystemExit(0)
        raise Failed(f"the login failed: {listener.answer}")
    if broken("exchanges-for-another-redirect"):
        redirect = redirect.replace("localhost", "127.0.0.1")
    return {"code": listener.answer["code"], "redirect_uri": redirect, "code_verifier": verifier}


def _query(redirect: str, state: str, verifier: str) -> dict[str, str]:
    digest = hashlib.sha256(("" if broken("challenge-of-nothing") else verifier).encode()).digest()
    challenge = {"code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode()}
    if broken("plain-challenge"):
        challenge = {"code_challenge": verifier, "code_challenge_method": "plain"}
    return {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": redirect,
        "scope": SCOPE.removesuffix(" offline_access") if broken("no-offline-access") else SCOPE,
        "code_challenge_method": "S256",
        **challenge,
        "id_token_add_organizations": "true",
        "codex_cli_simplified_flow": "true",
        "state": state,
        "originator": "reference",
    }


class _Listener(HTTPServer):
    """Waits until the browser comes back with the right state."""

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", PORT), _Handler)
        self.state = state
        #: What the service says by way of the browser.
        self.answer: dict[str, str] = {}


class _Handler(BaseHTTPRequestHandler):
    server: _Listener

    def do_GET(self) -> None:
        """Take the answer of the service, and nothing else."""
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        if url.path != CALLBACK:
            if broken("any-path-will-do"):
                self.server.answer = {"error": "nothing"}
            self._say(404, "There is nothing here.")
        elif query.get("state") != self.server.state and not broken("takes-any-state"):
            if broken("ends-at-a-stranger"):
                self.server.answer = {"error": "another state"}
            self._say(400, "This is not the login that was begun.")
        else:
            self.server.answer = query or {"error": "nothing"}
            self._say(200, "You can close this page.")

    def _say(self, status: int, text: str) -> None:
        self.send_response(500 if broken("breaks-in-the-browser") else status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_words: object) -> None:
        """Say nothing: a query holds a code."""


def on_device(auth_url: str, http: httpx.Client) -> dict[str, str]:
    """Let the person type a code on another device; return what the service gives for it.

    Raises:
        Failed: There is nothing to wait for any more.
    """
    base = f"{auth_url}/api/accounts/deviceauth"
    answer = http.post(f"{base}/usercode", json={"client_id": CLIENT_ID})
    if answer.is_error:
        raise Failed(f"no login with a device code: {answer.text}")
    begun = answer.json()
    code = begun.get("user_code") or ("" if broken("one-spelling") else begun["usercode"])
    print(f"Open {auth_url}/codex/device and type the code {code}", flush=True)
    given = _poll(f"{base}/token", {"device_auth_id": begun["device_auth_id"], "user_code": code}, _pause(begun), http)
    verifier = secrets.token_urlsafe(48) if broken("a-verifier-of-its-own") else given["code_verifier"]
    redirect = f"{auth_url}/deviceauth/callback"
    return {"code": given["authorization_code"], "redirect_uri": redirect, "code_verifier": verifier}


def _pause(begun: dict[str, Any]) -> float:
    if broken("needs-an-interval"):
        return float(begun["interval"])
    return 0.05 if broken("polls-without-a-pause") else float(begun.get("interval") or INTERVAL)


def _poll(url: str, body: dict[str, str], pause: float, http: httpx.Client) -> dict[str, Any]:
    until = time.monotonic() + DEVICE_LIFE
    pending = (*PENDING, 400, 410) if broken("polls-on-after-a-denial") else PENDING
    pending = () if broken("pending-is-a-denial") else pending
    while time.monotonic() < until:
        answer = http.post(url, json=body)
        if answer.is_success:
            if broken("polls-once-more"):
                http.post(url, json=body)
            return answer.json()
        if answer.status_code not in pending:
            raise Failed(f"the login failed: {answer.text}")
        time.sleep(pause)
    raise Failed("the login took too long")
