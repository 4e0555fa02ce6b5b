"""One world of an HTTP target: where it is, who is there, and how it is scripted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from codex_conformance.targets._credentials import Credentials
from codex_conformance.targets.trust import trust
from codex_conformance.targets.urls import Urls
from codex_schemas import Problem

__all__ = ["PATIENCE", "HttpWorld", "Pace", "control"]

#: Seconds that a call may take which is no part of a check.
PATIENCE = 10.0


class Pace:
    """Keeps calls so many seconds apart."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def wait(self) -> None:
        """Wait until the next call may be made."""
        if self._seconds:
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + self._seconds


@dataclass(frozen=True)
class HttpWorld:
    """What one case sees of a server."""

    urls: Urls
    #: The accounts of a world of ours, as our control calls describe them.
    accounts: Mapping[str, Mapping[str, Any]]
    #: The only credentials of another server.
    only: Credentials | None
    #: The base of the control calls of this world; None where there are none.
    control_url: str | None
    #: Keeps calls apart.
    pace: Pace = field(default_factory=lambda: Pace(0.0))
    #: Whether only calls that read may be made.
    reads_only: bool = False

    def credentials(self, name: str = "plus") -> Credentials:
        """Return the credentials of an account by its name; another server has one, whatever its name."""
        if self.only is not None:
            return self.only
        account = self.accounts[name]
        return Credentials(
            access_token=account["access_token"],
            account_id=account["account_id"],
            api_key=account["api_key"],
            plan_type=account["plan_type"],
        )

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Make a control call, such as ``POST /clock`` with ``{"advance": 3600}``.

        Raises:
            Problem: There is no control here, or it refuses.
        """
        if self.control_url is None:
            raise Problem(
                "scripting the target",
                expected="a server with our control calls",
                found="one without",
                advice="Let the check need the capability `control`.",
            )
        with httpx.Client(timeout=PATIENCE, trust_env=False, verify=trust()) as client:
            return control(client, method, f"{self.control_url}{path}", body)

    def advance(self, seconds: float) -> None:
        """Let time pass in this world."""
        self.control("POST", "/clock", {"advance": seconds})

    def use_scenario(self, scenario: Any) -> None:
        """Put another scenario to work, from its first step."""
        self.control("PUT", "/scenario", scenario)


def control(client: httpx.Client, method: str, url: str, body: Any = None) -> Any:
    """Make a control call.

    Raises:
        Problem: It is refused.
    """
    answer = client.request(method, url, json=body)
    if answer.status_code != httpx.codes.OK:
        raise Problem(
            f"scripting the target with {method} {urlsplit(url).path}",
            expected="status 200",
            found=f"{answer.status_code}: {answer.text[:300]}",
            advice="Compare the suite with the contract of the control calls.",
        )
    return answer.json() if answer.content else None
