"""The life of a turn."""

from __future__ import annotations

import pytest

from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import items_of, place, require_answer_first, statuses
from codex_conformance.suites.server.app_server._scenes import room, run_half

_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)


@pytest.mark.codex("app-server.turn.completed-once")
def test_a_turn_ends_once(client: AppServerProbe) -> None:
    client.turn(client.thread())
    client.settle()
    ends = client.notifications("turn/completed")
    require(len(ends) == 1, expected="one turn/completed", found=ends)


@pytest.mark.codex("app-server.turn.completed-status")
def test_a_turn_that_ran_is_completed(client: AppServerProbe) -> None:
    turn = client.turn(client.thread())
    found = (turn.get("status"), turn.get("error"))
    require(found == ("completed", None), expected="completed, and no error", found=found)


@pytest.mark.codex("app-server.turn.answer-names-it")
def test_the_answer_names_the_turn_that_starts(client: AppServerProbe) -> None:
    answer = client.ask("turn/start", {"threadId": client.thread(), "input": [{"type": "text", "text": "hi"}]})
    started = client.wait_for("turn/started")["params"]
    found = (at(answer, "/turn/id"), at(answer, "/turn/status"))
    wanted = (at(started, "/turn/id"), "inProgress")
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.turn.answer-before-started")
def test_the_answer_comes_before_the_turn(client: AppServerProbe) -> None:
    asked = client.request("turn/start", {"threadId": client.thread(), "input": [{"type": "text", "text": "hi"}]})
    require_answer_first(client, asked, "turn/started")


@pytest.mark.codex("app-server.turn.frames-its-items")
def test_items_come_between_start_and_end_of_their_turn(client: AppServerProbe) -> None:
    client.turn(client.thread())
    client.settle()
    told = [each for each in client.messages if str(each.get("method")).startswith(("item/", "turn/"))]
    methods = [each["method"] for each in told]
    ends = (methods[0], methods[-1])
    require(
        ends == ("turn/started", "turn/completed"), expected="turn/started first, turn/completed last", found=methods
    )


@pytest.mark.codex("app-server.turn.status-active")
def test_the_thread_is_active_before_its_turn_starts(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id)
    found = statuses(client, thread_id, until="turn/started")
    require(found == ["active"], expected="the status active, and then turn/started", found=found)


@pytest.mark.codex("app-server.turn.status-before-completed")
def test_the_thread_is_idle_before_its_turn_ends(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id)
    found = statuses(client, thread_id, until="turn/completed")
    require(found == ["active", "idle"], expected="active, idle, and then turn/completed", found=found)


@pytest.mark.codex("app-server.turn.user-message")
def test_what_the_user_said_is_an_item(client: AppServerProbe) -> None:
    client.turn(client.thread(), "when is the tide")
    texts = [at(item, "/content/0/text") for item in items_of(client, "userMessage")]
    require(texts == ["when is the tide"], expected="one userMessage with the text", found=texts)


@pytest.mark.codex("app-server.turn.client-message-id")
def test_the_clients_id_of_a_message_comes_back(client: AppServerProbe) -> None:
    client.turn(client.thread(), clientUserMessageId="mine-1")
    found = [item.get("clientId") for item in items_of(client, "userMessage")]
    require(found == ["mine-1"], expected="the clientId mine-1", found=found)


@pytest.mark.codex("app-server.turn.image-input")
def test_an_inline_image_is_taken(client: AppServerProbe) -> None:
    given = [{"type": "text", "text": "look"}, {"type": "image", "url": _PIXEL}]
    status = client.turn(client.thread(), input=given).get("status")
    require(status == "completed", expected="completed", found=status)
    content = [part.get("type") for part in at(items_of(client, "userMessage"), "/0/content", list)]
    require(content == ["text", "image"], expected="text and image", found=content)


@pytest.mark.codex("app-server.turn.remote-image-input")
def test_an_image_of_another_host_is_refused(client: AppServerProbe) -> None:
    given = [{"type": "image", "url": "https://example.com/a.png"}]
    client.refusal("turn/start", {"threadId": client.thread(), "input": given})


@pytest.mark.codex("app-server.turn.oversized-input")
def test_input_above_the_limit_is_refused_with_the_limit(client: AppServerProbe) -> None:
    given = [{"type": "text", "text": "x" * 1_048_577}]
    error = client.refusal("turn/start", {"threadId": client.thread(), "input": given})
    found = at(error, "/data/max_chars")
    require(found == 1_048_576, expected="data.max_chars 1048576", found=error)


@pytest.mark.codex("app-server.turn.empty-input")
def test_a_turn_without_input_has_no_message_of_the_user(client: AppServerProbe) -> None:
    client.turn(client.thread(), input=[])
    found = items_of(client, "userMessage")
    require(not found, expected="no userMessage", found=found)


@pytest.mark.codex("app-server.turn.times")
def test_a_turn_says_when_it_ran(client: AppServerProbe) -> None:
    turn = client.turn(client.thread())
    began, ended = at(turn, "/startedAt", int), at(turn, "/completedAt", int)
    require(1_000_000_000 < began <= ended < 10_000_000_000, expected="times in seconds", found=(began, ended))


@pytest.mark.codex("app-server.turn.summary")
def test_a_completed_turn_carries_its_last_message(client: AppServerProbe) -> None:
    found = [(item.get("type"), item.get("text")) for item in client.turn(client.thread()).get("items", [])]
    require(found == [("agentMessage", "Done.")], expected="the last agentMessage", found=found)


