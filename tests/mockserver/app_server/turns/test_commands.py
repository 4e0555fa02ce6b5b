"""Commands: shown with what the scenario says of them, approved, and going on in the background."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client, RpcError

ASK = "item/commandExecution/requestApproval"
ASKING = {"sandbox": "workspace-write", "approvalPolicy": "on-request"}
DONE = [{"message": "Done."}]


def command(cmd="touch a", **more):
    return {"exec_command": {"cmd": cmd, **more}}


def escalated(cmd="touch a", **more):
    return command(cmd, sandbox_permissions="require_escalated", **more)


def requests(messages):
    return [message for message in messages if message["method"] == ASK]


def flags(messages):
    """Return the flags of each change of the thread's status."""
    statuses = [each["params"]["status"] for each in messages if each["method"] == "thread/status/changed"]
    return [status.get("activeFlags", status["type"]) for status in statuses]


def test_a_command_gives_what_the_scenario_says(conversation, items):
    talk = conversation([command("ls src", output="a\nb\n", exit_code=3)], DONE)
    messages = talk.turn()

    (begun,) = items(messages, "commandExecution", "started")
    (ended,) = items(messages, "commandExecution")
    assert (begun["command"], begun["status"], begun["source"]) == (
        "/bin/bash -lc 'ls src'",
        "inProgress",
        "unifiedExecStartup",
    )
    assert begun["commandActions"] == [{"type": "listFiles", "command": "ls src", "path": "src"}]
    assert (ended["status"], ended["exitCode"], ended["aggregatedOutput"]) == ("failed", 3, "a\nb\n")
    assert "Process exited with code 3\nOriginal token count: 1\nOutput:\na\nb\n" in talk.outputs()[0]


def test_a_command_of_which_nothing_is_said_prints_nothing(conversation, items):
    (ended,) = items(conversation([command()], DONE).turn(), "commandExecution")

    assert (ended["status"], ended["exitCode"], ended["aggregatedOutput"]) == ("completed", 0, None)


def test_chunks_are_told_one_by_one(conversation, items, real_time):
    talk = conversation([command(chunks=["one\n", "two\n"], seconds=4)], DONE)
    begun = talk.turn()
    real_time.seconds = 2.0
    talk.client.wake()
    later = talk.client.take()
    real_time.seconds = 4.0
    talk.client.wake()

    deltas = [[each["params"]["delta"] for each in part if "outputDelta" in each["method"]] for part in (begun, later)]
    assert deltas == [["one\n"], ["two\n"]]
    (ended,) = items(talk.client.take(), "commandExecution")
    assert (ended["aggregatedOutput"], ended["durationMs"]) == ("one\ntwo\n", 4000)


def test_a_command_in_the_background_goes_on_after_the_turn(conversation, items):
    talk = conversation([command("serve", output="ready\n", background=True)], DONE)
    messages = talk.turn()

    assert messages[-1]["params"]["turn"]["status"] == "completed"
    assert items(messages, "commandExecution") == []
    assert "Process running with session ID" in talk.outputs()[0]
    (row,) = talk.ask("thread/backgroundTerminals/list")["data"]
    assert (row["command"], row["cwd"]) == ("serve", "/work")


@pytest.mark.parametrize(("version", "exit_code"), [("0.141.0", 1), ("0.169.0", -1)])
def test_a_terminal_can_be_ended(conversation, items, version, exit_code):
    talk = conversation([command("serve", background=True)], DONE, version=version)
    talk.turn()
    (row,) = talk.ask("thread/backgroundTerminals/list")["data"]

    assert talk.ask("thread/backgroundTerminals/terminate", {"processId": "1"}) == {"terminated": False}
    assert talk.ask("thread/backgroundTerminals/terminate", {"processId": row["processId"]}) == {"terminated": True}
    (ended,) = items(talk.client.take(), "commandExecution")
    assert (ended["status"], ended["exitCode"]) == ("failed", exit_code)
    assert talk.ask("thread/backgroundTerminals/list")["data"] == []


def test_all_terminals_can_be_ended(conversation, items):
    talk = conversation([command("one", background=True), command("two", background=True)], DONE)
    talk.turn()

    assert talk.ask("thread/backgroundTerminals/clean") == {}
    assert len(items(talk.client.take(), "commandExecution")) == 2


