"""How a command or a patch is called follows from the tools of the request."""

from __future__ import annotations

import json

import pytest

from codex_mockserver.model import Prompt, Scenario, Script, Step, take_turn
from codex_mockserver.world import World
from codex_schemas import Problem

PATCH = '*** Begin Patch\n*** Add File: a.txt\n+`${x}` "quoted"\n*** End Patch\n'

EXEC_COMMAND = {
    "type": "function",
    "name": "exec_command",
    "parameters": {"type": "object", "properties": {"cmd": {}, "workdir": {}, "sandbox_permissions": {}}},
}
SHELL_COMMAND = {
    "type": "function",
    "name": "shell_command",
    "parameters": {"type": "object", "properties": {"command": {}, "workdir": {}}},
}
SHELL = {"type": "function", "name": "shell", "parameters": {"type": "object", "properties": {"command": {}}}}
LOCAL_SHELL = {"type": "local_shell"}
APPLY_PATCH = {"type": "custom", "name": "apply_patch", "format": {"type": "text"}}
CODE = {"type": "custom", "name": "exec", "format": {"type": "text"}}
CODE_MODE = {
    "type": "additional_tools",
    "role": "developer",
    "tools": [
        {"type": "namespace", "name": "functions", "tools": [CODE]},
        {"type": "namespace", "name": "clock", "tools": [{"type": "function", "name": "sleep"}]},
    ],
}


def said(entry, tools=(), items=()):
    """Return the item that an entry becomes in a request with these tools."""
    prompt = Prompt({"model": "gpt-5.5", "tools": list(tools)}, list(items))
    turn = take_turn(World(seed=1), Script(Scenario(model=[Step(say=[entry])])), prompt)
    return turn.response["output"][0]


def test_an_ordinary_model_calls_the_function_exec_command() -> None:
    item = said({"exec_command": {"cmd": "ls", "workdir": "/tmp"}}, [EXEC_COMMAND, APPLY_PATCH])

    assert (item["type"], item["name"]) == ("function_call", "exec_command")
    assert json.loads(item["arguments"]) == {"cmd": "ls", "workdir": "/tmp"}


def test_arguments_that_the_tool_does_not_declare_are_left_out() -> None:
    item = said({"exec_command": {"cmd": "ls", "workdir": "/", "tty": True}}, [SHELL_COMMAND])

    assert json.loads(item["arguments"]) == {"command": "ls", "workdir": "/"}


def test_a_code_mode_request_gets_a_script() -> None:
    item = said({"exec_command": {"cmd": 'echo "hi"'}}, items=[CODE_MODE])

    assert (item["type"], item["name"]) == ("custom_tool_call", "exec")
    assert item["input"].startswith('const r = await tools.exec_command({"cmd":"echo \\"hi\\""});\ntext(')
    assert "namespace" not in item


def test_a_code_mode_request_gets_a_patch_as_a_string_of_javascript() -> None:
    item = said({"apply_patch": PATCH}, items=[CODE_MODE])

    call, _, report = item["input"].partition(");\n")
    assert json.loads(call.removeprefix("const r = await tools.apply_patch(")) == PATCH
    assert report == "text('Success. The patch is applied.');\n"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [(SHELL_COMMAND, {"command": "ls"}), (SHELL, {"command": ["bash", "-lc", "ls"]})],
    ids=["shell_command", "shell"],
)
def test_an_older_shell_function_is_called_in_its_own_form(tool, arguments) -> None:
    item = said({"exec_command": {"cmd": "ls"}}, [tool])

    assert (item["name"], json.loads(item["arguments"])) == (tool["name"], arguments)


def test_the_built_in_local_shell_gets_its_own_item() -> None:
    item = said({"exec_command": {"cmd": "ls", "workdir": "/tmp"}}, [LOCAL_SHELL])

    assert item["type"] == "local_shell_call"
    assert item["action"]["command"] == ["bash", "-lc", "ls"]
    assert item["action"]["working_directory"] == "/tmp"
    assert item["status"] == "completed"


def test_a_patch_goes_to_the_custom_tool() -> None:
    item = said({"apply_patch": PATCH}, [EXEC_COMMAND, APPLY_PATCH])

    assert (item["type"], item["name"], item["input"]) == ("custom_tool_call", "apply_patch", PATCH)


def test_a_patch_goes_to_a_function_of_that_name() -> None:
    item = said({"apply_patch": PATCH}, [{"type": "function", "name": "apply_patch"}])

    assert json.loads(item["arguments"]) == {"input": PATCH}


def test_a_patch_goes_through_the_shell_where_there_is_nothing_else() -> None:
    item = said({"apply_patch": PATCH}, [SHELL_COMMAND])

    assert json.loads(item["arguments"])["command"] == f"apply_patch <<'PATCH'\n{PATCH}PATCH\n"


def test_a_call_names_the_namespace_in_which_its_tool_is_offered() -> None:
    item = said({"function_call": {"name": "sleep", "arguments": {"duration_ms": 1}}}, items=[CODE_MODE])

    assert item["namespace"] == "clock"


def test_the_namespace_of_the_scenario_wins() -> None:
    item = said({"custom_tool_call": {"name": "sleep", "namespace": "other", "input": "x"}}, items=[CODE_MODE])

    assert item["namespace"] == "other"


def test_arguments_given_as_text_are_sent_as_they_are() -> None:
    assert said({"function_call": {"name": "f", "arguments": "{broken"}})["arguments"] == "{broken"


def test_a_request_without_a_shell_is_a_problem_that_uses_no_step_up() -> None:
    world = World(seed=1)
    script = Script(Scenario(model=[Step(say=[{"exec_command": {"cmd": "ls"}}])]))

    with pytest.raises(Problem, match="offers get_weather"):
        take_turn(world, script, Prompt({"model": "m", "tools": [{"type": "function", "name": "get_weather"}]}, []))

    assert world.state.script_uses == {}
