"""Compaction: a shorter conversation in the place of a long one."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.probes import Answer, at, require
from codex_conformance.suites.server.responses.faces import codex_face
from codex_conformance.suites.server.responses.prompts import HELLO, STORY, message
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import require_text

_TRIGGER = {"type": "compaction_trigger"}
_ANSWERED = [
    message(STORY),
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Once upon a time."}]},
]


@pytest.mark.codex("responses.compact.item")
def test_a_compaction_is_sealed(service: Service) -> None:
    item = _compaction_of(_compact(service).at("/output", list))
    require(at(item, "/encrypted_content", str), expected="encrypted_content with something in it", found=item)


@pytest.mark.codex("responses.compact.object")
def test_a_compaction_says_what_it_is(service: Service) -> None:
    found = _compact(service).at("/object")
    require(found == "response.compaction", expected="response.compaction", found=found)


@pytest.mark.codex("responses.compact.usage")
def test_a_compaction_is_counted(service: Service) -> None:
    usage = _compact(service).at("/usage", dict)
    require(at(usage, "/total_tokens", int) > 0, expected="total_tokens above 0", found=usage)


@pytest.mark.codex("responses.compact.taken-back")
def test_a_compaction_stands_for_the_conversation(service: Service) -> None:
    output = _compact(service).at("/output", list)
    answer = service.items([*output, message(HELLO)])
    require_text(answer)


@pytest.mark.codex("responses.codex.compaction-trigger")
@codex_face
def test_a_trigger_asks_for_a_compaction(service: Service) -> None:
    items = service.stream([*_ANSWERED, _TRIGGER]).items
    kinds = [item.get("type") for item in items]
    require(kinds == ["compaction"], expected="one compaction item", found=kinds)
    require(at(items[0], "/encrypted_content", str), expected="encrypted_content with something in it", found=items[0])


@pytest.mark.codex("responses.codex.compaction-taken-back")
@codex_face
def test_a_triggered_compaction_is_taken_back(service: Service) -> None:
    compaction = _compaction_of(service.stream([*_ANSWERED, _TRIGGER]).items)
    answer = service.items([message(STORY), compaction, message(HELLO)])
    require_text(answer)


def _compact(service: Service) -> Answer:
    body = {"model": service.model, "input": _ANSWERED}
    return service.call("compactResponse", json=body).require_status(200)


def _compaction_of(items: list[Any]) -> Any:
    found = [item for item in items if at(item, "/type") == "compaction"]
    require(len(found) == 1, expected="one compaction item", found=items)
    return found[0]