def test_a_process_id_is_a_number(conversation):
    with pytest.raises(RpcError, match="invalid background terminal process id: invalid digit found in string"):
        conversation().ask("thread/backgroundTerminals/terminate", {"processId": "x"})


def test_the_model_writes_to_a_terminal(conversation, items):
    write = {"function_call": {"name": "write_stdin", "arguments": {"chars": "hello\n"}, "output": "got hello\n"}}
    talk = conversation([command("read x", background=True)], [write], DONE)
    (told,) = [each for each in talk.turn() if each["method"] == "item/commandExecution/terminalInteraction"]

    assert told["params"]["stdin"] == "hello\n"
    assert talk.outputs()[1].endswith("Output:\ngot hello\n")


def test_writing_can_end_a_terminal(conversation, items):
    write = {"function_call": {"name": "write_stdin", "arguments": {"chars": "x"}, "output": "bye\n", "exit_code": 2}}
    talk = conversation([command("cat", background=True)], [write], DONE)
    (ended,) = items(talk.turn(), "commandExecution")

    assert (ended["exitCode"], ended["aggregatedOutput"]) == (2, "bye\n")
    assert talk.ask("thread/backgroundTerminals/list")["data"] == []


def test_an_unknown_terminal_is_an_error_for_the_model(conversation):
    talk = conversation([{"function_call": {"name": "write_stdin", "arguments": {"session_id": 1}}}], DONE)
    talk.turn()

    assert talk.outputs() == ["write_stdin failed: Unknown process id 1"]


def test_arguments_that_are_none_are_an_error_for_the_model(conversation):
    talk = conversation([{"function_call": {"name": "exec_command", "arguments": '{"cmdd":5}'}}], DONE)
    talk.turn()

    assert talk.outputs() == ["failed to parse function arguments: missing field `cmd` at line 1 column 10"]


def test_an_approval_is_asked_and_given(conversation, told, release):
    talk = conversation([escalated(justification="Why?")], DONE, version=release, **ASKING)
    asked = talk.turn()

    assert told(asked)[-3:] == ["thread/status/changed", "item/started commandExecution", ASK]
    params = asked[-1]["params"]
    assert (params["reason"], params["proposedExecpolicyAmendment"]) == ("Why?", ["touch", "a"])
    assert ("environmentId" in params) is (release == "0.169.0")
    assert told(talk.reply(asked[-1], {"decision": "accept"}))[:3] == [
        "serverRequest/resolved",
        "thread/status/changed",
        "item/completed commandExecution",
    ]


@pytest.mark.parametrize(
    ("version", "answer", "status", "reason"),
    [
        ("0.141.0", {"decision": "decline"}, "declined", "rejected by user"),
        ("0.169.0", {"decision": "decline"}, "declined", "rejected by user"),
        ("0.141.0", {"decision": "bogus"}, "declined", "rejected by user"),
        ("0.169.0", {"decision": "bogus"}, "failed", "approval request failed"),
        ("0.141.0", {}, "declined", "rejected by user"),
        ("0.169.0", None, "failed", "approval request failed"),
    ],
)
def test_a_command_that_may_not_run(conversation, items, version, answer, status, reason):
    talk = conversation([escalated()], DONE, version=version, **ASKING)
    (request,) = requests(talk.turn())
    messages = talk.reply(request, answer)

    assert items(messages, "commandExecution")[0]["status"] == status
    assert talk.outputs() == [f'exec_command failed: CreateProcess {{ message: "Rejected(\\"{reason}\\")" }}']
    assert messages[-1]["params"]["turn"]["status"] == "completed"


def test_an_error_for_an_answer_fails_the_command(conversation, items, release):
    talk = conversation([escalated()], DONE, version=release, **ASKING)
    (request,) = requests(talk.turn())
    talk.client.refuse(request["id"])

    assert items(talk.client.take(), "commandExecution")[0]["status"] == "failed"


def test_cancel_ends_the_turn(conversation, told, items):
    talk = conversation([escalated()], DONE, **ASKING)
    (request,) = requests(talk.turn())
    messages = talk.reply(request, {"decision": "cancel"})

    assert items(messages, "commandExecution")[0]["status"] == "declined"
    assert messages[-1]["params"]["turn"]["status"] == "interrupted"
    assert "item/started agentMessage" not in told(messages)


