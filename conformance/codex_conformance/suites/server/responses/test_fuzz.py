"""Requests and frames that nobody thought of, and walks through conversations that the server keeps."""

from __future__ import annotations

import pytest

from codex_conformance.fuzzing import Budget, HttpTrial, SocketTrial, explore
from codex_conformance.probes import Evidence, HttpProbe
from codex_conformance.strategies import Known
from codex_conformance.suites.server.responses.conversations import Conversations
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service

_each_surface = pytest.mark.parametrize(
    "surface", ["responses", pytest.param("chat", marks=pytest.mark.codex(needs=("responses.chat",)))]
)


@pytest.fixture
def known(service: Service) -> Known:
    """Return a model and a response that the server knows: a request for others gets no further."""
    answer = service.ask(HELLO) if service.http.world.urls.api else None
    stored = [answer.at("/id", str)] if answer and answer.has("/id") else []
    return {"model": [service.model], "response_id": stored, "previous_response_id": stored}


@pytest.mark.codex("responses.robust.valid")
@_each_surface
def test_valid_requests_are_answered_by_the_contract(
    http: HttpProbe, surface: str, known: Known, budget: Budget
) -> None:
    HttpTrial(http, surface, known=known).try_valid(budget)


@pytest.mark.codex("responses.robust.nearly-valid")
@_each_surface
def test_nearly_valid_requests_are_answered(http: HttpProbe, surface: str, known: Known, budget: Budget) -> None:
    HttpTrial(http, surface, known=known).try_nearly_valid(budget)


@pytest.mark.codex("responses.robust.hostile")
@_each_surface
def test_hostile_bodies_do_no_harm(http: HttpProbe, surface: str, known: Known, budget: Budget) -> None:
    HttpTrial(http, surface, known=known).try_hostile(budget)


@pytest.fixture
def sockets(service: Service, known: Known) -> SocketTrial:
    """Return what tries frames on the face that is asked."""
    good = {"type": "response.create", **service.body(HELLO)}
    return SocketTrial(service.http, service.face, good, known)


@pytest.mark.codex("responses.robust.valid-frames")
@each_face
def test_valid_frames_are_answered_by_the_contract(sockets: SocketTrial, budget: Budget) -> None:
    sockets.try_valid(budget)


@pytest.mark.codex("responses.robust.nearly-valid-frames")
@each_face
def test_nearly_valid_frames_are_answered(sockets: SocketTrial, budget: Budget) -> None:
    sockets.try_nearly_valid(budget)


@pytest.mark.codex("responses.robust.hostile-frames")
@each_face
def test_hostile_frames_do_no_harm(sockets: SocketTrial, budget: Budget) -> None:
    sockets.try_hostile(budget)


@pytest.mark.codex("responses.robust.conversation")
def test_conversations_live_as_the_model_says(service: Service, evidence: Evidence, budget: Budget) -> None:
    explore(lambda found: Conversations(found, service), budget, evidence)
