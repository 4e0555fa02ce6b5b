"""The course of a turn, from its answer to its end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from codex_mockserver.app_server import RpcError
from codex_mockserver.world.tokens import issue_tokens

TEXT = [{"type": "text", "text": "more"}]


def test_a_text_turn_is_told_in_the_order_of_the_release(conversation, told, release):
    names = told(conversation([{"message": {"deltas": ["Hello", " world"]}}], version=release).turn())

    read_state = ["thread/readState/changed"] if release == "0.169.0" else []
    assert names == [
        "thread/status/changed",
        "turn/started",
        "item/started userMessage",
        "item/completed userMessage",
        "item/started agentMessage",
        "item/agentMessage/delta",
        "item/agentMessage/delta",
        "item/completed agentMessage",
        "thread/tokenUsage/updated",
        "account/rateLimits/updated",
        *read_state,
        "thread/status/changed",
        "turn/completed",
    ]


@pytest.mark.parametrize(("version", "view", "texts"), [("0.141.0", "notLoaded", []), ("0.150.0", "summary", ["Two."])])
def test_a_finished_turn_carries_its_last_message(conversation, version, view, texts):
    *_, end = conversation([{"message": "One."}, {"message": "Two."}], version=version).turn()

    turn = end["params"]["turn"]
    assert (turn["itemsView"], [item["text"] for item in turn["items"]]) == (view, texts)


def test_the_clients_own_id_of_a_message_comes_back(conversation, items):
    messages = conversation().turn(clientUserMessageId="mine")

    assert items(messages, "userMessage")[0]["clientId"] == "mine"


def test_a_turn_without_input_has_no_message_of_the_user(conversation, items):
    messages = conversation([{"message": "Nothing."}]).turn(input=[])

    assert items(messages, "userMessage") == []
    assert messages[-1]["params"]["turn"]["status"] == "completed"


def test_a_reasoning_streams_its_summary_part_by_part(conversation, items):
    messages = conversation([{"reasoning": {"summary": ["Think", "Again"], "text": "raw"}}]).turn()

    parts = [each["params"]["summaryIndex"] for each in messages if each["method"].endswith("summaryPartAdded")]
    assert parts == [0, 1]
    assert items(messages, "reasoning")[0]["summary"] == ["Think", "Again"]
    assert items(messages, "reasoning")[0]["content"] == ["raw"]
    assert [each for each in messages if each["method"] == "item/reasoning/textDelta"] == []


def test_the_reasoning_itself_streams_where_the_configuration_says_so(conversation, items):
    setup = {"app_server": {"account": None, "config": {"show_raw_agent_reasoning": True}}}
    messages = conversation([{"reasoning": {"text": "raw thoughts"}}], scenario=setup).turn()

    deltas = [each["params"]["delta"] for each in messages if each["method"] == "item/reasoning/textDelta"]
    assert "".join(deltas) == "raw thoughts"
    assert items(messages, "reasoning")[0]["content"] == ["raw thoughts"]


def test_the_phase_of_a_message_is_that_of_the_model(conversation, items):
    said = {"message": {"text": "Looking.", "phase": "commentary"}}

    assert items(conversation([said]).turn(), "agentMessage")[0]["phase"] == "commentary"


def test_a_refusal_never_completes(conversation, items):
    messages = conversation([{"refusal": "No."}]).turn()

    assert len(items(messages, "agentMessage", "started")) == 1
    assert items(messages, "agentMessage") == []


def test_a_web_search_is_an_item_of_its_own(conversation, items):
    messages = conversation([{"web_search": "high water"}, {"message": "At six."}]).turn()

    assert items(messages, "webSearch")[0]["query"] == "high water"


def test_tokens_add_up_over_turns(conversation):
    step = {"say": [{"message": "Yes."}], "usage": {"input_tokens": 100, "output_tokens": 5}, "times": None}
    talk = conversation(step)
    talk.turn()
    (usage,) = [each for each in talk.turn() if each["method"] == "thread/tokenUsage/updated"]

    counts = usage["params"]["tokenUsage"]
    assert (counts["last"]["totalTokens"], counts["total"]["totalTokens"]) == (105, 210)
    assert counts["modelContextWindow"] == 258_400


def test_the_turns_of_an_account_fill_its_windows(conversation):
    step = {"say": [{"message": "Yes."}], "usage": {"input_tokens": 50_000, "output_tokens": 5}, "times": None}
    talk = conversation(step, scenario={"app_server": {"account": "plus"}})
    used = []
    for _ in range(2):
        limits = [each for each in talk.turn() if each["method"] == "account/rateLimits/updated"]
        used.append(limits[0]["params"]["rateLimits"]["primary"]["usedPercent"])

    assert used[0] < used[1]


def test_for_tokens_of_a_workspace_that_is_gone_the_host_is_asked(conversation):
    talk = conversation([{"message": "Yes."}])
    world = talk.server.world
    tokens = issue_tokens(world, "team")
    supplied = {"accessToken": tokens.access_token, "chatgptAccountId": tokens.account_id}
    talk.client.ask("account/login/start", {"type": "chatgptAuthTokens", **supplied})
    talk.client.take()
    world.account("team").workspaces.clear()
    messages = talk.turn()

    assert messages[-1]["method"] == "account/chatgptAuthTokens/refresh"
    assert messages[-1]["params"] == {"reason": "unauthorized", "previousAccountId": tokens.account_id}


def test_a_used_up_account_fails_the_turn(conversation):
    messages = conversation(scenario={"app_server": {"account": "limited"}}).turn()

    (error,) = [each["params"]["error"] for each in messages if each["method"] == "error"]
    assert error["codexErrorInfo"] == "usageLimitExceeded"
    assert error["message"].startswith("You\u2019ve hit your usage limit.")


def limits_of(messages):
    return [each["params"]["rateLimits"] for each in messages if each["method"] == "account/rateLimits/updated"]


@pytest.mark.parametrize(("release", "reached"), [("0.141.0", None), ("0.169.0", "rate_limit_reached")])
def test_newer_releases_tell_which_limit_refused_the_model(conversation, release, reached):
    (limits,) = limits_of(conversation(version=release, scenario={"app_server": {"account": "limited"}}).turn())

    assert (limits["planType"], limits["rateLimitReachedType"]) == (None, reached)


@pytest.mark.parametrize(("websocket", "plan"), [(True, "plus"), (False, None)])
def test_the_limits_name_the_plan_over_a_websocket(conversation, websocket, plan):
    setup = {"app_server": {"account": "plus"}, "settings": {"websocket": websocket}}
    (limits,) = limits_of(conversation([{"message": "Yes."}], scenario=setup).turn())

    assert (limits["planType"], limits["rateLimitReachedType"]) == (plan, None)


def test_the_model_sees_the_conversation(conversation, items):
    talk = conversation(
        {"when": {"user": "first"}, "say": [{"message": "One."}]},
        {"when": {"user": "second"}, "say": [{"message": "Two."}]},
    )
    talk.turn("first")

    assert items(talk.turn("second"), "agentMessage")[0]["text"] == "Two."


def test_a_request_that_the_scenario_does_not_expect_fails_the_turn(conversation):
    messages = conversation({"when": {"user": "other"}, "say": [{"message": "One."}]}).turn("hello")

    (error,) = [each["params"]["error"] for each in messages if each["method"] == "error"]
    assert "user text that matches 'other'" in error["message"]


def test_raw_items_come_on_demand(conversation, told):
    talk = conversation([{"exec_command": {"cmd": "ls"}}], [{"message": "Done."}], experimentalRawEvents=True)
    kinds = [name.split()[1] for name in told(talk.turn()) if name.startswith("rawResponseItem")]

    # The context comes first: what codex itself says as the developer and as the user.
    assert kinds == ["message", "message", "message", "function_call", "function_call_output", "message"]


def test_changed_settings_are_told_around_the_answer_as_the_release_does(conversation, told, release):
    talk = conversation(version=release)
    identifier = talk.client.begin(
        "turn/start", {"threadId": talk.thread, "input": [], "effort": "low", "model": "gpt-9-unheard-of"}
    )
    names = told(talk.client.take())

    assert talk.client.is_answered(identifier)
    assert names[:3] == ["thread/settings/updated", "warning", "thread/status/changed"]


def test_a_model_that_nobody_has_fails_the_turn(conversation, release):
    messages = conversation(version=release).turn(model="gpt-9-unheard-of")

    (error,) = [each["params"]["error"] for each in messages if each["method"] == "error"]
    assert "The requested model 'gpt-9-unheard-of' does not exist." in error["message"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"type": "text", "text": "x" * 1_048_577}], "Input exceeds the maximum length of 1048576 characters."),
        (
            [{"type": "image", "url": "https://example.com/a.png"}],
            "remote image URLs are not supported; use an inline data URL instead",
        ),
    ],
    ids=["too long", "remote image"],
)
def test_input_that_is_refused(conversation, given, message):
    with pytest.raises(RpcError, match=message.split("(")[0]):
        conversation().ask("turn/start", {"input": given})


@pytest.mark.parametrize(
    ("given", "reference"),
    [
        ({"fileId": "f"}, {"fileId": "f"}),
        ({"fileId": "f", "url": 5}, {"fileId": "f"}),
        ({"fileId": "f", "url": "data:,a"}, {"url": "data:,a"}),
        ({"fileId": 5, "url": "data:,a"}, {"url": "data:,a"}),
    ],
    ids=["file", "file and no url", "both", "url and no file"],
)
def test_an_image_has_one_reference(conversation, items, given, reference):
    talk = conversation()
    talk.ask("turn/start", {"input": [{"type": "image", **given}]})
    content = items(talk.client.take(), "userMessage")[0]["content"]

    assert content == [{"type": "image", "detail": None, **reference}]


@pytest.mark.parametrize(("kind", "name"), [("image", "ImageReference"), ("audio", "AudioReference")])
@pytest.mark.parametrize("given", [{}, {"url": 5}], ids=["nothing", "no text"])
def test_input_that_refers_to_nothing(conversation, kind, name, given):
    with pytest.raises(RpcError, match=f"^Invalid request: data did not match any variant of untagged enum {name}$"):
        conversation().ask("turn/start", {"input": [{"type": kind, **given}]})


def test_older_releases_take_remote_images(conversation):
    given = [{"type": "image", "url": "https://example.com/a.png"}]

    assert conversation(version="0.141.0").ask("turn/start", {"input": given})["turn"]["status"] == "inProgress"


def test_an_answer_in_a_schema(conversation, items):
    schema = {"type": "object", "properties": {"high": {"type": "integer"}}, "required": ["high"]}
    step = [{"message": '{"high": 6}'}]
    messages = conversation([{"message": "no JSON"}], step).turn(outputSchema=schema)

    assert items(messages, "agentMessage")[0]["text"] == '{"high": 6}'


def test_a_paced_stream_leaves_in_real_time(conversation, told, real_time):
    talk = conversation({"say": [{"message": {"deltas": ["a", "b"]}}], "pacing": {"tokens_per_second": 1}})
    begun = told(talk.turn())
    real_time.seconds = 10.0
    talk.client.wake()

    assert begun.count("item/agentMessage/delta") == 1
    assert told(talk.client.take())[-1] == "turn/completed"


def test_a_stream_waits_at_a_gate(conversation, told):
    hold = {"on": "createResponse", "at": {"event": "response.output_text.done"}, "hold": "half-way"}
    talk = conversation([{"message": "Hello."}], scenario={"faults": [hold]})
    begun = told(talk.turn())
    talk.server.gates.open("half-way")
    talk.client.wake()

    assert begun[-1] == "item/agentMessage/delta"
    assert told(talk.client.take())[-1] == "turn/completed"


def test_a_script_without_end_fills_the_context(conversation):
    talk = conversation({"say": [{"exec_command": {"cmd": "ls"}}], "times": None})
    talk.start()
    # Every hundred rounds others have their turn.
    assert talk.ask(
        "turn/steer", {"expectedTurnId": talk.server.threads.find(talk.thread).turn.record.id, "input": TEXT}
    )
    for _ in range(20):
        talk.client.wake()

    (error,) = [each["params"]["error"] for each in talk.client.take("error")]
    assert error["codexErrorInfo"] == "contextWindowExceeded"


def test_other_kinds_of_input_reach_the_model(conversation):
    given = [
        {"type": "image", "url": "data:image/png;base64,AA"},
        {"type": "image", "fileId": "file_1"},
        {"type": "localImage", "path": "/work/a.png"},
        {"type": "mention", "name": "m", "path": "app://m"},
    ]
    talk = conversation()
    talk.turn(input=given)

    (message, *_) = talk.server.threads.find(talk.thread).conversation()
    assert message["content"] == [
        {"type": "input_image", "image_url": "data:image/png;base64,AA"},
        {"type": "input_image", "file_id": "file_1"},
        {"type": "input_text", "text": "/work/a.png"},
        {"type": "input_text", "text": "app://m"},
    ]


@pytest.mark.parametrize("package", ["threads", "turns"])
def test_threads_and_turns_can_be_needed_first(package):
    # The package that answers a method is imported with the first call, whichever that is.
    subprocess.run([sys.executable, "-c", f"import codex_mockserver.app_server.{package}"], check=True)
