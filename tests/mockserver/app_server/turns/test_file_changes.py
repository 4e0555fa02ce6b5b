"""Patches: what they change, the diff of the turn, and their approval."""

from __future__ import annotations

import base64

import pytest

ASK = "item/fileChange/requestApproval"
DONE = [{"message": "Done."}]
ADD = "*** Begin Patch\n*** Add File: a.txt\n+one\n+two\n*** End Patch"
EDIT = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+2\n*** End Patch"
MOVE = "*** Begin Patch\n*** Update File: a.txt\n*** Move to: b.txt\n@@\n-one\n+1\n two\n*** End Patch"
DELETE = "*** Begin Patch\n*** Delete File: a.txt\n*** End Patch"


def patch(text):
    return [{"apply_patch": text}]


def diffs(messages):
    return [each["params"]["diff"] for each in messages if each["method"] == "turn/diff/updated"]


def test_a_new_file_is_an_item_and_a_diff(conversation, items):
    talk = conversation(patch(ADD), DONE)
    messages = talk.turn()

    (item,) = items(messages, "fileChange")
    assert item["changes"] == [{"path": "/work/a.txt", "kind": {"type": "add"}, "diff": "one\ntwo\n"}]
    # After the change, and after each answer of the model from then on.
    diff = (
        "diff --git a/a.txt b/a.txt\nnew file mode 100644\n"
        "index 0000000000000000000000000000000000000000..814f4a422927b82f5f8a43f8fab6d3839e3983f2\n"
        "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n"
    )
    assert diffs(messages) == [diff, diff, diff]
    assert talk.outputs() == [
        "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nA a.txt\n"
    ]


def test_a_later_turn_changes_the_file_that_an_earlier_one_made(conversation, items):
    talk = conversation(patch(ADD), DONE, patch(EDIT), DONE)
    talk.turn()
    messages = talk.turn()

    (change,) = items(messages, "fileChange")[0]["changes"]
    assert change["kind"] == {"type": "update", "move_path": None}
    assert change["diff"] == "@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
    assert "index 814f4a422927b82f5f8a43f8fab6d3839e3983f2.." in diffs(messages)[0]


def test_a_file_that_nobody_made_is_taken_to_be_what_the_patch_expects(conversation, items):
    (change,) = items(conversation(patch(EDIT), DONE).turn(), "fileChange")[0]["changes"]

    assert change["diff"] == "@@ -1,2 +1,2 @@\n one\n-two\n+2\n"


def test_a_file_of_the_scenario_is_what_it_says(conversation, items):
    files = {"app_server": {"account": None, "files": {"/work/a.txt": "zero\none\ntwo\n"}}}
    (change,) = items(conversation(patch(EDIT), DONE, scenario=files).turn(), "fileChange")[0]["changes"]

    assert change["diff"] == "@@ -1,3 +1,3 @@\n zero\n one\n-two\n+2\n"


def test_clients_read_what_a_patch_wrote(conversation):
    talk = conversation(patch(ADD.replace("a.txt", "deep/er/a.txt")), DONE)
    talk.turn()

    read = talk.client.ask("fs/readFile", {"path": "/work/deep/er/a.txt"})
    assert base64.b64decode(read["dataBase64"]) == b"one\ntwo\n"


def test_a_file_that_cannot_be_written_fails_the_item(conversation, items):
    files = {"app_server": {"account": None, "files": {"/work/a.txt/b": "x"}}}
    talk = conversation(patch(ADD), DONE, scenario=files)

    assert items(talk.turn(), "fileChange", "started") == []
    assert "Failed to read file /work/a.txt: Is a directory (os error 21)" in talk.outputs()[0]


def test_a_moved_file_says_where_it_is(conversation, items):
    messages = conversation(patch(ADD), patch(MOVE), DONE).turn()

    (change,) = items(messages, "fileChange")[1]["changes"]
    assert change["kind"] == {"type": "update", "move_path": "/work/b.txt"}
    assert change["diff"].endswith("\n\nMoved to: /work/b.txt")
    assert diffs(messages)[-1].startswith("diff --git a/b.txt b/b.txt\nnew file mode")