def test_a_decision_for_the_session_is_remembered_for_that_command(conversation):
    talk = conversation([escalated("touch a")], [escalated("touch a")], [escalated("touch b")], DONE, **ASKING)
    (first,) = requests(talk.turn())
    (second,) = requests(talk.reply(first, {"decision": "acceptForSession"}))

    assert second["params"]["command"] == "/bin/bash -lc 'touch b'"


def test_an_amendment_allows_every_command_that_begins_so(conversation):
    talk = conversation([escalated("touch a")], [escalated("touch b && touch c")], [escalated("rm a")], DONE, **ASKING)
    (first,) = requests(talk.turn())
    decision = {"acceptWithExecpolicyAmendment": {"execpolicy_amendment": ["touch"]}}
    (second,) = requests(talk.reply(first, {"decision": decision}))

    assert second["params"]["command"] == "/bin/bash -lc 'rm a'"


def test_the_rule_that_is_offered_is_the_first_one_that_is_missing(conversation):
    talk = conversation([escalated("touch a")], [escalated("touch b && echo ok")], DONE, **ASKING)
    (first,) = requests(talk.turn())
    decision = {"acceptWithExecpolicyAmendment": {"execpolicy_amendment": ["touch"]}}
    (second,) = requests(talk.reply(first, {"decision": decision}))

    assert second["params"]["proposedExecpolicyAmendment"] == ["echo", "ok"]


def test_a_command_that_never_ran_is_not_kept(conversation):
    talk = conversation([escalated()], DONE, **ASKING)
    (request,) = requests(talk.turn())
    talk.reply(request, {"decision": "decline"})

    (turn,) = talk.ask("thread/turns/list", {"itemsView": "full"})["data"]
    assert [item["type"] for item in turn["items"]] == ["userMessage", "agentMessage"]


def test_the_rule_that_the_model_proposes_is_offered(conversation):
    talk = conversation([escalated("touch a", prefix_rule=["touch"])], DONE, **ASKING)
    (request,) = requests(talk.turn())

    amendment = {"acceptWithExecpolicyAmendment": {"execpolicy_amendment": ["touch"]}}
    assert request["params"]["availableDecisions"] == ["accept", amendment, "cancel"]


def test_two_commands_wait_at_the_same_time(conversation, items):
    talk = conversation([escalated("touch a"), escalated("touch b")], DONE, **ASKING)
    asked = talk.turn()
    first, second = requests(asked)
    after_one = talk.reply(second, {"decision": "accept"})
    after_both = talk.reply(first, {"decision": "decline"})

    assert flags(asked) == [[], ["waitingOnApproval"]]
    assert flags(after_one) == []
    assert flags(after_both) == [[], "idle"]
    assert [item["command"] for item in items(after_one, "commandExecution")] == ["/bin/bash -lc 'touch b'"]
    assert ["Rejected" in output for output in talk.outputs()] == [True, False]


def test_cancel_ends_what_else_waits(conversation, told):
    talk = conversation([escalated("touch a"), escalated("touch b")], DONE, **ASKING)
    first, second = requests(talk.turn())
    messages = talk.reply(first, {"decision": "cancel"})

    assert told(messages)[-2:] == ["turn/completed", "serverRequest/resolved"]
    assert messages[-1]["params"]["requestId"] == second["id"]
    assert talk.reply(second, {"decision": "accept"}) == []


@pytest.mark.parametrize(
    ("version", "cmd", "asks"),
    [("0.141.0", "ls | head", False), ("0.141.0", "touch a", True), ("0.169.0", "ls", True)],
)
def test_the_policy_untrusted(conversation, version, cmd, asks):
    talk = conversation([command(cmd)], DONE, version=version, approvalPolicy="untrusted")

    assert bool(requests(talk.turn())) is asks


@pytest.mark.parametrize(
    ("policy", "asks"),
    [
        ("on-request", True),
        ({"granular": {"sandbox_approval": True, "rules": True, "mcp_elicitations": True}}, True),
        ({"granular": {"sandbox_approval": False, "rules": True, "mcp_elicitations": True}}, False),
        ("never", False),
    ],
)
def test_who_may_ask_for_more(conversation, items, policy, asks):
    talk = conversation([escalated()], DONE, sandbox="workspace-write", approvalPolicy=policy)
    messages = talk.turn()

    assert bool(requests(messages)) is asks
    assert bool(items(messages, "commandExecution", "started")) is asks
    assert asks or "you cannot ask for escalated permissions" in talk.outputs()[0]