@pytest.mark.codex("app-server.turn.several")
def test_the_turns_of_a_thread_follow_each_other(client: AppServerProbe) -> None:
    thread_id = client.thread()
    ids = [client.turn(thread_id, text).get("id") for text in ("first", "second")]
    require(ids[0] != ids[1], expected="an id for each turn", found=ids)
    ends = [at(each, "/turn/status") for each in client.notifications("turn/completed")]
    require(ends == ["completed"] * 2, expected="two turns that completed", found=ends)


@pytest.mark.codex("app-server.turn.usage-adds-up")
def test_the_usage_of_a_thread_adds_up(client: AppServerProbe) -> None:
    thread_id = client.thread()
    for text in ("hundred", "two hundred"):
        client.turn(thread_id, text)
    usages = [at(each, "/tokenUsage") for each in client.notifications("thread/tokenUsage/updated")]
    found = [(at(each, "/total/inputTokens"), at(each, "/last/inputTokens")) for each in usages]
    require(found[-1:] == [(300, 200)], expected="300 input tokens in all, 200 of them in the last turn", found=found)


@pytest.mark.codex("app-server.turn.side-by-side")
def test_the_turns_of_two_threads_run_at_once(client: AppServerProbe) -> None:
    quick = client.thread()
    run_half(client, client.thread())
    status = client.turn(quick, "second").get("status")
    require(status == "completed", expected="the second completes while the first runs", found=status)
    texts = [(each.get("threadId"), at(each, "/item/text")) for each in _messages(client)]
    require(texts == [(quick, "Done.")], expected="Done. in the second thread", found=texts)


@pytest.mark.codex("app-server.turn.settings-told")
def test_changed_settings_of_a_turn_are_told(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id, model="gpt-5.2", effort="low")
    told = [at(each, "/threadSettings") for each in client.notifications("thread/settings/updated")]
    found = [(each.get("model"), each.get("effort")) for each in told]
    require(found[-1:] == [("gpt-5.2", "low")], expected="the model gpt-5.2 and the effort low", found=found)


@pytest.mark.codex("app-server.turn.diff")
def test_a_changed_file_shows_in_the_diff_of_the_turn(client: AppServerProbe) -> None:
    client.turn(room(client)[0], "patch")
    diffs = [at(each, "/diff", str) for each in client.notifications("turn/diff/updated")]
    fits = diffs and "new.txt" in diffs[-1] and "+high water" in diffs[-1]
    require(fits, expected="turn/diff/updated with the new file", found=diffs)


@pytest.mark.codex("app-server.turn.plan")
def test_a_plan_of_the_model_is_told(client: AppServerProbe) -> None:
    client.turn(client.thread(), "steps")
    told = [at(each, "/plan") for each in client.notifications("turn/plan/updated")]
    wanted = [[{"step": "Look", "status": "inProgress"}, {"step": "Go", "status": "pending"}]]
    require(told == wanted, expected=str(wanted), found=told)


@pytest.mark.codex("app-server.turn.shell-command")
def test_a_command_of_the_user_is_a_turn(client: AppServerProbe) -> None:
    client.ask("thread/shellCommand", {"threadId": client.thread(), "command": "echo hello"})
    client.wait_for("turn/completed")
    found = [(item.get("source"), item.get("aggregatedOutput")) for item in items_of(client, "commandExecution")]
    require(found == [("userShell", "hello\n")], expected="a commandExecution with its output", found=found)


@pytest.mark.codex("app-server.turn.unknown-tool")
def test_a_call_of_an_unknown_tool_does_not_end_the_turn(client: AppServerProbe) -> None:
    turn = client.turn(client.thread(), "call")
    texts = [item.get("text") for item in items_of(client, "agentMessage")]
    require((turn.get("status"), texts) == ("completed", ["Done."]), expected="the model goes on", found=(turn, texts))


@pytest.mark.codex("app-server.turn.background-terminal")
def test_a_command_that_goes_on_is_a_background_terminal(client: AppServerProbe) -> None:
    thread_id = client.thread()
    client.turn(thread_id, "stay")
    rows = at(client.ask("thread/backgroundTerminals/list", {"threadId": thread_id}), "/data", list)
    require([row.get("command") for row in rows] == ["sleep 60"], expected="the command", found=rows)
    ended = client.ask(
        "thread/backgroundTerminals/terminate", {"threadId": thread_id, "processId": at(rows[0], "/processId", str)}
    )
    require(ended.get("terminated") is True, expected="terminated: true", found=ended)


@pytest.mark.codex("app-server.review.course")
def test_a_review_has_a_beginning_and_a_verdict(client: AppServerProbe) -> None:
    target = {"type": "custom", "instructions": "Look at the tides"}
    answer = client.ask("review/start", {"threadId": client.thread(), "target": target})
    turn = client.wait_for("turn/completed")["params"]["turn"]
    require(turn.get("id") == at(answer, "/turn/id"), expected="the turn that was answered", found=turn)
    place(client, "item/started", "enteredReviewMode")
    said = [at(item, "/review", str) for item in items_of(client, "exitedReviewMode")]
    require(len(said) == 1 and "Done." in said[0], expected="one exitedReviewMode with the verdict", found=said)


@pytest.mark.codex("app-server.review.blank-target")
def test_a_review_of_nothing_is_refused(client: AppServerProbe) -> None:
    thread_id = client.thread()
    blank = (
        {"type": "custom", "instructions": ""},
        {"type": "baseBranch", "branch": " "},
        {"type": "commit", "sha": ""},
    )
    for target in blank:
        client.refusal("review/start", {"threadId": thread_id, "target": target})


def _messages(client: AppServerProbe) -> list[dict[str, object]]:
    return [each for each in client.notifications("item/completed") if at(each, "/item/type") == "agentMessage"]
