"""Requests, answers and what is neither."""

from __future__ import annotations

import re
from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_servers import AppServers

_LISTED = {"method": "thread/loaded/list", "params": {}}

#: Lines that are no message of the protocol.
_UNDECODABLE = (
    "{not json",
    "[]",
    '[{"id": 901, "method": "thread/loaded/list", "params": {}}]',
    "null",
    '"text"',
    "",
    '{"id": 902}',
    '{"id": null, "method": "thread/loaded/list", "params": {}}',
    '{"id": 1.5, "method": "thread/loaded/list", "params": {}}',
    '{"id": true, "method": "thread/loaded/list", "params": {}}',
)

#: Params that lack what is required, or have another type.
_MISSING: tuple[tuple[str, Any], ...] = (
    ("thread/read", None),
    ("thread/read", {}),
    ("thread/read", {"threadId": None}),
    ("turn/start", {"threadId": "x"}),
)
_WRONG: tuple[tuple[str, Any], ...] = (
    ("thread/read", {"threadId": 5}),
    ("thread/loaded/list", "hello"),
    ("thread/loaded/list", {"limit": "x"}),
    ("thread/loaded/list", {"limit": -1}),
    ("thread/start", {"sandbox": "bogus"}),
    ("thread/start", {"config": 5}),
    ("turn/start", {"threadId": "x", "input": {}}),
    ("turn/start", {"threadId": "x", "input": [{"type": "smell"}]}),
)


@pytest.mark.codex("app-server.rpc.integer-ids")
@pytest.mark.parametrize("identifier", [0, -7, 9_007_199_254_740_993, 9_223_372_036_854_775_807])
def test_an_integer_comes_back(client: AppServerProbe, identifier: int) -> None:
    _require_echo(client, identifier)


@pytest.mark.codex("app-server.rpc.text-ids")
@pytest.mark.parametrize("identifier", ["7", "a-b", ""], ids=["digits", "word", "empty"])
def test_a_text_comes_back(client: AppServerProbe, identifier: str) -> None:
    _require_echo(client, identifier)


@pytest.mark.codex("app-server.rpc.id-used-again")
def test_an_id_that_is_used_again_is_answered_again(client: AppServerProbe) -> None:
    for _ in range(2):
        _require_echo(client, 900)


@pytest.mark.codex("app-server.rpc.one-answer")
def test_each_request_is_answered_once(client: AppServerProbe) -> None:
    asked = [
        client.request("thread/loaded/list", {}),
        client.request("no/such/method", {}, misuse=True),
        client.request("thread/read", {"threadId": "nope"}),
        client.request("thread/start", {}),
    ]
    client.settle()
    answered = sorted(each["id"] for each in client.messages if "method" not in each and each.get("id") in asked)
    require(answered == asked, expected=f"one answer to each of {asked}", found=answered)


@pytest.mark.codex("app-server.rpc.pipelined")
def test_requests_do_not_wait_for_each_other(client: AppServerProbe) -> None:
    asked = [client.request("thread/loaded/list", {}) for _ in range(20)]
    for identifier in reversed(asked):
        at(client.answer(identifier), "/result")


@pytest.mark.codex("app-server.rpc.order-in-a-thread")
def test_requests_about_a_thread_are_done_in_order(client: AppServerProbe) -> None:
    thread_id = client.thread()
    names = ["One", "Two", "Three", "Four"]
    asked = [client.request("thread/name/set", {"threadId": thread_id, "name": name}) for name in names]
    read = client.request("thread/read", {"threadId": thread_id})
    for identifier in asked:
        at(client.answer(identifier), "/result")
    name = at(client.answer(read), "/result/thread/name")
    require(name == names[-1], expected=f"the last name, {names[-1]}", found=name)


@pytest.mark.codex("app-server.rpc.jsonrpc-member")
def test_a_jsonrpc_member_changes_nothing(client: AppServerProbe) -> None:
    client.send({"jsonrpc": "2.0", "id": 900, **_LISTED}, misuse=True)
    at(client.answer(900), "/result")


@pytest.mark.codex("app-server.rpc.no-jsonrpc-member")
def test_no_jsonrpc_member_is_sent(client: AppServerProbe) -> None:
    client.thread()
    sent = [each for each in client.messages if "jsonrpc" in each]
    require(not sent, expected="messages without the member jsonrpc", found=sent)


@pytest.mark.codex("app-server.rpc.unknown-fields")
def test_unknown_fields_are_ignored(client: AppServerProbe) -> None:
    client.send({"id": 900, "unheardOf": 1, **_LISTED, "params": {"unheardOf": {"depth": 1}}}, misuse=True)
    at(client.answer(900), "/result")


