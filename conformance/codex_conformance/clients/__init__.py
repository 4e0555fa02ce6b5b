"""Clients under test: what they are told to do, in which surroundings, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_schemas.lazy import lazily

if TYPE_CHECKING:
    from codex_conformance.clients._app_servers import AppServers
    from codex_conformance.clients._client import TASKS, Action, Client, Task
    from codex_conformance.clients._contract import violations
    from codex_conformance.clients._evidence import note
    from codex_conformance.clients._examiner import Examiner
    from codex_conformance.clients._model_call import ModelCall, text_of
    from codex_conformance.clients._outcome import Outcome
    from codex_conformance.clients._person import Person
    from codex_conformance.clients._said import Said
    from codex_conformance.clients._settings import client_of, read_client
    from codex_conformance.clients._subject import client_subject, subject_of_client
    from codex_conformance.clients._surroundings import Surroundings
    from codex_conformance.clients._trial import Trial
    from codex_conformance.clients.capabilities import CLIENT_CAPABILITIES

__all__ = [
    "CLIENT_CAPABILITIES",
    "TASKS",
    "Action",
    "AppServers",
    "Client",
    "Examiner",
    "ModelCall",
    "Outcome",
    "Person",
    "Said",
    "Surroundings",
    "Task",
    "Trial",
    "client_of",
    "client_subject",
    "note",
    "read_client",
    "subject_of_client",
    "text_of",
    "violations",
]

_HOMES = {
    "CLIENT_CAPABILITIES": "capabilities",
    "TASKS": "_client",
    "Action": "_client",
    "AppServers": "_app_servers",
    "Client": "_client",
    "Examiner": "_examiner",
    "ModelCall": "_model_call",
    "Outcome": "_outcome",
    "Person": "_person",
    "Said": "_said",
    "Surroundings": "_surroundings",
    "Task": "_client",
    "Trial": "_trial",
    "client_of": "_settings",
    "client_subject": "_subject",
    "note": "_evidence",
    "read_client": "_settings",
    "subject_of_client": "_subject",
    "text_of": "_model_call",
    "violations": "_contract",
}

__getattr__ = lazily(__name__, _HOMES)
