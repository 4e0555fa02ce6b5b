"""What happens beside a turn, which goes on without it: plugins are listed, and events about its use are sent."""

from __future__ import annotations

import argparse
import contextlib
import tomllib

import httpx
from credentials import Credentials
from failures import Failed
from mutations import broken


class SideServices:
    """The services beside the model, as far as the configuration of the home has them on."""

    def __init__(self, options: argparse.Namespace, credentials: Credentials, http: httpx.Client) -> None:
        self._base = options.chatgpt
        self._prompt = options.prompt
        self._credentials = credentials
        self._http = http
        config = tomllib.loads((options.home / "config.toml").read_text())
        self._has_plugins = config.get("features", {}).get("plugins", True)
        self._has_analytics = config.get("analytics", {}).get("enabled", True) or broken("counts-everybody")

    def list_plugins(self) -> None:
        """List the plugins, of which there are none."""
        if not self._has_plugins:
            return
        try:
            answer = self._call("GET", "/ps/plugins/installed?limit=200")
            answer.json()
        except (httpx.HTTPError, ValueError) as error:
            if broken("needs-the-plugins"):
                raise Failed(f"no plugins: {error}") from None
            refused = (
                isinstance(error, httpx.HTTPStatusError) and error.response.status_code == httpx.codes.UNAUTHORIZED
            )
            if refused and broken("logs-out-for-the-plugins"):
                self._credentials.keep({}, refresh_token="")

    def send_events(self) -> None:
        """Say that there was a turn."""
        if not self._has_analytics:
            return
        told = {"prompt": self._prompt} if broken("tells-what-was-said") else {}
        events = [{"event_type": "codex_turn_event", "event_params": told}]
        for _ in range(30 if broken("sends-events-until-they-are-taken") else 1):
            with contextlib.suppress(*(() if broken("needs-the-analytics") else (httpx.HTTPError,))):
                self._send("none" if broken("sends-what-nobody-reads") else events)
                return

    def _send(self, events: object) -> None:
        timeout = 0.5 if broken("has-no-patience-with-analytics") else 10
        try:
            self._call("POST", "/codex/analytics-events/events", json={"events": events}, timeout=timeout)
        except httpx.TimeoutException as error:
            raise Failed(f"nobody takes the events: {error}") from None

    def _call(self, method: str, path: str, **more: object) -> httpx.Response:
        return self._http.request(
            method, self._base + path, headers=self._credentials.headers, **more
        ).raise_for_status()
