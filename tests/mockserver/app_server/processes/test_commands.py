"""``command/exec``: commands that only seem to run, and are answered when they end."""

from __future__ import annotations

import base64

import pytest

from codex_mockserver.app_server import Client

EXEC, DELTA = "command/exec", "command/exec/outputDelta"
LIVE = {"processId": "p", "streamStdin": True, "streamStdoutStderr": True}


def run(user, *command, **params):
    return user.ask(EXEC, {"command": list(command), **params})


def begin(user, *command, **params):
    return user.begin(EXEC, {"command": list(command), **params})


def heard(user):
    """Return the output since the last time, by stream."""
    return [
        (each["params"]["stream"], base64.b64decode(each["params"]["deltaBase64"]), each["params"]["capReached"])
        for each in user.take(DELTA)
    ]


def write(user, text, process="p", **params):
    encoded = base64.b64encode(text.encode()).decode()
    return user.ask("command/exec/write", {"processId": process, "deltaBase64": encoded, **params})


@pytest.mark.parametrize(
    ("command", "code", "stdout", "stderr"),
    [
        (["echo", "hi"], 0, "hi\n", ""),
        (["echo", "-n", "hi"], 0, "hi", ""),
        (["false"], 1, "", ""),
        (["true"], 0, "", ""),
        (["cat"], 0, "", ""),
        (["/bin/cat", "/nope"], 1, "", "cat: /nope: No such file or directory\n"),
        (["cat", "/home/user/a.txt"], 0, "hello", ""),
        (["printf", "a\\nb"], 0, "a\nb", ""),
        (["printf", "%s-%d\\n", "a", "5"], 0, "a-5\n", ""),
        (["pwd"], 0, "/home/user\n", ""),
        (["sh", "-c", "echo o; echo e >&2; exit 3"], 3, "o\n", "e\n"),
        (["bash", "-lc", "true && echo yes; false && echo no"], 1, "yes\n", ""),
        (["sh", "-c", "nope"], 127, "", "sh: 1: nope: not found\n"),
        (["sh", "-c", "echo 'open"], 2, "", "sh: No closing quotation\n"),
        (["make", "test"], 2, "", "no rule\n"),
    ],
)
def test_what_a_command_says(user, command, code, stdout, stderr):
    scripted = [{"match": "make .*", "stderr": "no rule\n", "exit_code": 2}]
    someone = user(files={"/home/user/a.txt": "hello"}, commands=scripted)

    assert run(someone, *command) == {"exitCode": code, "stdout": stdout, "stderr": stderr}


def test_the_environment(user):
    answer = run(user(), "sh", "-c", "echo $A$SHELL$LANG", env={"A": "x", "LANG": None})

    assert answer["stdout"] == "x/bin/bash\n"


def test_a_command_takes_its_time(user, real_time):
    someone = user(commands=[{"match": "build", "stdout": "done\n", "seconds": 3}])
    building = begin(someone, "build")
    real_time.seconds = 2.9
    someone.wake()
    assert not someone.is_answered(building)

    real_time.seconds = 3.0
    someone.wake()
    assert someone.result(building)["stdout"] == "done\n"


@pytest.mark.parametrize(("params", "seconds"), [({}, 10), ({"timeoutMs": 50}, 0.05)], ids=["default", "given"])
def test_a_command_that_takes_too_long(user, real_time, params, seconds):
    someone = user()
    sleeping = begin(someone, "sleep", "30", **params)
    real_time.seconds = seconds
    someone.wake()

    assert someone.result(sleeping)["exitCode"] == 124


def test_a_command_may_take_for_ever(user, real_time):
    someone = user(commands=[{"match": "serve", "seconds": None}])
    serving = begin(someone, "serve", disableTimeout=True)
    real_time.seconds = 1e6
    someone.wake()

    assert not someone.is_answered(serving)


def test_output_is_cut(user):
    assert run(user(), "echo", "0123456789", outputBytesCap=4)["stdout"] == "0123"


def test_output_comes_as_it_is_made(user):
    someone = user()

    assert run(someone, "sh", "-c", "echo o; echo e >&2", processId="p", streamStdoutStderr=True)["stdout"] == ""
    assert heard(someone) == [("stdout", b"o\n", False), ("stderr", b"e\n", False)]
    run(someone, "echo", "0123456789", processId="p", streamStdoutStderr=True, outputBytesCap=4)
    assert heard(someone) == [("stdout", b"0123", True)]


def test_a_terminal(user):
    someone = user()
    reading = begin(someone, "cat", processId="p", tty=True)

    write(someone, "hey\n")
    assert heard(someone) == [("stdout", b"hey\r\n", False)] * 2
    assert someone.ask("command/exec/resize", {"processId": "p", "size": {"rows": 10, "cols": 20}}) == {}
    write(someone, "", closeStdin=True)
    assert heard(someone) == [("stdout", b"\r\n", False)] * 2
    assert someone.result(reading) == {"exitCode": 0, "stdout": "", "stderr": ""}


def test_input(user):
    someone = user()
    reading = begin(someone, "cat", **LIVE)

    write(someone, "hello\n")
    assert heard(someone) == [("stdout", b"hello\n", False)]
    assert not someone.is_answered(reading)
    someone.ask("command/exec/write", {"processId": "p", "closeStdin": True})
    assert someone.result(reading)["exitCode"] == 0


