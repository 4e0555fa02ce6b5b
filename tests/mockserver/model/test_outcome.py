"""What tools give where nothing runs them: said beside the call, and no part of it."""

from __future__ import annotations

import json

import pytest

from codex_mockserver.model import Outcome, Prompt, Script, load_scenario, take_turn
from codex_mockserver.world import World
from codex_schemas import Problem

TOOLS = [
    {"type": "function", "name": "exec_command"},
    {"type": "custom", "name": "apply_patch"},
    {"type": "function", "name": "lookup"},
]


def said(entry):
    """Return the item that an entry becomes, and its outcome."""
    scenario = load_scenario({"model": [{"say": [entry]}]})
    turn = take_turn(World(seed=1), Script(scenario), Prompt({"model": "gpt-5.5", "tools": TOOLS}, []))
    (part,) = turn.said
    return part.item, part.outcome


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({}, Outcome()),
        ({"output": "a\n", "exit_code": 3}, Outcome(output="a\n", exit_code=3)),
        ({"chunks": ["a", "b"], "seconds": 2}, Outcome(output="ab", chunks=["a", "b"], seconds=2)),
        ({"background": True}, Outcome(background=True)),
    ],
)
def test_a_command_is_called_without_its_outcome(told, outcome) -> None:
    item, given = said({"exec_command": {"cmd": "ls", "tty": True, **told}})

    assert json.loads(item["arguments"]) == {"cmd": "ls", "tty": True}
    assert given == outcome


@pytest.mark.parametrize("told", [{"output": {"found": [1, 2]}}, {"error": "broken"}, {"seconds": 1.5, "output": "x"}])
def test_a_function_is_called_without_its_outcome(told) -> None:
    item, given = said({"function_call": {"name": "lookup", "arguments": {"q": 1}, **told}})

    assert json.loads(item["arguments"]) == {"q": 1}
    assert given == Outcome(**told)


def test_a_custom_tool_is_called_without_its_outcome() -> None:
    item, given = said({"custom_tool_call": {"name": "lookup", "input": "q", "output": "a"}})

    assert (item["input"], given) == ("q", Outcome(output="a"))


def test_a_patch_may_fail() -> None:
    item, given = said({"apply_patch": {"patch": "*** Begin Patch\n*** End Patch", "fails": "no space"}})

    assert (item["input"], given) == ("*** Begin Patch\n*** End Patch", Outcome(error="no space"))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"exec_command": {"cmd": "ls", "exitcode": 1}}, "Write 'exit_code'."),
        ({"exec_command": {"cmd": "ls", "outputs": "a"}}, "Write 'output'."),
        ({"exec_command": {"cmd": "ls", "exit_code": "1"}}, "exit_code"),
        ({"exec_command": {"cmd": "ls", "seconds": -1}}, "seconds"),
        ({"exec_command": {"cmd": "ls", "output": "ab", "chunks": ["a", "c"]}}, "Leave one of them out."),
        ({"function_call": {"name": "lookup", "outptu": 1}}, "Write 'output'."),
        ({"function_call": {"name": "lookup", "output": 1, "error": "x"}}, "Leave one of them out."),
        ({"apply_patch": {"patch": "x"}}, "'fails'"),
        ({"apply_patch": {"patch": "x", "fail": "y"}}, "Write 'fails'."),
    ],
)
def test_slips_are_found(entry, expected) -> None:
    with pytest.raises(Problem) as problem:
        load_scenario({"model": [{"say": [entry]}]})
    assert expected in str(problem.value)
