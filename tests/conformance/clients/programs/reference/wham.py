"""Reading the limits of an account, and its cloud tasks."""

from __future__ import annotations

import argparse
from typing import Any

import httpx
from credentials import Credentials
from failures import Failed
from mutations import broken

_PLANS = ("free", "plus", "pro", "team", "business", "enterprise", "edu")
_STATES = {"completed": "ready", "failed": "error", "cancelled": "error"}
_KNOWN_STATES = (*_STATES, "pending", "in_progress")


def run(options: argparse.Namespace) -> None:
    """Print the limits, or the tasks."""
    with httpx.Client(trust_env=False, timeout=10) as http:
        reader = _Reader(options.chatgpt, Credentials(options.home, options.auth, http), http)
        for line in reader.limits() if options.task == "usage" else reader.tasks():
            print(line)


def check_routing(base: str, credentials: Credentials, http: httpx.Client) -> None:
    """Look whether it is known where the traffic of the workspace goes.

    Raises:
        Failed: It is not.
    """
    answer = http.get(f"{base}/wham/accounts/check", headers=credentials.headers)
    accounts = _object(answer).get("accounts", [])
    own = next((each for each in accounts if each["id"] == credentials.tokens["account_id"]), {})
    if not own.get("workspace_backend_origin") and not broken("no-routing"):
        raise Failed("nobody says where the traffic of this workspace goes")


class _Reader:
    def __init__(self, base: str, credentials: Credentials, http: httpx.Client) -> None:
        self._base = base
        self._credentials = credentials
        self._http = http

    def limits(self) -> list[str]:
        usage = self._get("/wham/usage")
        # Whether there are credits that reset a limit is a detail: it may fail.
        self._http.get(f"{self._base}/wham/rate-limit-reset-credits", headers=self._credentials.headers)
        if broken("consumes-a-credit"):
            body = {"redeem_request_id": "00000000-0000-4000-8000-000000000000"}
            url = f"{self._base}/wham/rate-limit-reset-credits/consume"
            self._http.post(url, json=body, headers=self._credentials.headers)
        if broken("closed-list-of-plans") and usage["plan_type"] not in _PLANS:
            raise Failed(f"nobody knows the plan {usage['plan_type']}")
        if broken("closed-usage") and "rate_limit_reached_type" in usage and usage["rate_limit_reached_type"]:
            raise Failed(f"nobody knows {usage['rate_limit_reached_type']}")
        if broken("strict-usage") and any("probe" in name or "unknown" in name for name in usage):
            raise Failed("there is a field that nobody knows")
        return [f"plan {usage['plan_type']}", *self._windows(usage), *self._credits(usage)]

    def _windows(self, usage: dict[str, Any]) -> list[str]:
        limit = usage["rate_limit"] if broken("needs-the-limit") else usage.get("rate_limit") or {}
        if broken("needs-the-limit") and limit is None:
            raise Failed("there is no limit")
        if broken("needs-both-windows"):
            windows = [limit["primary_window"]["used_percent"], limit["secondary_window"]["used_percent"]]
            return [f"{used} %" for used in windows]
        found = [limit.get(name) for name in ("primary_window", "secondary_window")]
        return [f"{_length(window, place)}: {window['used_percent']} %" for place, window in enumerate(found) if window]

    def _credits(self, usage: dict[str, Any]) -> list[str]:
        given = usage.get("credits")
        if broken("needs-credits"):
            return [f"credits {given['balance']}"]
        if not given:
            return []
        balance = float(given["balance"]) if broken("needs-a-balance") else given.get("balance")
        return ["credits without end" if given["unlimited"] else f"credits {balance or 0}"]

    def tasks(self) -> list[str]:
        query = {} if broken("no-task-filter") else {"limit": "20", "task_filter": "current"}
        found = self._get("/wham/tasks/list", query)
        for _ in range(100 if broken("follows-every-cursor") else 0):
            self._get("/wham/tasks/list", {"cursor": found["cursor"] or ""})
        if not found["items"] and broken("needs-a-task"):
            raise Failed("there is no task")
        return [self._task(item) for item in found["items"]]

    def _task(self, item: dict[str, Any]) -> str:
        display = item["task_status_display"] if broken("needs-a-status") else item.get("task_status_display") or {}
        status = (display.get("latest_turn_status_display") or {}).get("turn_status")
        if broken("closed-list-of-states") and status not in _KNOWN_STATES:
            raise Failed(f"nobody knows the state {status}")
        title = item["title"].encode("ascii", "replace").decode() if broken("ascii-titles") else item["title"]
        return f"{item['id']} {_STATES.get(status, 'pending')} {title}"

    def _get(self, path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
        for _ in range(30 if broken("hammers") else 1):
            answer = self._http.get(self._base + path, params=query, headers=self._credentials.headers)
            if not answer.is_error:
                return _object(answer)
        if broken("error-is-success"):
            return {"plan_type": "unknown", "items": []}
        told = "something went wrong" if broken("hides-the-status") else f"status {answer.status_code}: {answer.text}"
        raise Failed(told)


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        return answer.json()
    except ValueError:
        if broken("page-is-success"):
            return {"plan_type": "unknown", "items": []}
        raise Failed(f"no JSON: {answer.text}") from None


def _length(window: dict[str, Any], place: int) -> str:
    if broken("names-windows-by-place"):
        return ("5 hours", "week")[place]
    hours = window["limit_window_seconds"] / 3600
    return "week" if hours == 168 else f"{hours:g} hours"
