"""Kill `codex-testkit serve --state` at random moments under load, and look whether it kept its word.

Workers log in and refresh without pause. After each kill the mock is started anew on the same file:
whatever was acknowledged before must still be so, and no code and no token may be accepted twice.
Prints each broken promise; the exit code is 1 when there was one.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

CLIENT = "app_EMoamEEZ73f0CkXaXp7hrann"
REDIRECT = "http://localhost:1455/auth/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
WORKERS = 4
#: Seconds of load before a kill.
LOAD = (0.02, 0.25)


@dataclass
class Worker:
    """One client with its own login."""

    #: The code of the present login, once its redemption was acknowledged.
    redeemed_code: str | None = None
    #: The refresh token that the last acknowledged answer brought.
    latest: str | None = None
    #: One that an acknowledged answer has replaced.
    used: str | None = None
    #: Whether an answer to the latest token may have been lost on the way.
    in_doubt: bool = False
    acknowledged: int = 0
    broken: list[str] = field(default_factory=list)

    def load(self, client: httpx.Client, stop: threading.Event) -> None:
        """Log in if needed, and refresh until the mock is gone."""
        try:
            if self.latest is None:
                self.log_in(client)
            while not stop.is_set():
                self.in_doubt = True
                answer = refresh(client, self.latest)
                self.in_doubt = False
                if not answer.is_success:
                    self.broken.append(f"a fresh token was refused: {answer.text[:120]}")
                    return
                self.acknowledged += 1
                self.used, self.latest = self.latest, answer.json()["refresh_token"]
        except httpx.TransportError:
            return

    def log_in(self, client: httpx.Client) -> None:
        query = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": REDIRECT,
            "scope": "openid profile email offline_access",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "state": "state",
        }
        page = client.get("/oauth/authorize", params=query)
        code = parse_qs(urlsplit(page.headers["location"]).query)["code"][0]
        answer = redeem(client, code)
        assert answer.is_success, answer.text
        self.acknowledged += 1
        self.redeemed_code, self.latest, self.used = code, answer.json()["refresh_token"], None

    def check(self, client: httpx.Client) -> None:
        """Look whether the restarted mock remembers; this uses the login up."""
        if self.latest is not None:
            answer = refresh(client, self.latest)
            # What the kill cut off may have been done or not; forgotten it must not be.
            done_unseen = self.in_doubt and "refresh_token_reused" in answer.text
            if not (answer.is_success or done_unseen):
                self.broken.append(f"an acknowledged token was lost: {answer.text[:120]}")
            if answer.is_success:
                self.used = self.latest
        if self.used is not None and refresh(client, self.used).is_success:
            self.broken.append("a refresh token was accepted twice")
        if self.redeemed_code is not None and redeem(client, self.redeemed_code).is_success:
            self.broken.append("an authorization code was accepted twice")
        self.redeemed_code = self.latest = self.used = None
        self.in_doubt = False


def refresh(client: httpx.Client, token: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": token}
    return client.post("/oauth/token", data=form)


def redeem(client: httpx.Client, code: str) -> httpx.Response:
    form = {"code": code, "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    return client.post("/oauth/token", data={"grant_type": "authorization_code", "client_id": CLIENT, **form})


class Mock:
    """The process that is killed."""

    def __init__(self, state: Path) -> None:
        self._command = [Path(sys.executable).with_name("codex-testkit"), "serve", "--port", "0", "--json"]
        self._command += ["--auto-approve", "--state", str(state)]

    def start(self) -> str:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        return json.loads(self._process.stdout.readline())["http"]

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


def one_round(mock: Mock, workers: list[Worker], seconds: float) -> None:
    stop = threading.Event()
    url = mock.start()
    with httpx.Client(base_url=url, timeout=10) as client:
        for worker in workers:
            worker.check(client)
        threads = [threading.Thread(target=worker.load, args=(client, stop)) for worker in workers]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        mock.kill()
        stop.set()
        for thread in threads:
            thread.join()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None, help="of the moments at which it is killed")
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    moments, workers = random.Random(seed), [Worker() for _ in range(WORKERS)]
    with tempfile.TemporaryDirectory() as folder:
        mock = Mock(Path(folder, "world.db"))
        for number in range(options.kills):
            one_round(mock, workers, moments.uniform(*LOAD))
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {options.kills} kills", end="", file=sys.stderr, flush=True)
        with httpx.Client(base_url=mock.start(), timeout=10) as client:
            for worker in workers:
                worker.check(client)
        mock.kill()
    broken = [text for worker in workers for text in worker.broken]
    acknowledged = sum(worker.acknowledged for worker in workers)
    print(f"{options.kills} kills (seed {seed}), {acknowledged} acknowledged grants, {len(broken)} broken promises")
    print("\n".join(broken), end="")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
