"""What the checks of the login server share."""

from __future__ import annotations

import pytest

from codex_conformance.probes import HttpProbe
from codex_conformance.suites.server.oauth.logins import Logins
from codex_conformance.targets import Target
from codex_mockserver.world.tokens import CODEX_CLIENT_ID


@pytest.fixture
def logins(http: HttpProbe, target: Target) -> Logins:
    """Return a client that logs in at the server under test."""
    return Logins(http, target.spec.client_id or CODEX_CLIENT_ID)
