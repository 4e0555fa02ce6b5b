"""A program with Authlib: it logs in with a browser, keeps the tokens, and sends prompts with them.

``python authlib_client.py AUTH_URL BACKEND_URL HOME login`` or ``... turn PROMPT``.
"""

from __future__ import annotations

import base64
import json
import sys
import webbrowser
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client

CLIENT_ID = "app_EMoamEEZ73f0CkXaXp7hrann"
REDIRECT = "http://localhost:1455/auth/callback"
SCOPE = "openid profile email offline_access"
BODY = {"model": "gpt-5.5", "instructions": "Be brief.", "store": False, "stream": True}


class Callback(BaseHTTPRequestHandler):
    """Waits for the browser to come back."""

    address = ""

    def do_GET(self) -> None:
        if not self.path.startswith("/auth/callback"):
            self.send_error(404)
            return
        Callback.address = f"http://localhost:1455{self.path}"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"You can close this page.")

    def log_message(self, *_words: object) -> None:
        pass


def make_session(auth_url: str, file: Path, **more: Any) -> OAuth2Client:
    """Return a session that refreshes its tokens and keeps them in the file."""
    endpoint = f"{auth_url}/oauth/token"
    return OAuth2Client(
        client_id=CLIENT_ID,
        token_endpoint=endpoint,
        token_endpoint_auth_method="none",
        code_challenge_method="S256",
        update_token=lambda token, **_old: keep(file, token),
        trust_env=False,
        timeout=30,
        **more,
    )


def login(auth_url: str, file: Path) -> None:
    """Let a person log in with a browser."""
    verifier = generate_token(64)
    with make_session(auth_url, file, scope=SCOPE, redirect_uri=REDIRECT) as session:
        url, state = session.create_authorization_url(f"{auth_url}/oauth/authorize", code_verifier=verifier)
        with HTTPServer(("localhost", 1455), Callback) as server:
            print(f"Log in at {url}", flush=True)
            webbrowser.open(url)
            while not Callback.address:
                server.handle_request()
        if "error" in (query := parse_qs(urlsplit(Callback.address).query)):
            raise SystemExit(f"not logged in: {query}")
        token = session.fetch_token(authorization_response=Callback.address, state=state, code_verifier=verifier)
    keep(file, token)
    print("logged in")


def turn(auth_url: str, backend: str, file: Path, prompt: str) -> None:
    """Send a prompt and print what the model says."""
    tokens = json.loads(file.read_text())["tokens"]
    token = {**tokens, "token_type": "Bearer", "expires_at": claims(tokens["access_token"])["exp"]}
    words = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": prompt}]}]
    with make_session(auth_url, file, token=token) as session:
        headers = {"chatgpt-account-id": tokens["account_id"], "accept": "text/event-stream"}
        request = {"url": f"{backend}/codex/responses", "json": {**BODY, "input": words}, "headers": headers}
        text = ask(session, request)
        if text is None:
            session.refresh_token(f"{auth_url}/oauth/token")
            text = ask(session, request)
    if text is None:
        raise SystemExit("log in again")
    print(text)


def ask(session: OAuth2Client, request: dict[str, Any]) -> str | None:
    """Return the answer of the model; None where the access token is refused."""
    with session.stream("POST", **request) as answer:
        if answer.status_code == 401:
            return None
        if answer.is_error:
            answer.read()
            raise SystemExit(f"status {answer.status_code}: {answer.text}")
        return text_of(answer.iter_lines())


def text_of(lines: Iterator[str]) -> str:
    """Return the text of a response that comes as events."""
    text, event = "", None
    for line in lines:
        if line.startswith("data:"):
            event = json.loads(line[5:])
            if event["type"] == "response.output_text.delta":
                text += event["delta"]
            elif event["type"] == "response.completed":
                return text
    raise SystemExit(f"the answer is not whole: {event}")


def keep(file: Path, token: dict[str, Any]) -> None:
    """Keep tokens; a refresh may leave some out."""
    known = json.loads(file.read_text())["tokens"] if file.exists() else {}
    names = ("id_token", "access_token", "refresh_token")
    known |= {name: token[name] for name in names if token.get(name)}
    known["account_id"] = claims(known["access_token"])["https://api.openai.com/auth"]["chatgpt_account_id"]
    file.write_text(json.dumps({"auth_mode": "chatgpt", "tokens": known}))


def claims(token: str) -> dict[str, Any]:
    """Return what a JWT says."""
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def main(auth_url: str, backend: str, home: str, task: str, prompt: str = "") -> int:
    file = Path(home, "auth.json")
    try:
        if task == "login":
            login(auth_url, file)
        else:
            turn(auth_url, backend, file, prompt)
    except AuthlibBaseError as error:
        print(f"log in again: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
