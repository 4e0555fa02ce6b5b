"""App-servers that take and answer requests in a wrong way: each is found out by the requirement that it breaks."""

from __future__ import annotations

import json

import pytest
from app_server_mutants import IN, NOISE, OUT, Broken


def answers_twice(message, talk):
    yield message
    if "method" not in message:
        yield message


def answers_no_refused_request(message, talk):
    if "error" not in message:
        yield message


def writes_ids_as_text(message, talk):
    yield message if "method" in message else {**message, "id": str(message["id"])}


def reads_ids_as_numbers(message, talk):
    identifier = message.get("id")
    yield {**message, "id": int(identifier)} if str(identifier).isdigit() else message


def says_which_json_rpc_it_is(message, talk):
    yield {"jsonrpc": "2.0", **message}


def refuses_unknown_fields(message, talk):
    if "unheardOf" in json.dumps(message):
        talk.send_as_it_is({"id": message["id"], "error": {"code": -32600, "message": "unknown field"}})
    else:
        yield message


def takes_defaults_for_wrong_types(message, talk):
    yield {**message, "result": {}} if message.pop("error", None) else message


def hears_nothing_after_noise(talk, text):
    talk.is_deaf = True


def ends_at_unknown_notifications(message, talk):
    talk.is_deaf |= message.get("method") == "no/such/notification"
    yield message


def reads_bytes_as_latin(message, talk):
    text = json.dumps(message, ensure_ascii=False)
    yield json.loads(text.encode().decode("latin-1"))


MUTANTS = (
    Broken(OUT, answers_twice, "rpc.one-answer"),
    Broken(OUT, answers_no_refused_request, "rpc.unknown-method"),
    Broken(OUT, writes_ids_as_text, "rpc.integer-ids"),
    Broken(IN, reads_ids_as_numbers, "rpc.text-ids"),
    Broken(OUT, says_which_json_rpc_it_is, "rpc.no-jsonrpc-member"),
    Broken(IN, refuses_unknown_fields, "rpc.unknown-fields"),
    Broken(OUT, takes_defaults_for_wrong_types, "rpc.wrong-types"),
    Broken(NOISE, hears_nothing_after_noise, "rpc.undecodable"),
    Broken(IN, ends_at_unknown_notifications, "rpc.unknown-notification"),
    Broken(IN, reads_bytes_as_latin, "rpc.characters"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
