"""Who plays the client in the demo: the published codex, or a small one where that cannot be had."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any, Protocol

import httpx

from codex_conformance.codex_process import client_variables
from codex_mockserver.serving import SyncBackend
from codex_mockserver.world.tokens import CODEX_CLIENT_ID
from codex_schemas import Problem

__all__ = ["DemoClient", "PublishedCodex", "SmallClient"]

_SECONDS = 60
_SHELL_TOOL = {
    "type": "function",
    "name": "exec_command",
    "parameters": {"type": "object", "properties": {"cmd": {"type": "string"}}, "required": ["cmd"]},
}


class DemoClient(Protocol):
    """A client that logs in with a device code and takes one turn."""

    #: What the audience reads.
    name: str

    def begin_login(self) -> None:
        """Ask for a device code."""

    def finish_login(self) -> None:
        """Fetch the tokens, after a person has approved."""

    def take_turn(self, prompt: str) -> str:
        """Return the last message of the model."""


class PublishedCodex:
    """The published codex binary, with a home of its own, led to the mock by the proxy."""

    def __init__(self, binary: Path, version: str, backend: SyncBackend, home: Path) -> None:
        self.name = f"codex {version}"
        self._binary = binary
        self._home = home
        self._environment = client_variables(backend.client_environment(home))
        self._login: subprocess.Popen[str] | None = None
        backend.write_codex_home(home, None, analytics=False)

    def begin_login(self) -> None:
        """Start ``codex login --device-auth``."""
        self._login = self._start("login", "--device-auth")

    def finish_login(self) -> None:
        """Wait until it has its tokens."""
        assert self._login is not None, "the login has begun"
        self._finish(self._login)

    def take_turn(self, prompt: str) -> str:
        """Run ``codex exec`` without a sandbox: the scenario's command is harmless, and a sandbox may be missing."""
        options = ("--skip-git-repo-check", "--sandbox", "danger-full-access", "--color", "never")
        return self._finish(self._start("exec", *options, prompt)).strip()

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 (the published binary, with our own arguments)
            [str(self._binary), *arguments],
            env=self._environment,
            cwd=self._home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _finish(self, process: subprocess.Popen[str]) -> str:
        try:
            output, errors = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
        if process.returncode != 0:
            raise Problem(
                f"running {self.name} in the demo",
                expected="exit code 0",
                found=f"{process.returncode}: {errors.strip()[-300:]}",
                advice="Run it by hand with `codex-testkit run` to see more.",
            )
        return output


class SmallClient:
    """Does over plain http what codex does, as far as the demo shows it."""

    name = "the built-in client"

    def __init__(self, backend: SyncBackend) -> None:
        self._http = httpx.Client(base_url=backend.url, timeout=_SECONDS, trust_env=False)
        self._device: dict[str, Any] = {}
        self._headers: dict[str, str] = {}

    def begin_login(self) -> None:
        """Ask for a device code."""
        self._device = self._post("/api/accounts/deviceauth/usercode", json={"client_id": CODEX_CLIENT_ID}).json()

    def finish_login(self) -> None:
        """Poll, and exchange the code for tokens."""
        known = {name: self._device[name] for name in ("device_auth_id", "user_code")}
        approved = self._post("/api/accounts/deviceauth/token", json=known).json()
        form = {
            "grant_type": "authorization_code",
            "client_id": CODEX_CLIENT_ID,
            "code": approved["authorization_code"],
            "code_verifier": approved["code_verifier"],
            "redirect_uri": str(self._http.base_url.join("/deviceauth/callback")),
        }
        tokens = self._post("/oauth/token", data=form).json()
        self._headers = {"authorization": f"Bearer {tokens['access_token']}"}

    def take_turn(self, prompt: str) -> str:
        """Send the prompt, run the tool that the model calls, and send what it printed."""
        items: list[dict[str, Any]] = [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": prompt}]},
        ]
        while True:
            said = self._respond(items)
            if said["type"] != "function_call":
                return "".join(part["text"] for part in said["content"])
            command = shlex.split(json.loads(said["arguments"])["cmd"])
            ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (from the demo's scenario)
            items += [said, {"type": "function_call_output", "call_id": said["call_id"], "output": ran.stdout}]

    def _respond(self, items: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the last item that the model says."""
        body = {"model": "gpt-5.5", "stream": True, "store": False, "input": items, "tools": [_SHELL_TOOL]}
        events = self._post("/backend-api/codex/responses", json=body, headers=self._headers).text.split("\n\n")
        completed = json.loads(events[-2].partition("data: ")[2])
        said: dict[str, Any] = completed["response"]["output"][-1]
        return said

    def _post(self, path: str, **content: Any) -> httpx.Response:
        return self._http.post(path, **content).raise_for_status()