@pytest.mark.parametrize(("params", "code"), [({}, 137), ({"tty": True}, 1)], ids=["pipe", "terminal"])
def test_stopping(user, params, code):
    someone = user()
    sleeping = begin(someone, "sleep", "9", processId="p", **params)

    assert someone.ask("command/exec/terminate", {"processId": "p"}) == {}
    assert someone.result(sleeping)["exitCode"] == code


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"command": []}, (-32600, "command must not be empty")),
        ({"command": [""]}, (-32603, "failed to spawn command: missing program for pipe spawn")),
        ({"command": ["no"]}, (-32603, "failed to spawn command: No such file or directory (os error 2)")),
        ({"tty": True}, (-32600, "command/exec tty or streaming requires a client-supplied processId")),
        ({"streamStdin": True}, (-32600, "command/exec tty or streaming requires a client-supplied processId")),
        ({"timeoutMs": -1}, (-32602, "command/exec timeoutMs must be non-negative, got -1")),
        (
            {"timeoutMs": 5, "disableTimeout": True},
            (-32602, "command/exec cannot set both timeoutMs and disableTimeout"),
        ),
        (
            {"outputBytesCap": 5, "disableOutputCap": True},
            (-32602, "command/exec cannot set both outputBytesCap and disableOutputCap"),
        ),
        ({"size": {"rows": 1, "cols": 1}}, (-32602, "command/exec size requires tty: true")),
        (
            {"size": {"rows": 0, "cols": 1}, "tty": True, "processId": "p"},
            (-32602, "command/exec size rows and cols must be greater than 0"),
        ),
        (
            {"permissionProfile": "nope"},
            (-32600, "invalid permission profile: default_permissions requires a `[permissions]` table"),
        ),
        (
            {"permissionProfile": ":workspace", "sandboxPolicy": {"type": "readOnly"}},
            (-32600, "`permissionProfile` cannot be combined with `sandboxPolicy`"),
        ),
    ],
)
def test_what_is_refused(user, refusal, params, error):
    assert refusal(user(), EXEC, {"command": ["echo"], **params}) == error


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("", {"command": ["cat"]}, (-32600, 'duplicate active command/exec process id: "p"')),
        ("/write", {}, (-32602, "command/exec/write requires deltaBase64 or closeStdin")),
        ("/write", {"deltaBase64": "!!"}, (-32602, "invalid deltaBase64: Invalid symbol 33, offset 0.")),
        ("/write", {"deltaBase64": "YQ"}, (-32602, "invalid deltaBase64: Invalid padding")),
        (
            "/resize",
            {"size": {"rows": 1, "cols": 1}},
            (-32600, "failed to resize PTY: process is not attached to a PTY"),
        ),
    ],
)
def test_what_is_refused_while_it_runs(user, refusal, method, params, error):
    someone = user()
    begin(someone, "cat", **LIVE)

    assert refusal(someone, f"command/exec{method}", {"processId": "p", **params}) == error


def test_input_must_be_asked_for(user, refusal):
    someone = user()
    begin(someone, "sleep", "9", processId="p")

    message = "stdin streaming is not enabled for this command/exec"
    assert refusal(someone, "command/exec/write", {"processId": "p", "deltaBase64": "eA=="}) == (-32600, message)


@pytest.mark.parametrize("method", ["write", "resize", "terminate"])
def test_a_process_that_is_not_there(user, refusal, method):
    params = {"processId": "p", "deltaBase64": "eA==", "size": {"rows": 1, "cols": 1}}

    message = 'no active command/exec for process id "p"'
    assert refusal(user(), f"command/exec/{method}", params) == (-32600, message)


def test_ids_belong_to_a_client(user):
    someone = user()
    other = Client(someone.server)
    begin(someone, "cat", **LIVE)
    begin(other, "cat", **LIVE)

    write(someone, "x")

    assert (len(heard(someone)), heard(other)) == (1, [])


def test_a_client_that_leaves_takes_its_commands_with_it(user):
    someone = user()
    other = Client(someone.server)
    begin(other, "cat", **LIVE)
    other.close()
    someone.wake()

    assert someone.server.commands.is_empty


def test_a_sandbox_has_only_its_own_folders(user, refusal, tmp_path):
    someone = user(options={"sandbox": tmp_path, "cwd": str(tmp_path)})

    assert run(someone, "pwd")["stdout"] == f"{tmp_path}\n"
    params = {"command": ["pwd"], "cwd": str(tmp_path / "nope")}
    message = "failed to spawn command: No such file or directory (os error 2)"
    assert refusal(someone, EXEC, params) == (-32603, message)


def test_there_are_not_endlessly_many(user, refusal, monkeypatch):
    monkeypatch.setattr("codex_mockserver.app_server.processes._processes._MOST", 1)
    someone = user()
    begin(someone, "cat", **LIVE)

    params = {"command": ["cat"], "processId": "q"}
    message = "failed to spawn command: Resource temporarily unavailable (os error 11)"
    assert refusal(someone, EXEC, params) == (-32603, message)
