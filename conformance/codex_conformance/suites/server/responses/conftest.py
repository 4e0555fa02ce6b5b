"""What the checks of the Responses surface ask with."""

from __future__ import annotations

import pytest

from codex_conformance.probes import HttpProbe
from codex_conformance.suites.server.responses.chats import Chat
from codex_conformance.suites.server.responses.service import Service


@pytest.fixture
def face() -> str:
    """Return the face that is asked: the API with keys, unless the check is for others."""
    return "api"


@pytest.fixture
def service(http: HttpProbe, model: str, face: str) -> Service:
    """Return the model behind the face that is asked."""
    return Service(http, model, face)


@pytest.fixture
def chat(service: Service) -> Chat:
    """Return the chat of the API."""
    return Chat(service)
