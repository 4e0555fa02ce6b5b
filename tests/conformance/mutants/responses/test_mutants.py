"""Servers of responses that do one thing wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

CREATE = r"(/v1|/backend-api/codex)/responses"
API, BACKEND = "/v1/responses", "/backend-api/codex/responses"
STORED = "/v1/responses/[^/]+"
CHAT = "/v1/chat/completions"

DELTA = "response.output_text.delta"
ARGUMENTS = "response.function_call_arguments"

CONTRACT = "responses.contract.messages"


class Broken(NamedTuple):
    """A server that does one thing wrong."""

    paths: str
    mutation: object
    #: The requirement that it breaks.
    requirement: str


# Streams, as lists of events.


def events_of(answer):
    """Return the events of a stream; none where the answer is no stream."""
    lines = answer.body.decode().splitlines() if "event-stream" in answer.headers["content-type"] else ()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def sent(events, name=None):
    """Return events as they go on the wire, named by their type or all alike."""
    return "".join(f"event: {name or each['type']}\ndata: {json.dumps(each)}\n\n" for each in events).encode()


def streams(change):
    """Return the mutation that has a change made to the events of each stream; what it returns is sent."""

    def mutation(_call):
        answer = yield
        if events := events_of(answer):
            answer.body = sent(change(events))

    mutation.__name__ = change.__name__
    return mutation


def edited(kind, **fields):
    """Return a change that puts fields over those of all events of a type."""
    return lambda events: [each | fields if each["type"] == kind else each for each in events]


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
    return edited(DELTA, output_index="0")(events)


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


# Streams as bytes.


def names_all_events_alike(_call):
    answer = yield
    answer.body = sent(events_of(answer), "message")


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


# Objects.


def gives_one_id_to_all(call):
    answer = yield
    if answer.status == 200:
        answer.update(id=call.memory.setdefault("id", answer.json["id"]))


def forgets_the_metadata(_call):
    answer = yield
    answer.update(metadata={})


def cuts_without_a_word(_call):
    answer = yield
    answer.update(status="completed", incomplete_details=None)


def writes_arguments_as_an_object(_call):
    answer = yield
    calls = [each | {"arguments": json.loads(each["arguments"])} for each in answer.json["output"]]
    answer.update(output=calls)


def takes_the_item_id_for_the_call(_call):
    answer = yield
    answer.update(output=[each | {"call_id": each["id"]} for each in answer.json["output"]])


def drops_orphans(call):
    call.rewrite(input=[each for each in call.fields["input"] if each["type"] != "function_call_output"])
    yield


def ignores_the_format(call):
    call.rewrite(text={"format": {"type": "text"}})
    yield


# What is stored.


def keeps_everything(call):
    call.rewrite(store=True)
    yield


def deletes_nothing(call):
    if call.method == "DELETE":
        call.scope = {**call.scope, "method": "GET"}
    answer = yield
    if call.method == "DELETE" and answer.status == 200:
        answer.json = {"id": answer.json["id"], "object": "response", "deleted": True}


def shows_the_responses_of_others(call):
    record = call.world.state.responses.get(call.path.rpartition("/")[2])
    if record is not None:
        owner = next(
            each for each in call.world.state.accounts.values() for own in each.workspaces if own.id == record.workspace
        )
        with_credentials(call, f"Bearer {owner.api_key}")
    yield


def with_credentials(call, text):
    """Let a call have other credentials."""
    others = [pair for pair in call.scope["headers"] if pair[0] != b"authorization"]
    call.scope = {**call.scope, "headers": [*others, (b"authorization", text.encode())]}


def continues_what_it_does_not_know(call):
    if call.fields.get("previous_response_id") not in call.world.state.responses:
        forget_the_previous_response(call)
    yield


def forgets_what_was_said_before(call):
    forget_the_previous_response(call)
    yield


def forget_the_previous_response(call):
    call.rewrite(previous_response_id=None)


def explains_an_unknown_response_with_404(_call):
    answer = yield
    if answer.status == 400:
        answer.status = 404


def works_in_the_foreground(call):
    call.rewrite(background=False)
    yield


def revives_what_was_cancelled(call):
    if record := call.world.state.responses.get(call.path.rpartition("/")[2]):
        record.is_cancelled = False
    yield


def begins_every_page_anew(call):
    call.query = "&".join(f"{name}={text}" for name, text in call.query.items() if name != "after")
    yield


def plays_the_whole_stream_again(call):
    call.query = "stream=true" if "stream" in call.query else ""
    yield


# Who may ask, and how much.


def lets_anybody_in(call):
    with_credentials(call, f"Bearer {call.world.account('plus').api_key}")
    yield


def forbids_in_the_place_of_asking_for_a_login(_call):
    answer = yield
    if answer.status == 401:
        answer.status = 403


def refuses_zstd(_call):
    answer = yield
    answer.become(415, {"detail": "Unsupported Media Type"})


def stores_on_the_backend(call):
    call.rewrite(store=False)
    yield


def fails_at_broken_json(_call):
    answer = yield
    answer.become(500, {"detail": "Internal Server Error"})


def hides_the_kind_of_limit(_call):
    answer = yield
    if answer.status == 429:
        answer.become(429, {"detail": "Too Many Requests"})


def counts_the_reset_in_milliseconds(_call):
    answer = yield
    if answer.status == 429:
        error = answer.json["error"]
        answer.json = {"error": error | {"resets_at": error["resets_at"] * 1000}}


def does_not_say_when_to_come_back(_call):
    answer = yield
    answer.headers.pop("retry-after", None)


def shows_the_limits_of_somebody_else(_call):
    answer = yield
    answer.headers["x-codex-primary-used-percent"] = "7"


def reroutes_the_model(_call):
    answer = yield
    answer.headers["openai-model"] = "gpt-5-mini"


def changes_the_etag(call):
    answer = yield
    call.memory["count"] = call.memory.get("count", 0) + 1
    answer.headers["etag"] = f'"{call.memory["count"]}"'


def names_another_etag(_call):
    answer = yield
    answer.headers["x-models-etag"] = '"another"'


# Chats.


def chunks_of(answer):
    return [json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: {")]


def chunked(chunks, end="data: [DONE]\n\n"):
    return ("".join(f"data: {json.dumps(each)}\n\n" for each in chunks) + end).encode()


def forgets_the_done_marker(_call):
    answer = yield
    answer.body = chunked(chunks_of(answer), "")


def counts_unasked(_call):
    answer = yield
    chunks = chunks_of(answer)
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    answer.body = chunked([*chunks, chunks[-1] | {"choices": [], "usage": usage}])


def gives_each_chunk_an_id_of_its_own(_call):
    answer = yield
    answer.body = chunked([each | {"id": f"chatcmpl-{number}"} for number, each in enumerate(chunks_of(answer))])


def never_finishes_a_choice(_call):
    answer = yield
    chunks = chunks_of(answer)
    for chunk in chunks:
        for choice in chunk["choices"]:
            choice["finish_reason"] = None
    answer.body = chunked(chunks)


def stops_where_it_calls(_call):
    answer = yield
    answer.update(choices=[each | {"finish_reason": "stop"} for each in answer.json["choices"]])


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
    Broken(CREATE, streams(writes_numbers_as_text), CONTRACT),
    Broken(BACKEND, streams(adds_wrongly), "responses.usage.total"),
    Broken(CREATE, streams(cuts_the_arguments), "responses.tools.arguments-join"),
    Broken(API, writes_arguments_as_an_object, "responses.tools.arguments-json"),
    Broken(API, takes_the_item_id_for_the_call, "responses.tools.call-id"),
    Broken(API, drops_orphans, "responses.tools.orphan-output"),
    Broken(API, ignores_the_format, "responses.structured.schema"),
    Broken(CREATE, streams(seals_nothing), "responses.reasoning.encrypted"),
    Broken(API, gives_one_id_to_all, "responses.object.ids-unique"),
    Broken(API, forgets_the_metadata, "responses.echo.metadata"),
    Broken(API, cuts_without_a_word, "responses.end.incomplete"),
    Broken(API, keeps_everything, "responses.stored.declined"),
    Broken(STORED, deletes_nothing, "responses.stored.delete"),
    Broken(STORED, shows_the_responses_of_others, "responses.stored.other-account"),
    Broken(STORED, plays_the_whole_stream_again, "responses.stored.replay-after"),
    Broken(f"{STORED}/input_items", begins_every_page_anew, "responses.input-items.pages"),
    Broken(API, continues_what_it_does_not_know, "responses.previous.unknown"),
    Broken(API, explains_an_unknown_response_with_404, "responses.previous.unknown"),
    Broken(API, forgets_what_was_said_before, "responses.previous.history"),
    Broken(API, works_in_the_foreground, "responses.background.answer"),
    Broken(STORED, revives_what_was_cancelled, "responses.background.cancelled-stays"),
    Broken(BACKEND, streams(compacts_into_a_message), "responses.codex.compaction-trigger"),
    Broken(BACKEND, refuses_zstd, "responses.encoding.zstd"),
    Broken(BACKEND, stores_on_the_backend, "responses.codex.store"),
    Broken(BACKEND, reroutes_the_model, "responses.codex.model-header"),
    Broken(API, lets_anybody_in, "responses.auth.wrong"),
    Broken(BACKEND, forbids_in_the_place_of_asking_for_a_login, "responses.auth.expired"),
    Broken(BACKEND, hides_the_kind_of_limit, "responses.limits.usage-limit"),
    Broken(BACKEND, counts_the_reset_in_milliseconds, "responses.limits.resets-at"),
    Broken(BACKEND, does_not_say_when_to_come_back, "responses.limits.retry-after"),
    Broken(BACKEND, shows_the_limits_of_somebody_else, "responses.limits.headers-true"),
    Broken("/backend-api/codex/models", changes_the_etag, "responses.models.etag"),
    Broken(BACKEND, names_another_etag, "responses.models.etag-of-turns"),
    Broken(CREATE, fails_at_broken_json, "responses.errors.malformed"),
    Broken(CREATE, refuses_inside_a_stream, "responses.errors.before-stream"),
    Broken(CHAT, forgets_the_done_marker, "responses.chat.stream-done"),
    Broken(CHAT, counts_unasked, "responses.chat.usage-not-asked"),
    Broken(CHAT, gives_each_chunk_an_id_of_its_own, "responses.chat.stream-head"),
    Broken(CHAT, never_finishes_a_choice, "responses.chat.stream-finish"),
    Broken(CHAT, stops_where_it_calls, "responses.chat.tool-finish"),
)


# WebSockets.


def hides_the_status(frame, _memory):
    yield {name: value for name, value in frame.items() if name != "status"}


def closes_after_a_turn(frame, _memory):
    yield frame
    if frame["type"] == "response.completed":
        yield 1000


def forgets_the_conversation(frame, _memory):
    yield {name: value for name, value in frame.items() if name != "previous_response_id"}


def answers_with_a_pong(frame, _memory):
    yield {"type": "pong"} if frame["type"] == "error" else frame


def warms_up_with_words(frame, _memory):
    yield {name: value for name, value in frame.items() if name != "generate"}


def counts_on_from_turn_to_turn(frame, memory):
    if "sequence_number" in frame:
        memory["count"] = memory.get("count", -1) + 1
        frame = frame | {"sequence_number": memory["count"]}
    yield frame


def calls_a_limit_a_bad_request(frame, _memory):
    yield frame | {"status": 400} if frame["type"] == "error" else frame


def opens_to_anybody(scope, world):
    others = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
    key = f"Bearer {world.account('plus').api_key}".encode()
    return {**scope, "headers": [*others, (b"authorization", key)]}


#: The way that is changed, the change, and the requirement that it breaks.
SOCKET_MUTANTS = (
    Broken("outwards", hides_the_status, "responses.websocket.error-status"),
    Broken("outwards", closes_after_a_turn, "responses.websocket.several-turns"),
    Broken("inwards", forgets_the_conversation, "responses.websocket.incremental-history"),
    Broken("outwards", answers_with_a_pong, "responses.websocket.odd-frame"),
    Broken("inwards", warms_up_with_words, "responses.websocket.prewarm"),
    Broken("outwards", counts_on_from_turn_to_turn, "responses.websocket.sequence-numbers"),
    Broken("outwards", calls_a_limit_a_bad_request, "responses.websocket.usage-limit"),
    Broken("door", opens_to_anybody, "responses.websocket.auth"),
)


def named(broken: Broken) -> str:
    """Return what a mutant does, in words, and the requirement that this breaks."""
    return f"{broken.mutation.__name__.replace('_', ' ')}: {broken.requirement}"


def require_found_out(run, outcomes, requirement):
    assert outcomes(run)[requirement] == "failed"
    assert {verdict.blame for verdict in run.verdicts if verdict.outcome == "failed"} == {"implementation"}


@pytest.mark.parametrize("broken", MUTANTS, ids=named)
def test_a_broken_server_is_found_out_by_name(mutated, judge_http, outcomes, broken):
    """The contract's own requirement is judged with every other one, and has no case of its own."""
    asked = "responses.stream.completed" if broken.requirement == CONTRACT else broken.requirement
    run = judge_http(mutated(broken.paths, broken.mutation), [asked])

    require_found_out(run, outcomes, broken.requirement)


@pytest.mark.parametrize("broken", SOCKET_MUTANTS, ids=named)
def test_a_broken_socket_is_found_out_by_name(mutated_socket, judge_http, outcomes, broken):
    run = judge_http(mutated_socket(**{broken.paths: broken.mutation}), [broken.requirement])

    require_found_out(run, outcomes, broken.requirement)


def test_the_server_that_was_not_broken_passes(mutated, judge_http, outcomes):
    def changes_nothing(call):
        yield

    asked = sorted({broken.requirement for broken in MUTANTS} - {CONTRACT})
    run = judge_http(mutated(".*", changes_nothing), asked)

    assert outcomes(run) == dict.fromkeys(asked, "passed")


def test_the_sockets_that_were_not_broken_pass(mutated_socket, judge_http, outcomes):
    asked = sorted({broken.requirement for broken in SOCKET_MUTANTS})
    run = judge_http(mutated_socket(), asked)

    assert outcomes(run) == dict.fromkeys(asked, "passed")
