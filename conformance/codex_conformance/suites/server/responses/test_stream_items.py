"""How the items of a response grow in its stream."""

from __future__ import annotations

import pytest

from codex_conformance.probes import at, require
from codex_conformance.suites.server.responses.faces import each_face
from codex_conformance.suites.server.responses.prompts import HELLO, scripted
from codex_conformance.suites.server.responses.service import Service
from codex_conformance.suites.server.responses.streams import require_text, texts_of

_ADDED, _DONE = "response.output_item.added", "response.output_item.done"
_TEXT_DONE = "response.output_text.done"

#: Characters of one to four bytes, some of which make one letter only together.
_SCRIPTS = "Grüße, 世界! e\u0301 👩\u200d🚀 done"


@pytest.mark.codex("responses.stream.deltas-join")
@each_face
def test_deltas_join_to_the_text(service: Service) -> None:
    stream = service.stream(HELLO)
    ends = stream.of_kind(_TEXT_DONE)
    require(ends, expected=_TEXT_DONE, found=stream.in_short)
    for end in ends:
        place = {name: end.get(name) for name in ("output_index", "content_index")}
        joined = stream.joined("response.output_text.delta", **place)
        require(joined == end.get("text"), expected=f"deltas that make {end.get('text')!r}", found=joined)


@pytest.mark.codex("responses.stream.item-text")
@each_face
def test_an_item_holds_what_was_streamed(service: Service) -> None:
    stream = service.stream(HELLO)
    said, text = stream.joined("response.output_text.delta"), require_text(stream.items)
    require(text == said, expected=f"the text of the deltas, {said!r}", found=text)


@pytest.mark.codex("responses.stream.final-output")
def test_the_end_repeats_the_items(service: Service) -> None:
    stream = service.stream(HELLO)
    require(at(stream.response, "/output") == stream.items, expected=str(stream.items), found=stream.response["output"])


@pytest.mark.codex("responses.stream.item-done")
@each_face
def test_each_item_ends_once(service: Service) -> None:
    stream = service.stream(HELLO)
    begun, ended = ([event.get("output_index") for event in stream.of_kind(kind)] for kind in (_ADDED, _DONE))
    require(begun, expected=_ADDED, found=stream.in_short)
    require(begun == ended, expected=f"one {_DONE} for each of {begun}", found=ended)


@pytest.mark.codex("responses.stream.output-index")
@each_face
def test_items_are_counted_from_zero(service: Service) -> None:
    stream = service.stream(HELLO)
    indexes = [event.get("output_index") for event in stream.of_kind(_ADDED)]
    require(indexes == list(range(len(indexes))) != [], expected="0, 1, 2 and so on", found=indexes)


@pytest.mark.codex("responses.stream.content-index")
@each_face
def test_parts_are_counted_from_zero(service: Service) -> None:
    stream = service.stream(HELLO)
    by_item: dict[object, list[object]] = {}
    for event in stream.of_kind("response.content_part.added"):
        by_item.setdefault(event.get("item_id"), []).append(event.get("content_index"))
    require(by_item, expected="response.content_part.added", found=stream.in_short)
    for indexes in by_item.values():
        require(indexes == list(range(len(indexes))), expected="0, 1, 2 and so on", found=indexes)


@pytest.mark.codex("responses.stream.item-ids")
@each_face
def test_events_name_the_item_that_they_change(service: Service) -> None:
    stream = service.stream(HELLO)
    opened = {event.get("output_index"): at(event, "/item/id", str) for event in stream.of_kind(_ADDED)}
    require(opened, expected=_ADDED, found=stream.in_short)
    named = [(event.get("output_index"), event["item_id"]) for event in stream.events if "item_id" in event]
    named += [(event.get("output_index"), at(event, "/item/id", str)) for event in stream.of_kind(_DONE)]
    wrong = [each for each in named if opened.get(each[0]) != each[1]]
    require(named and not wrong, expected=f"the ids of {opened}", found=wrong)


@pytest.mark.codex("responses.stream.item-begins-empty")
@each_face
def test_an_item_begins_in_progress(service: Service) -> None:
    items = [at(event, "/item", dict) for event in service.stream(HELLO).of_kind(_ADDED)]
    messages = [(item.get("status"), item.get("content")) for item in items if item.get("type") == "message"]
    require(messages == [("in_progress", [])], expected="one message in progress, without content", found=messages)


@pytest.mark.codex("responses.stream.part-done")
@each_face
def test_a_part_ends_whole(service: Service) -> None:
    stream = service.stream(HELLO)
    parts = [at(event, "/part/text", str) for event in stream.of_kind("response.content_part.done")]
    texts = texts_of(stream.items)
    require(parts == texts != [], expected=f"parts with {texts}", found=parts)


@pytest.mark.codex("responses.stream.unicode", scenario=scripted([{"message": _SCRIPTS}]))
@each_face
def test_no_letter_is_lost(service: Service) -> None:
    stream = service.stream(HELLO)
    require(texts_of(stream.items) == [_SCRIPTS], expected=_SCRIPTS, found=texts_of(stream.items))
    joined = stream.joined("response.output_text.delta")
    require(joined == _SCRIPTS, expected=_SCRIPTS, found=joined)


@pytest.mark.codex(
    "responses.stream.several-items",
    scenario=scripted([{"message": {"text": "First.", "phase": "commentary"}}, {"message": "Second."}]),
)
@each_face
def test_several_messages_stay_apart(service: Service) -> None:
    stream = service.stream(HELLO)
    texts = [stream.joined("response.output_text.delta", output_index=index) for index in (0, 1)]
    require(texts == ["First.", "Second."], expected="First. at 0 and Second. at 1", found=texts)
    identifiers = {at(item, "/id", str) for item in stream.items}
    require(len(identifiers) == 2, expected="two item ids", found=identifiers)


@pytest.mark.codex("responses.stream.refusal", scenario=scripted([{"refusal": "I will not do that."}]))
@each_face
def test_a_refusal_is_told_apart(service: Service) -> None:
    stream = service.stream(HELLO)
    joined = stream.joined("response.refusal.delta")
    part = at(stream.items[0], "/content/0", dict)
    require(joined == part.get("refusal") == "I will not do that.", expected="a refusal in both", found=(joined, part))
