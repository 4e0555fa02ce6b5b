"""What a request may be made of."""

from __future__ import annotations

import pytest

from codex_conformance.suites.server.responses.faces import codex_face, each_face
from codex_conformance.suites.server.responses.prompts import HELLO, message
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import Stream, require_text

#: A picture of one dot.
_DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

#: What codex 0.169.0 says of itself with a turn.
_CODEX_HEADERS = {
    "accept": "text/event-stream",
    "originator": "codex_exec",
    "user-agent": "codex_exec/0.169.0 (Linux; x86_64) unknown (codex_exec; 0.169.0)",
    "version": "0.169.0",
    "session-id": "01900000-0000-7000-8000-000000000001",
    "thread-id": "01900000-0000-7000-8000-000000000001",
    "x-client-request-id": "01900000-0000-7000-8000-000000000001",
    "x-codex-window-id": "01900000-0000-7000-8000-000000000001:0",
    "x-codex-beta-features": "remote_compaction_v2",
    "x-codex-turn-metadata": '{"request_kind":"turn","turn_id":"t1","a_key_of_tomorrow":1}',
    "x-codex-header-of-tomorrow": "1",
}
_CLIENT_METADATA = {"session_id": "s1", "thread_id": "t1", "turn_id": "", "a_key_of_tomorrow": "1"}

#: Bytes of a long conversation with pictures and the output of tools.
_LONG = 4 * 1024 * 1024


@pytest.mark.codex("responses.input.text")
def test_the_input_may_be_text(service: Service) -> None:
    require_text(service.items(HELLO))


@pytest.mark.codex("responses.input.list")
def test_the_input_may_be_a_list(service: Service) -> None:
    require_text(service.items([message(HELLO)]))


@pytest.mark.codex("responses.input.easy-message")
def test_a_message_may_be_short(service: Service) -> None:
    require_text(service.items([{"role": "user", "content": HELLO}]))


@pytest.mark.codex("responses.input.roles")
@pytest.mark.parametrize("role", ["developer", "system"])
@each_face
def test_instructions_may_be_messages(service: Service, role: str) -> None:
    require_text(service.items([message("Be brief.", role), message(HELLO)]))


@pytest.mark.codex("responses.input.history")
@each_face
def test_the_whole_history_may_be_sent(service: Service) -> None:
    items = service.items(HELLO)
    require_text(service.items([message(HELLO), *items, message("Say it again.")]))


@pytest.mark.codex("responses.input.image")
@each_face
def test_a_message_may_show_a_picture(service: Service) -> None:
    shown = message(HELLO)
    shown["content"].append({"type": "input_image", "image_url": _DOT, "detail": "auto"})
    require_text(service.items([shown]))


@pytest.mark.codex("responses.input.large")
@each_face
def test_a_request_may_be_long(service: Service) -> None:
    # Words, as some tokenizers take minutes for a single long one. Models with a short context may refuse them.
    filler = "tide " * (_LONG // 5)
    service.ask([message(filler), message(HELLO)], stream=True).require_status(200, 400)


@pytest.mark.codex("responses.codex.headers")
@codex_face
def test_the_headers_of_codex_are_taken(service: Service) -> None:
    service.ask(HELLO, headers=_CODEX_HEADERS).require_status(200)


@pytest.mark.codex("responses.codex.client-metadata")
@each_face
def test_the_metadata_of_a_client_are_taken(service: Service) -> None:
    require_text(service.items(HELLO, client_metadata=_CLIENT_METADATA))


@pytest.mark.codex("responses.codex.prompt-cache-key")
@each_face
def test_a_cache_key_is_taken(service: Service) -> None:
    require_text(service.items(HELLO, prompt_cache_key="01900000-0000-7000-8000-000000000001"))


@pytest.mark.codex("responses.codex.instructions-in-input")
@codex_face
def test_instructions_may_stand_in_the_input(service: Service) -> None:
    body = service.body([message("You help.", "developer"), message(HELLO)])
    del body["instructions"]
    require_text(Stream.of(service.call("createResponse", json=body)).items)
