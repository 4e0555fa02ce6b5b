"""Stored chat completions: listed, shown, changed and forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, at, require
from codex_conformance.suites.server.responses.chats import Chat
from codex_conformance.suites.server.responses.prompts import HELLO
from codex_conformance.suites.server.responses.service import Service


@pytest.mark.codex("responses.stored-chat.retrieve")
def test_a_completion_is_shown_again(service: Service) -> None:
    made = _store(service)
    shown = _of(service, made).require_status(200)
    require(shown.at("/choices") == made.get("choices"), expected=str(made.get("choices")), found=shown.json)


@pytest.mark.codex("responses.stored-chat.unasked")
def test_a_completion_is_not_stored_unasked(service: Service) -> None:
    _of(service, Chat(service).complete(HELLO)).require_status(404)


@pytest.mark.codex("responses.stored-chat.list")
def test_a_completion_is_listed(service: Service) -> None:
    made = at(_store(service, marked="listed"), "/id", str)
    listed = service.call("listChatCompletions", query={"metadata[mark]": "listed", "order": "desc"})
    ids = [at(each, "/id") for each in listed.require_status(200).at("/data", list)]
    require(made in ids, expected=f"{made} among them", found=ids)


@pytest.mark.codex("responses.stored-chat.filter")
def test_a_list_can_be_narrowed(service: Service) -> None:
    _store(service, marked="one")
    other = at(_store(service, marked="other"), "/id", str)
    listed = service.call("listChatCompletions", query={"metadata[mark]": "one"}).require_status(200)
    ids = [at(each, "/id") for each in listed.at("/data", list)]
    require(ids and other not in ids, expected=f"some, and not {other}", found=ids)


@pytest.mark.codex("responses.stored-chat.messages")
def test_the_messages_are_listed(service: Service) -> None:
    listed = _of(service, _store(service), "listChatMessages").require_status(200)
    texts = [at(each, "/content") for each in listed.at("/data", list)]
    require(texts == [HELLO], expected=f"the message {HELLO}", found=texts)


@pytest.mark.codex("responses.stored-chat.update")
def test_metadata_can_be_replaced(service: Service) -> None:
    made = _store(service)
    changed = {"mark": "changed"}
    _of(service, made, "updateChatCompletion", json={"metadata": changed}).require_status(200)
    found = _of(service, made).require_status(200).at("/metadata")
    require(found == changed, expected=str(changed), found=found)


@pytest.mark.codex("responses.stored-chat.delete")
def test_a_completion_can_be_forgotten(service: Service) -> None:
    made = _store(service)
    answer = _of(service, made, "deleteChatCompletion").require_status(200)
    require(answer.at("/deleted") is True, expected="deleted: true", found=answer.json)
    _of(service, made).require_status(404)


def _store(service: Service, marked: str = "first") -> dict[str, Any]:
    return Chat(service).complete(HELLO, store=True, metadata={"mark": marked})


def _of(service: Service, completion: Any, operation_id: str = "retrieveChatCompletion", **parts: Any) -> Answer:
    return service.call(operation_id, path={"completion_id": at(completion, "/id", str)}, **parts)