def test_full_access_needs_no_approval(conversation):
    talk = conversation([escalated()], DONE, sandbox="danger-full-access", approvalPolicy="on-request")

    assert requests(talk.turn()) == []


def test_a_client_that_comes_later_is_asked_too(conversation):
    talk = conversation([escalated()], DONE, **ASKING)
    (request,) = requests(talk.turn())
    other = Client(talk.server)
    other.ask("thread/resume", {"threadId": talk.thread})
    other.reply(request["id"], {"decision": "accept"})

    assert [each["id"] for each in requests(other.received)] == [request["id"]]
    assert "serverRequest/resolved" in [each["method"] for each in talk.client.take()]


@pytest.mark.parametrize(("text", "status", "output"), [("echo hi", "completed", "hi\n"), ("false", "failed", None)])
def test_a_command_of_the_user_is_a_turn(conversation, items, told, text, status, output):
    talk = conversation()
    assert talk.ask("thread/shellCommand", {"command": text}) == {}
    messages = talk.client.take()

    (item,) = items(messages, "commandExecution")
    assert (item["source"], item["status"], item["aggregatedOutput"]) == ("userShell", status, output)
    assert "item/started userMessage" not in told(messages)
    assert messages[-1]["params"]["turn"]["status"] == "completed"


HEARD = """\
<user_shell_command>
<command>
echo hi
</command>
<result>
Exit code: 0
Duration: 0.0000 seconds
Output:
hi

</result>
</user_shell_command>"""


def test_the_model_hears_of_the_commands_of_the_user(conversation, told, release):
    talk = conversation({"when": {"user": "Exit code: 0"}, "say": DONE}, version=release, experimentalRawEvents=True)
    talk.ask("thread/shellCommand", {"command": "echo hi"})
    messages = talk.client.take()

    (item,) = talk.server.threads.find(talk.thread).conversation()
    assert item["content"] == [{"type": "input_text", "text": HEARD}]
    assert told(messages)[-3:] == ["rawResponseItem/completed message", "thread/status/changed", "turn/completed"]


def test_the_model_goes_on_after_a_command_of_the_user(conversation, items, told, real_time):
    slow = {"pacing": {"first_token": 5}, "say": [{"message": "First."}]}
    talk = conversation(slow, {"when": {"user": "user_shell_command"}, "say": DONE})
    talk.start()
    talk.ask("thread/shellCommand", {"command": "echo hi"})
    real_time.seconds = 5.0
    talk.client.wake()
    messages = talk.client.take()

    assert told(messages).count("turn/completed") == 1
    assert [item["text"] for item in items(messages, "agentMessage")] == ["First.", "Done."]
    texts = [item["content"][0]["text"] for item in talk.server.threads.find(talk.thread).conversation()]
    assert texts == ["go", "First.", HEARD, "Done."]


def test_a_command_of_the_user_may_outlast_a_turn(conversation, told, real_time):
    slow = {"pacing": {"first_token": 5}, "say": [{"message": "First."}]}
    talk = conversation(slow)
    talk.start()
    talk.ask("thread/shellCommand", {"command": "sleep 9"})
    for seconds in (5.0, 9.0):
        real_time.seconds = seconds
        talk.client.wake()

    assert told(talk.client.take())[-1] == "item/completed commandExecution"
    assert "sleep 9" in talk.server.threads.find(talk.thread).conversation()[-1]["content"][0]["text"]


def test_a_command_of_the_user_is_not_empty(conversation):
    with pytest.raises(RpcError, match="command must not be empty"):
        conversation().ask("thread/shellCommand", {"command": " "})


def test_the_model_answers_what_the_user_says_during_a_command(conversation, items, real_time):
    talk = conversation(DONE)
    talk.ask("thread/shellCommand", {"command": "sleep 5"})
    (turn,) = [each["params"]["turn"]["id"] for each in talk.client.take("turn/started")]
    talk.ask("turn/steer", {"expectedTurnId": turn, "input": [{"type": "text", "text": "well?"}]})
    real_time.seconds = 5.0
    talk.client.wake()

    assert items(talk.client.take(), "agentMessage")[0]["text"] == "Done."
