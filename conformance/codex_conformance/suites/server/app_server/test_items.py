"""The items of a turn, and how they stream."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import items_of
from codex_conformance.suites.server.app_server._scenes import IN_PLAN_MODE, room


@pytest.fixture
def talk(client: AppServerProbe) -> AppServerProbe:
    """Return a connection after a turn with items of several kinds, in three answers of the model."""
    client.turn(client.thread(), "many")
    for _ in range(6):
        client.wait_for("item/completed")
    return client


@pytest.mark.codex("app-server.item.begins-first")
def test_an_item_starts_before_it_completes(talk: AppServerProbe) -> None:
    begun: set[object] = set()
    for each in talk.messages:
        if each.get("method") == "item/started":
            begun.add(at(each, "/params/item/id"))
        if each.get("method") == "item/completed":
            item = at(each, "/params/item", dict)
            require(item.get("id") in begun, expected="item/started before item/completed", found=item)


@pytest.mark.codex("app-server.item.completes-once")
def test_an_item_completes_once(talk: AppServerProbe) -> None:
    started = [at(each, "/item/id") for each in talk.notifications("item/started")]
    completed = [at(each, "/item/id") for each in talk.notifications("item/completed")]
    require(sorted(completed) == sorted(started), expected=f"each of {started} once", found=completed)


@pytest.mark.codex("app-server.item.keeps-kind")
def test_an_item_completes_as_what_it_started(talk: AppServerProbe) -> None:
    kinds = {at(each, "/item/id"): at(each, "/item/type") for each in talk.notifications("item/started")}
    for each in talk.notifications("item/completed"):
        kind = at(each, "/item/type")
        require(kind == kinds.get(at(each, "/item/id")), expected=f"one of {kinds}", found=each)


@pytest.mark.codex("app-server.item.own-ids")
def test_each_item_has_an_id_of_its_own(talk: AppServerProbe) -> None:
    ids = [at(each, "/item/id") for each in talk.notifications("item/started")]
    require(len(set(ids)) == len(ids) > 1, expected="ids that differ", found=ids)


@pytest.mark.codex("app-server.item.names-its-turn")
def test_an_item_names_its_thread_and_turn(talk: AppServerProbe) -> None:
    turns = talk.notifications("turn/started")
    wanted = (at(turns, "/0/threadId"), at(turns, "/0/turn/id"))
    told = talk.notifications("item/started", "item/completed", "item/agentMessage/delta")
    strays = [each for each in told if (each.get("threadId"), each.get("turnId")) != wanted]
    require(told and not strays, expected=f"thread and turn {wanted}", found=strays)


@pytest.mark.codex("app-server.item.deltas-inside")
def test_deltas_come_between_start_and_end_of_their_item(talk: AppServerProbe) -> None:
    open_ids: set[object] = set()
    for each in talk.messages:
        if each.get("method") == "item/started":
            open_ids.add(at(each, "/params/item/id"))
        if each.get("method") == "item/completed":
            open_ids.discard(at(each, "/params/item/id"))
        if each.get("method") == "item/agentMessage/delta":
            item_id = at(each, "/params/itemId")
            require(item_id in open_ids, expected="the delta of an item that is open", found=each)


@pytest.mark.codex("app-server.item.deltas-join")
def test_deltas_join_to_the_text(talk: AppServerProbe) -> None:
    deltas = talk.notifications("item/agentMessage/delta")
    for item in items_of(talk, "agentMessage"):
        joined = "".join(at(each, "/delta", str) for each in deltas if each.get("itemId") == item.get("id"))
        require(joined == item.get("text"), expected=repr(item.get("text")), found=joined)


@pytest.mark.codex("app-server.item.delta-per-delta")
def test_each_delta_of_the_model_is_told(talk: AppServerProbe) -> None:
    last = at(items_of(talk, "agentMessage"), "/1/id")
    deltas = [each for each in talk.notifications("item/agentMessage/delta") if each.get("itemId") == last]
    texts = [each.get("delta") for each in deltas]
    require(texts == ["At", " six."], expected="the deltas of the model", found=texts)


@pytest.mark.codex("app-server.item.order")
def test_items_come_in_the_order_of_the_model(talk: AppServerProbe) -> None:
    kinds = [at(each, "/item/type") for each in talk.notifications("item/started")]
    wanted = ["userMessage", "reasoning", "agentMessage", *["commandExecution"] * 2, "agentMessage"]
    require(kinds == wanted, expected=str(wanted), found=kinds)


@pytest.mark.codex("app-server.item.reasoning-summary")
def test_a_summary_streams_part_by_part(client: AppServerProbe) -> None:
    parts = ["**Think** hard", "Again"]
    client.turn(client.thread(), "think")
    streamed: dict[Any, str] = {}
    for each in client.notifications("item/reasoning/summaryTextDelta"):
        index = at(each, "/summaryIndex", int)
        streamed[index] = streamed.get(index, "") + at(each, "/delta", str)
    require(streamed == dict(enumerate(parts)), expected=str(parts), found=streamed)
    found = [item.get("summary") for item in items_of(client, "reasoning")]
    require(found == [parts], expected=f"one reasoning with {parts}", found=found)


@pytest.mark.codex("app-server.item.raw-reasoning")
def test_raw_reasoning_does_not_stream_unasked(client: AppServerProbe) -> None:
    client.turn(client.thread(), "think")
    told = client.notifications("item/reasoning/textDelta")
    require(not told, expected="no item/reasoning/textDelta", found=told)


@pytest.mark.codex("app-server.item.phase")
def test_a_message_keeps_its_phase(client: AppServerProbe) -> None:
    phases = ["commentary", "final_answer"]
    client.turn(client.thread(), "phases")
    found = [item.get("phase") for item in items_of(client, "agentMessage")]
    require(found == phases, expected=str(phases), found=found)


@pytest.mark.codex("app-server.item.web-search")
def test_a_web_search_is_an_item(client: AppServerProbe) -> None:
    client.turn(client.thread(), "search")
    found = [item.get("query") for item in items_of(client, "webSearch")]
    require(found == ["high water"], expected="one webSearch for high water", found=found)


@pytest.mark.codex("app-server.item.command-output")
def test_a_command_completes_with_its_whole_output(client: AppServerProbe) -> None:
    output = "1\n2\n3\n4\n5\n"
    client.turn(client.thread(), "count")
    item = _completed_command(client)
    found = (item.get("status"), item.get("exitCode"), item.get("aggregatedOutput"))
    require(found == ("completed", 0, output), expected=f"completed, 0 and {output!r}", found=found)


@pytest.mark.codex("app-server.item.command-failed")
def test_a_command_that_exits_with_another_code_has_failed(client: AppServerProbe) -> None:
    status = client.turn(client.thread(), "exit").get("status")
    item = _completed_command(client)
    found = (item.get("status"), item.get("exitCode"))
    require(found == ("failed", 7), expected="failed with 7", found=found)
    require(status == "completed", expected="a turn that completes all the same", found=status)


@pytest.mark.codex("app-server.item.command-in-progress")
def test_a_command_starts_in_progress(talk: AppServerProbe) -> None:
    found = [(each.get("status"), each.get("exitCode")) for each in items_of(talk, "commandExecution", "item/started")]
    require(found == [("inProgress", None)] * 2, expected="inProgress, without an exit code", found=found)


@pytest.mark.codex("app-server.item.file-changes")
def test_changes_of_files_are_named(client: AppServerProbe) -> None:
    thread_id, folder = room(client)
    for name, text in {"old.txt": b"one\ntwo\n", "gone.txt": b"bye\n"}.items():
        client.ask("fs/writeFile", {"path": f"{folder}/{name}", "dataBase64": b64encode(text).decode()})
    client.turn(thread_id, "change")
    items = items_of(client, "fileChange")
    require([each.get("status") for each in items] == ["completed"], expected="one fileChange", found=items)
    found = {
        at(each, "/path", str).rpartition("/")[2]: at(each, "/kind/type") for each in at(items[0], "/changes", list)
    }
    wanted = {"new.txt": "add", "gone.txt": "delete", "old.txt": "update"}
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.item.plan")
def test_a_proposed_plan_is_an_item(client: AppServerProbe) -> None:
    client.turn(client.thread(), "plan", **IN_PLAN_MODE)
    found = [at(item, "/text", str).strip() for item in items_of(client, "plan")]
    require(found == ["- wait for the tide"], expected="one plan", found=found)


def _completed_command(client: AppServerProbe) -> dict[str, Any]:
    """Return the command that has completed; some releases say so after the end of its turn."""
    told = client.wait_for("item/completed", lambda each: at(each, "/item/type") == "commandExecution")
    item: dict[str, Any] = at(told, "/params/item", dict)
    return item
