"""Streams of responses in which one thing is wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import json

import pytest
from http_mutants import Broken, changes_nothing

CREATE = r"(/v1|/backend-api/codex)/responses"
BACKEND = "/backend-api/codex/responses"

DELTA = "response.output_text.delta"
ARGUMENTS = "response.function_call_arguments"


def sent(events, name=None):
    """Return events as they go on the wire, named by their type or all alike."""
    return "".join(f"event: {name or each['type']}\ndata: {json.dumps(each)}\n\n" for each in events).encode()


def streams(change):
    """Return the mutation that has a change made to the events of each stream; what it returns is sent."""

    def mutation(_call):
        answer = yield
        if answer.is_stream:
            answer.body = sent(change(answer.data))

    mutation.__name__ = change.__name__
    return mutation


def renumbered(events):
    return [each | {"sequence_number": number} for number, each in enumerate(events)]


def tells_no_end(events):
    return events[:-1]


def ends_twice(events):
    return renumbered([*events, events[-1]])


def goes_on_after_the_end(events):
    return renumbered([*events, next(each for each in events if each["type"] == DELTA)])


def fails_as_an_error(events):
    return [*events[:-1], {"type": "error", "message": "a mishap", "sequence_number": len(events) - 1}]


def skips_a_number(events):
    return [each | {"sequence_number": number + (number > 2)} for number, each in enumerate(events)]


def counts_from_one(events):
    return [each | {"sequence_number": number} for number, each in enumerate(events, 1)]


def begins_in_the_middle(events):
    return renumbered(events[1:])


def loses_a_delta(events):
    place = next(index for index, each in enumerate(events) if each["type"] == DELTA)
    return renumbered(events[:place] + events[place + 1 :])


def loses_the_text_of_finished_items(events):
    for event in events:
        if event["type"] == "response.output_item.done":
            event["item"] = event["item"] | {"content": []}
    return events


def leaves_the_final_output_empty(events):
    events[-1]["response"]["output"] = []
    return events


def gives_each_event_an_item_id_of_its_own(events):
    return [each | {"item_id": f"msg_{number}"} if "item_id" in each else each for number, each in enumerate(events)]


def counts_items_from_one(events):
    return [each | {"output_index": each["output_index"] + 1} if "output_index" in each else each for each in events]


def changes_the_response_id(events):
    events[-1]["response"]["id"] = "resp_another"
    return events


def never_ends_an_item(events):
    return renumbered([each for each in events if each["type"] != "response.output_item.done"])


def says_the_text_at_once(events):
    """Begin each message with all of its text."""
    for event in events:
        if event["type"] == "response.output_item.added":
            event["item"] = next(each["item"] for each in events if each["type"] == "response.output_item.done")
    return events


def adds_wrongly(events):
    events[-1]["response"]["usage"]["total_tokens"] += 1
    return events


def cuts_the_arguments(events):
    deltas = [index for index, each in enumerate(events) if each["type"] == f"{ARGUMENTS}.delta"]
    return renumbered([each for index, each in enumerate(events) if index not in deltas[-1:]])


def writes_numbers_as_text(events):
    return [each | {"output_index": "0"} if each["type"] == DELTA else each for each in events]


def seals_nothing(events):
    for event in events:
        event.get("item", {}).pop("encrypted_content", None)
    return events


def compacts_into_a_message(events):
    for event in events:
        if event["type"] == "response.output_item.done":
            event["item"] = {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "status": "completed",
                "content": [],
            }
    return events


def names_all_events_alike(_call):
    answer = yield
    answer.body = sent(answer.data, "message")


def adds_a_done_marker(_call):
    answer = yield
    answer.body += b"data: [DONE]\n\n"


def calls_a_stream_text(_call):
    answer = yield
    answer.headers["content-type"] = "text/plain"


def knows_only_ascii(_call):
    answer = yield
    answer.body = "".join(letter if letter.isascii() else "?" for letter in answer.body.decode()).encode()


def refuses_inside_a_stream(_call):
    answer = yield
    if answer.status >= 400:
        failure = {"type": "error", "message": "refused", "sequence_number": 0}
        answer.status, answer.body = 200, sent([failure])
        answer.headers["content-type"] = "text/event-stream"


MUTANTS = (
    Broken(CREATE, streams(tells_no_end), "responses.stream.terminal-once"),
    Broken(CREATE, streams(ends_twice), "responses.stream.terminal-once"),
    Broken(CREATE, streams(fails_as_an_error), "responses.end.failed-event"),
    Broken(CREATE, streams(goes_on_after_the_end), "responses.stream.terminal-last"),
    Broken(CREATE, streams(skips_a_number), "responses.stream.sequence-numbers"),
    Broken(CREATE, streams(counts_from_one), "responses.stream.sequence-numbers"),
    Broken(CREATE, streams(begins_in_the_middle), "responses.stream.created-first"),
    Broken(CREATE, streams(changes_the_response_id), "responses.stream.response-id"),
    Broken(CREATE, streams(loses_a_delta), "responses.stream.deltas-join"),
    Broken(CREATE, streams(loses_the_text_of_finished_items), "responses.stream.item-text"),
    Broken(CREATE, streams(leaves_the_final_output_empty), "responses.stream.final-output"),
    Broken(CREATE, streams(gives_each_event_an_item_id_of_its_own), "responses.stream.item-ids"),
    Broken(CREATE, streams(counts_items_from_one), "responses.stream.output-index"),
    Broken(CREATE, streams(never_ends_an_item), "responses.stream.item-done"),
    Broken(CREATE, streams(says_the_text_at_once), "responses.stream.item-begins-empty"),
    Broken(CREATE, names_all_events_alike, "responses.stream.event-names"),
    Broken(CREATE, adds_a_done_marker, "responses.stream.no-done-marker"),
    Broken(CREATE, calls_a_stream_text, "responses.stream.media-type"),
    Broken(CREATE, knows_only_ascii, "responses.stream.unicode"),
    Broken(
        CREATE, streams(writes_numbers_as_text), "responses.contract.messages", seen_by="responses.stream.completed"
    ),
    Broken(BACKEND, streams(adds_wrongly), "responses.usage.total"),
    Broken(CREATE, streams(cuts_the_arguments), "responses.tools.arguments-join"),
    Broken(CREATE, streams(seals_nothing), "responses.reasoning.encrypted"),
    Broken(BACKEND, streams(compacts_into_a_message), "responses.codex.compaction-trigger"),
    Broken(CREATE, refuses_inside_a_stream, "responses.errors.before-stream"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_stream_is_found_out_by_name(mutated, find_out, broken):
    find_out(mutated(broken.where, broken.mutation), broken)


def test_the_stream_that_was_not_broken_passes(mutated, acquit):
    acquit(mutated(".*", changes_nothing), MUTANTS)