@pytest.mark.codex("app-server.rpc.unknown-method")
def test_an_unknown_method_is_refused(client: AppServerProbe) -> None:
    error = client.refusal("no/such/method", {})
    require(isinstance(error.get("code"), int), expected="an error with a code", found=error)
    client.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.rpc.unknown-notification")
def test_an_unknown_notification_is_ignored(client: AppServerProbe) -> None:
    client.send({"method": "no/such/notification", "params": {}}, misuse=True)
    client.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.rpc.missing-params")
def test_missing_params_are_refused(client: AppServerProbe) -> None:
    for method, params in _MISSING:
        client.refusal(method, params)


@pytest.mark.codex("app-server.rpc.wrong-types")
def test_params_of_another_type_are_refused(client: AppServerProbe) -> None:
    for method, params in _WRONG:
        client.refusal(method, params)


@pytest.mark.codex("app-server.rpc.invalid-request")
def test_what_cannot_be_decoded_has_one_code(client: AppServerProbe) -> None:
    errors = [client.refusal(method, params) for method, params in (("no/such/method", {}), *_MISSING, *_WRONG)]
    wrong = [
        error
        for error in errors
        if error.get("code") != -32600 or not str(error.get("message")).startswith("Invalid request: ")
    ]
    require(not wrong, expected="the code -32600 and a message that begins with 'Invalid request: '", found=wrong)


@pytest.mark.codex("app-server.rpc.undecodable")
def test_lines_that_are_no_message_end_nothing(app_servers: AppServers) -> None:
    client = app_servers.client()
    for line in _UNDECODABLE:
        client.send(line)
    client.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.rpc.undecodable-silence")
def test_lines_that_are_no_message_are_not_answered(app_servers: AppServers) -> None:
    client = app_servers.client()
    for line in _UNDECODABLE:
        client.send(line)
    asked = client.request("thread/loaded/list", {})
    client.answer(asked)
    answers = [each for each in client.messages if "method" not in each and each.get("id") not in (1, asked)]
    require(not answers, expected="no answer to them", found=answers)


@pytest.mark.codex("app-server.rpc.stray-answers")
def test_answers_to_nothing_are_ignored(client: AppServerProbe) -> None:
    client.send({"id": 900, "result": {}}, misuse=True)
    client.send({"id": "nobody", "error": {"code": 1, "message": "x"}}, misuse=True)
    client.ask("thread/loaded/list", {})


@pytest.mark.codex("app-server.rpc.blanks")
def test_blanks_around_a_message_are_no_part_of_it(client: AppServerProbe) -> None:
    _require_echo(client, 900)
    client.send('  {"id": 900, "method": "thread/loaded/list", "params": {}}  ')
    at(client.answer(900), "/result")


@pytest.mark.codex("app-server.rpc.long-lines")
def test_a_long_message_is_read_whole(app_servers: AppServers) -> None:
    client = app_servers.client()
    client.send({"id": 900, **_LISTED, "params": {"unheardOf": "x" * 1_000_000}}, misuse=True)
    at(client.answer(900), "/result")


@pytest.mark.codex("app-server.rpc.characters")
def test_all_characters_come_back(app_servers: AppServers) -> None:
    client = app_servers.client()
    thread_id = client.thread()
    name = 'Gezeiten \u6f6e \U0001f30a "\\" a\u2028b\u0085c'
    client.ask("thread/name/set", {"threadId": thread_id, "name": name})
    found = at(client.ask("thread/read", {"threadId": thread_id}), "/thread/name")
    require(found == name, expected=repr(name), found=found)


@pytest.mark.codex("app-server.rpc.emission-times")
def test_notifications_say_when_they_were_emitted(client: AppServerProbe) -> None:
    client.thread()
    told = client.wait_for("thread/started")
    require(isinstance(told.get("emittedAtMs"), int), expected="emittedAtMs beside the params", found=sorted(told))


@pytest.mark.codex("app-server.thread.id-form")
def test_ids_are_uuids_of_version_7(client: AppServerProbe) -> None:
    thread_id = client.thread()
    turn_id = client.turn(thread_id)["id"]
    for identifier in (thread_id, turn_id):
        fits = re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", identifier)
        require(fits, expected="a UUID of version 7 in small letters", found=identifier)


def _require_echo(client: AppServerProbe, identifier: int | str) -> None:
    client.send({"id": identifier, **_LISTED})
    found = client.answer(identifier)["id"]
    require(type(found) is type(identifier), expected=f"the id {identifier!r}", found=found)
