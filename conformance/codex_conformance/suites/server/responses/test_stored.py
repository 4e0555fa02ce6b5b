"""Stored responses: shown, played again, listed by pages, and forgotten."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from codex_conformance.probes import Answer, at, require
from codex_conformance.suites.server.responses.prompts import HELLO, UNKNOWN_RESPONSE, message
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import Stream

#: More messages than a page of two.
_SAID = [message(text) for text in ("One.", "Two.", "Three.", "Four.", HELLO)]


@pytest.mark.codex("responses.stored.retrieve")
def test_a_response_is_shown_as_it_was(service: Service) -> None:
    response = service.respond(HELLO, store=True)
    shown = _of(service, response).require_status(200).json
    require(shown == response, expected=str(response), found=shown)


@pytest.mark.codex("responses.stored.default")
def test_a_response_is_stored_unasked(service: Service) -> None:
    _of(service, service.respond(HELLO)).require_status(200)


@pytest.mark.codex("responses.stored.streamed")
def test_a_streamed_response_is_stored_too(service: Service) -> None:
    response = service.stream(HELLO, store=True).response
    shown = _of(service, response).require_status(200)
    require(shown.at("/output") == response.get("output"), expected=str(response.get("output")), found=shown.json)


@pytest.mark.codex("responses.stored.declined")
def test_a_response_is_not_stored_against_the_wish(service: Service) -> None:
    _of(service, service.respond(HELLO, store=False)).require_status(404)


@pytest.mark.codex("responses.stored.unknown")
@pytest.mark.parametrize(
    "operation_id", ["retrieveResponse", "deleteResponse", "listInputItems", "cancelResponse"], ids=str
)
def test_an_unknown_response_is_404(service: Service, operation_id: str) -> None:
    answer = service.call(operation_id, path={"response_id": UNKNOWN_RESPONSE}).require_status(404)
    require(answer.at("/error/message", str), expected="an error with a message", found=answer.text)


@pytest.mark.codex("responses.stored.other-account")
def test_a_stranger_sees_nothing(service: Service) -> None:
    response = service.respond(HELLO, store=True)
    _of(service, response, account="pro").require_status(404)


@pytest.mark.codex("responses.stored.delete")
def test_a_response_can_be_forgotten(service: Service) -> None:
    response = service.respond(HELLO, store=True)
    _of(service, response, "deleteResponse").require_status(200)
    _of(service, response).require_status(404)


@pytest.mark.codex("responses.stored.delete-answer")
def test_forgetting_is_confirmed(service: Service) -> None:
    response = service.respond(HELLO, store=True)
    answer = _of(service, response, "deleteResponse").require_status(200)
    found = (answer.at("/id"), answer.at("/deleted"))
    require(found == (response["id"], True), expected=f"the id {response['id']} and deleted", found=found)


@pytest.mark.codex("responses.stored.delete-once")
def test_what_is_forgotten_cannot_be_forgotten_again(service: Service) -> None:
    response = service.respond(HELLO, store=True)
    _of(service, response, "deleteResponse").require_status(200)
    _of(service, response, "deleteResponse").require_status(404)


@pytest.mark.codex("responses.stored.replay")
def test_a_stream_is_played_again(service: Service) -> None:
    stream = service.stream(HELLO, store=True)
    again = Stream.of(_of(service, stream.response, query={"stream": "true"}))
    require(again.own == stream.own, expected=stream.in_short, found=again.in_short)


@pytest.mark.codex("responses.stored.replay-after")
def test_a_stream_goes_on_after_a_number(service: Service) -> None:
    stream = service.stream(HELLO, store=True)
    half = len(stream.own) // 2
    # The probe holds whole streams against the contract; this one begins in the middle.
    url = service.http.url_of("retrieveResponse", service.face, response_id=at(stream.response, "/id", str))
    query = {"stream": "true", "starting_after": str(half)}
    request = httpx.Request("GET", url, params=query, headers=service.credentials.headers(is_api=True))
    again = Stream.of(service.http.send(request, reads_only=True))
    require(again.own == stream.own[half + 1 :], expected=f"the events after {half}", found=again.in_short)


@pytest.mark.codex("responses.stored.cancel-foreground")
def test_what_is_not_in_the_background_cannot_be_stopped(service: Service) -> None:
    _of(service, service.respond(HELLO, store=True), "cancelResponse").require_status(400)


@pytest.mark.codex("responses.input-items.lists")
def test_the_input_is_listed(service: Service) -> None:
    response = service.respond(_SAID, store=True)
    texts = _texts(_of(service, response, "listInputItems", query={"order": "asc"}))
    require(texts == _texts_of(_SAID), expected=str(_texts_of(_SAID)), found=texts)


@pytest.mark.codex("responses.input-items.newest-first")
def test_the_newest_comes_first(service: Service) -> None:
    response = service.respond(_SAID, store=True)
    texts = _texts(_of(service, response, "listInputItems"))
    require(texts == _texts_of(reversed(_SAID)), expected="the last message first", found=texts)


@pytest.mark.codex("responses.input-items.pages")
def test_pages_make_the_whole(service: Service) -> None:
    response = service.respond(_SAID, store=True)
    query, found = {"order": "asc", "limit": "2"}, []
    for _ in _SAID:
        page = _of(service, response, "listInputItems", query=query).require_status(200)
        found += _texts(page)
        if not page.at("/has_more", bool):
            break
        query["after"] = page.at("/last_id", str)
    require(found == _texts_of(_SAID), expected=str(_texts_of(_SAID)), found=found)


@pytest.mark.codex("responses.input-items.ends")
def test_a_page_names_its_ends(service: Service) -> None:
    response = service.respond(_SAID, store=True)
    page = _of(service, response, "listInputItems", query={"limit": "2"}).require_status(200)
    ends = (page.at("/data/0/id", str), page.at("/data/1/id", str))
    found = (page.at("/first_id"), page.at("/last_id"))
    require(found == ends, expected=f"first_id and last_id {ends}", found=found)


@pytest.mark.codex("responses.input-items.limit")
@pytest.mark.parametrize("limit", ["0", "101"])
def test_an_odd_limit_is_refused(service: Service, limit: str) -> None:
    response = service.respond(HELLO, store=True)
    answer = _of(service, response, "listInputItems", query={"limit": limit}).require_status(400)
    require(answer.at("/error/param") == "limit", expected="limit as the param", found=answer.text)


def _of(service: Service, response: Any, operation_id: str = "retrieveResponse", **parts: Any) -> Answer:
    """Make a call about a stored response."""
    return service.call(operation_id, path={"response_id": at(response, "/id", str)}, **parts)


def _texts(page: Answer) -> list[Any]:
    page.require_status(200)
    return _texts_of(page.at("/data", list))


def _texts_of(items: Any) -> list[Any]:
    return [at(item, "/content/0/text", str) for item in items]
