"""Commands and processes outside of threads."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from codex_conformance.probes import AppServerProbe, at, require

_STREAMING = {"processId": "p", "streamStdin": True, "streamStdoutStderr": True}


def _run(client: AppServerProbe, *words: str, **params: Any) -> tuple[object, object, object]:
    answer = client.ask("command/exec", {"command": list(words), **params})
    return answer.get("exitCode"), answer.get("stdout"), answer.get("stderr")


@pytest.mark.codex("app-server.exec.result")
def test_a_command_answers_with_code_and_both_outputs(client: AppServerProbe) -> None:
    found = _run(client, "sh", "-c", "echo out; echo err >&2; exit 3")
    require(found == (3, "out\n", "err\n"), expected="3, out and err", found=found)


@pytest.mark.codex("app-server.exec.surroundings")
def test_a_command_runs_where_and_with_what_is_asked_for(client: AppServerProbe) -> None:
    folder = at(client.ask("thread/start", {}), "/cwd", str)
    found = _run(client, "sh", "-c", "pwd; echo $TIDE", cwd=folder, env={"TIDE": "high"})
    require(found == (0, f"{folder}\nhigh\n", ""), expected="the folder and the variable", found=found)


@pytest.mark.codex("app-server.exec.no-input")
def test_a_command_has_no_input(client: AppServerProbe) -> None:
    found = _run(client, "cat")
    require(found == (0, "", ""), expected="an end at once", found=found)


@pytest.mark.codex("app-server.exec.timeout")
def test_a_command_that_takes_too_long_is_ended(client: AppServerProbe) -> None:
    found = _run(client, "sleep", "60", timeoutMs=100)
    require(found[0] == 124, expected="the exit code 124", found=found)


@pytest.mark.codex("app-server.exec.output-cap")
def test_output_is_cut_where_that_is_asked_for(client: AppServerProbe) -> None:
    found = _run(client, "sh", "-c", "printf 123456789", outputBytesCap=4)
    require(found[1] == "1234", expected="four characters", found=found)


@pytest.mark.codex("app-server.exec.empty")
def test_an_empty_command_is_refused(client: AppServerProbe) -> None:
    client.refusal("command/exec", {"command": []})


@pytest.mark.codex("app-server.exec.missing-program")
def test_a_missing_program_is_refused(client: AppServerProbe) -> None:
    client.refusal("command/exec", {"command": ["/no/such/program"]})


@pytest.mark.codex("app-server.exec.streams")
def test_a_command_streams(client: AppServerProbe) -> None:
    asked = client.request("command/exec", {"command": ["cat"], **_STREAMING})
    client.ask("command/exec/write", {"processId": "p", "deltaBase64": "aGkK"})
    told = client.wait_for("command/exec/outputDelta")["params"]
    found = (told.get("processId"), told.get("stream"), b64decode(at(told, "/deltaBase64", str)))
    require(found == ("p", "stdout", b"hi\n"), expected="p, stdout and the input", found=found)
    client.ask("command/exec/write", {"processId": "p", "closeStdin": True})
    code = at(client.answer(asked), "/result/exitCode")
    require(code == 0, expected="the exit code 0 when its input ends", found=code)


@pytest.mark.codex("app-server.exec.terminate")
def test_a_command_is_terminated(client: AppServerProbe) -> None:
    asked = client.request("command/exec", {"command": ["sleep", "60"], "processId": "p"})
    client.ask("command/exec/terminate", {"processId": "p"})
    code = at(client.answer(asked), "/result/exitCode")
    require(code != 0, expected="another exit code than 0", found=code)


@pytest.mark.codex("app-server.exec.id-taken")
def test_the_id_of_a_running_process_is_taken(client: AppServerProbe) -> None:
    params = {"command": ["cat"], **_STREAMING}
    asked = client.request("command/exec", params)
    client.refusal("command/exec", params)
    client.ask("command/exec/terminate", {"processId": "p"})
    client.answer(asked)


@pytest.mark.codex("app-server.exec.unknown-process")
def test_an_unknown_process_is_refused(client: AppServerProbe) -> None:
    client.refusal("command/exec/write", {"processId": "p", "deltaBase64": "aGk="})
    client.refusal("command/exec/terminate", {"processId": "p"})


@pytest.mark.codex("app-server.exec.id-for-streams")
def test_a_stream_needs_an_id(client: AppServerProbe) -> None:
    client.refusal("command/exec", {"command": ["true"], "streamStdoutStderr": True})


@pytest.mark.codex("app-server.exec.contradictions")
def test_options_that_contradict_each_other_are_refused(client: AppServerProbe) -> None:
    contradictions: tuple[dict[str, Any], ...] = (
        {"timeoutMs": 5, "disableTimeout": True},
        {"outputBytesCap": 5, "disableOutputCap": True},
        {"timeoutMs": -1},
        {"size": {"rows": 5, "cols": 5}},
    )
    codes = [client.refusal("command/exec", {"command": ["true"], **each}).get("code") for each in contradictions]
    require(codes == [-32602] * 4, expected="the code -32602", found=codes)


@pytest.mark.codex("app-server.process.exit-told")
def test_the_end_of_a_process_is_told(client: AppServerProbe) -> None:
    folder = at(client.ask("thread/start", {}), "/cwd", str)
    words = ["sh", "-c", "echo out; echo err >&2; exit 3"]
    client.ask("process/spawn", {"command": words, "cwd": folder, "processHandle": "h1"})
    told = client.wait_for("process/exited")["params"]
    found = [told.get(name) for name in ("processHandle", "exitCode", "stdout", "stderr")]
    require(found == ["h1", 3, "out\n", "err\n"], expected="h1, 3, out and err", found=found)


@pytest.mark.codex("app-server.process.killed")
def test_a_process_is_killed(client: AppServerProbe) -> None:
    folder = at(client.ask("thread/start", {}), "/cwd", str)
    client.ask("process/spawn", {"command": ["sleep", "60"], "cwd": folder, "processHandle": "h1"})
    client.ask("process/kill", {"processHandle": "h1"})
    code = client.wait_for("process/exited")["params"].get("exitCode")
    require(code != 0, expected="another exit code than 0", found=code)
