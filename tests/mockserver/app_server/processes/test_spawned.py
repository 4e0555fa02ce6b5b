"""``process/*``: processes whose end is told later."""

from __future__ import annotations

import base64

import pytest

ENDED = {"stdoutCapReached": False, "stderrCapReached": False}


def spawn(user, *command, **params):
    given = {"command": list(command), "cwd": "/home/user", "processHandle": "h", **params}
    return user.ask("process/spawn", given)


def exited(user):
    """Return how processes ended."""
    return [
        {key: value for key, value in each["params"].items() if key not in ("outputDrainTimedOut", "processHandle")}
        for each in user.take("process/exited")
    ]


def test_the_end_is_told(user):
    someone = user()

    assert spawn(someone, "echo", "hi") == {}
    assert exited(someone) == [{"exitCode": 0, "stdout": "hi\n", "stderr": "", **ENDED}]


def test_the_answer_comes_first(user):
    someone = user()
    someone.connection.take()
    someone.server.receive(
        someone.connection,
        '{"id":1,"method":"process/spawn","params":{"command":["true"],"cwd":"/","processHandle":"h"}}',
    )

    first, second = someone.connection.take()
    assert b'"result"' in first
    assert b"process/exited" in second


def test_output_is_cut(user):
    someone = user()
    spawn(someone, "echo", "0123456789", outputBytesCap=4)

    assert exited(someone)[0] == {"exitCode": 0, "stdout": "0123", "stderr": "", **ENDED, "stdoutCapReached": True}


def test_output_comes_as_it_is_made(user):
    someone = user()
    spawn(someone, "cat", streamStdin=True, streamStdoutStderr=True)
    someone.ask("process/writeStdin", {"processHandle": "h", "deltaBase64": "eW8K"})
    someone.ask("process/writeStdin", {"processHandle": "h", "closeStdin": True})

    (delta,) = someone.take("process/outputDelta")
    assert base64.b64decode(delta["params"]["deltaBase64"]) == b"yo\n"
    assert exited(someone)[0]["exitCode"] == 0


@pytest.mark.parametrize(
    ("params", "code"),
    [({"timeoutMs": 50}, 124), ({}, 124), ({"timeoutMs": None}, 0)],
    ids=["given", "default", "none"],
)
def test_time_limits(user, real_time, params, code):
    someone = user()
    spawn(someone, "sleep", "30", **params)
    for seconds in (0.05, 10, 30):
        real_time.seconds = seconds
        someone.wake()

    assert [each["exitCode"] for each in exited(someone)] == [code]


@pytest.mark.parametrize(("params", "code"), [({}, 137), ({"tty": True}, 1)], ids=["pipe", "terminal"])
def test_killing(user, params, code):
    someone = user()
    spawn(someone, "cat" if params else "sleep", *([] if params else ["9"]), **params)

    assert someone.ask("process/kill", {"processHandle": "h"}) == {}
    assert exited(someone)[0]["exitCode"] == code


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"command": []}, (-32600, "command must not be empty")),
        ({"processHandle": ""}, (-32600, "processHandle must not be empty")),
        ({"command": ["no"]}, (-32603, "failed to spawn process: No such file or directory (os error 2)")),
        ({"command": [""]}, (-32603, "failed to spawn process: missing program for pipe spawn")),
        ({"cwd": "rel"}, (-32600, "Invalid request: AbsolutePathBuf deserialized without a base path")),
        ({"timeoutMs": -1}, (-32602, "process/spawn timeoutMs must be non-negative, got -1")),
        ({"size": {"rows": 1, "cols": 1}}, (-32602, "process/spawn size requires tty: true")),
        (
            {"size": {"rows": 0, "cols": 1}, "tty": True},
            (-32602, "process size rows and cols must be greater than 0"),
        ),
    ],
)
def test_what_is_refused(user, refusal, params, error):
    given = {"command": ["echo"], "cwd": "/home/user", "processHandle": "h", **params}

    assert refusal(user(), "process/spawn", given) == error


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("spawn", {"command": ["cat"], "cwd": "/"}, 'duplicate active process handle: "h"'),
        ("writeStdin", {"deltaBase64": "eA=="}, "stdin streaming is not enabled for this process"),
        (
            "resizePty",
            {"size": {"rows": 1, "cols": 1}},
            "failed to resize PTY: process is not attached to a PTY",
        ),
    ],
)
def test_what_is_refused_while_it_runs(user, refusal, method, params, message):
    someone = user()
    spawn(someone, "sleep", "9")

    assert refusal(someone, f"process/{method}", {"processHandle": "h", **params}) == (-32600, message)


def test_a_process_that_is_not_there(user, refusal):
    message = 'no active process for process handle "h"'

    assert refusal(user(), "process/kill", {"processHandle": "h"}) == (-32600, message)