def test_a_deleted_file_shows_what_it_was(conversation, items):
    talk = conversation(patch(ADD), DONE, patch(DELETE), DONE)
    talk.turn()
    messages = talk.turn()

    (change,) = items(messages, "fileChange")[0]["changes"]
    assert (change["kind"], change["diff"]) == ({"type": "delete"}, "one\ntwo\n")
    assert "deleted file mode 100644" in diffs(messages)[0]


def test_what_is_undone_within_a_turn_is_no_change(conversation):
    messages = conversation(patch(ADD), patch(DELETE), DONE).turn()

    assert diffs(messages)[-1] == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("garbage", "invalid patch: The first line of the patch must be '*** Begin Patch'"),
        ("*** Begin Patch\n", "invalid patch: The last line of the patch must be '*** End Patch'"),
        ("*** Begin Patch\nwhat\n*** End Patch", "invalid hunk at line 2, 'what' is not a valid hunk header."),
        (
            "*** Begin Patch\n*** Update File: a.txt\n@@\n-three\n+3\n*** End Patch",
            "Failed to find expected lines in /work/a.txt:\nthree",
        ),
    ],
    ids=["no patch", "no end", "no header", "other lines"],
)
def test_a_patch_that_does_not_fit_is_an_error_for_the_model(conversation, items, text, reason):
    talk = conversation(patch(ADD), patch(text), DONE)
    messages = talk.turn()

    assert len(items(messages, "fileChange", "started")) == 1
    assert talk.outputs()[1].startswith(f"apply_patch verification failed: {reason}")


def test_a_patch_fails_as_the_scenario_says(conversation, items):
    talk = conversation([{"apply_patch": {"patch": ADD, "fails": "no space left"}}], DONE)

    assert items(talk.turn(), "fileChange", "started") == []
    assert talk.outputs() == ["no space left"]


@pytest.mark.parametrize(
    ("version", "answer", "status", "output"),
    [
        ("0.141.0", {"decision": "accept"}, "completed", "Exit code: 0"),
        ("0.169.0", {"decision": "decline"}, "declined", "patch rejected by user"),
        ("0.141.0", {"decision": "bogus"}, "declined", "patch rejected by user"),
        ("0.169.0", {"decision": "bogus"}, "declined", "approval request failed"),
    ],
)
def test_the_decisions(conversation, items, told, version, answer, status, output):
    talk = conversation(patch(ADD), DONE, version=version, approvalPolicy="untrusted")
    asked = talk.turn()
    messages = talk.reply(asked[-1], answer)

    assert told(asked)[-3:] == ["item/started fileChange", "thread/status/changed", ASK]
    assert items(messages, "fileChange")[0]["status"] == status
    assert talk.outputs()[0].startswith(output)
    assert messages[-1]["params"]["turn"]["status"] == "completed"


def test_cancel_leaves_the_item_open(conversation, items):
    talk = conversation(patch(ADD), DONE, approvalPolicy="untrusted")
    messages = talk.reply(talk.turn()[-1], {"decision": "cancel"})

    assert items(messages, "fileChange") == []
    assert messages[-1]["params"]["turn"]["status"] == "interrupted"


def test_a_file_is_allowed_for_the_session(conversation, items):
    talk = conversation(patch(ADD), patch(EDIT), DONE, approvalPolicy="untrusted")
    messages = talk.reply(talk.turn()[-1], {"decision": "acceptForSession"})

    assert ASK not in [each["method"] for each in messages]
    assert len(items(messages, "fileChange")) == 2


@pytest.mark.parametrize(
    ("sandbox", "path", "asks"),
    [("workspace-write", "a.txt", False), ("workspace-write", "/etc/a.txt", True), ("read-only", "a.txt", True)],
)
def test_the_sandbox_says_which_files_need_approval(conversation, sandbox, path, asks):
    text = ADD.replace("a.txt", path)
    messages = conversation(patch(text), DONE, sandbox=sandbox, approvalPolicy="on-request").turn()

    assert (messages[-1]["method"] == ASK) is asks


def test_without_anybody_to_ask_the_sandbox_decides(conversation, items):
    talk = conversation(patch(ADD), DONE, sandbox="read-only", approvalPolicy="never")

    assert items(talk.turn(), "fileChange", "started") == []
    assert talk.outputs()[0].startswith("patch rejected: writing outside of the project")
