"""Which step answers which request."""

from __future__ import annotations

import pytest

from codex_mockserver.model import NoStep, Prompt, Scenario, Script, Step, When, load_scenario, read_input, take_turn
from codex_mockserver.world import World

TRIGGER = {"type": "compaction_trigger"}


def prompt(text="hello", *after, **body) -> Prompt:
    return Prompt({"model": "gpt-5.5", **body}, [*read_input(text), *after])


def call(call_id: str):
    return {"type": "function_call", "name": "f", "arguments": "{}", "call_id": call_id}


def output(call_id: str, text):
    return {"type": "function_call_output", "call_id": call_id, "output": text}


def texts(turn) -> list[str]:
    return [part["text"] for item in turn.response["output"] for part in item.get("content", ())]


def say(text: str, times: int | None = 1, **when) -> Step:
    return Step(say=[{"message": text}], when=When(**when), times=times)


def ask(world: World, script: Script, request: Prompt) -> list[str]:
    return texts(take_turn(world, script, request))


def test_without_a_scenario_the_model_echoes_the_user() -> None:
    turn = take_turn(World(), Script(), prompt("Say it again."))

    assert [item["type"] for item in turn.response["output"]] == ["message"]
    assert texts(turn) == ["Say it again."]


@pytest.mark.parametrize(
    "wish",
    [{"reasoning": {"effort": "low", "summary": "auto"}}, {"include": ["reasoning.encrypted_content"]}],
    ids=["summary", "sealed"],
)
def test_the_echo_has_reasoning_where_the_request_asks_for_it(wish) -> None:
    turn = take_turn(World(), Script(), prompt(**wish))

    assert [item["type"] for item in turn.response["output"]] == ["reasoning", "message"]


def test_steps_answer_in_order_and_then_no_more() -> None:
    world, script = World(), Script(Scenario(model=[say("one"), say("two", times=2)]))

    assert [ask(world, script, prompt())[0] for _ in range(3)] == ["one", "two", "two"]
    with pytest.raises(NoStep, match="all 2 steps are used up"):
        ask(world, script, prompt())


def test_a_snapshot_remembers_which_steps_were_used() -> None:
    world, script = World(), Script(Scenario(model=[say("one"), say("two")]))
    ask(world, script, prompt())
    snapshot = world.snapshot()
    ask(world, script, prompt())

    world.restore(snapshot)

    assert ask(world, script, prompt()) == ["two"]


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (prompt("Please FIX this"), "by user"),
        (prompt("x", call("a"), output("a", "exit 3")), "by output"),
        (prompt("x", call("a"), output("a", [{"type": "input_text", "text": "exit 3"}])), "by output"),
        (prompt("x", model="gpt-5.4"), "by model"),
        (prompt("x"), "by nothing"),
        (prompt("x", call("a"), output("a", "exit 3"), call("b"), output("b", "exit 0")), "by nothing"),
        (prompt("x", call("a"), output("a", "exit 3"), *read_input("more")), "by nothing"),
    ],
    ids=["user", "output", "output parts", "model", "nothing", "an earlier output", "an output before the user"],
)
def test_when_chooses_the_step(request_: Prompt, answer: str) -> None:
    script = Script(
        Scenario(
            model=[
                say("by user", user="(?i)fix"),
                say("by output", tool_output="exit [1-9]"),
                say("by model", model="gpt-5.4"),
                say("by nothing"),
            ]
        )
    )

    assert ask(World(), script, request_) == [answer]


def test_only_the_latest_message_of_the_user_counts() -> None:
    script = Script(Scenario(model=[say("found", user="first"), say("other")]))

    assert ask(World(), script, prompt("first", *read_input("second"))) == ["other"]


def test_outputs_of_parallel_calls_all_count() -> None:
    script = Script(Scenario(model=[say("both", tool_output="^one$")]))

    assert ask(World(), script, prompt("x", call("a"), call("b"), output("a", "one"), output("b", "two"))) == ["both"]


def test_a_request_that_no_step_fits_names_the_closest_and_why() -> None:
    script = Script(Scenario(name="demo", model=[say("a", user="alpha", model="gpt-5.4"), say("b", user="beta")]))

    with pytest.raises(NoStep) as caught:
        ask(World(), script, prompt("gamma"))

    assert "'demo'" in caught.value.doing
    assert caught.value.expected == "a request for step 2, the closest: user text that matches 'beta'"
    assert "'gamma'" in caught.value.found


def test_a_long_prompt_is_shortened_in_the_message() -> None:
    with pytest.raises(NoStep) as caught:
        ask(World(), Script(Scenario(model=[say("a", user="alpha")])), prompt("g" * 10_000))

    assert len(str(caught.value)) < 500


def test_a_prewarm_says_nothing_and_uses_no_step_up() -> None:
    world, script = World(), Script(Scenario(model=[say("one")]))

    turn = take_turn(world, script, prompt(generate=False))

    assert turn.response["output"] == []
    assert ask(world, script, prompt()) == ["one"]


def test_a_compaction_answers_without_a_step() -> None:
    turn = take_turn(World(), Script(Scenario(model=[say("one")])), prompt("x", TRIGGER))

    assert [item["type"] for item in turn.response["output"]] == ["compaction"]


def test_a_compaction_that_wants_a_message_gets_one() -> None:
    metadata = {"x-codex-turn-metadata": '{"request_kind": "compaction", "window_number": 0}'}

    turn = take_turn(World(), Script(Scenario(model=[say("one")])), prompt("x", client_metadata=metadata))

    assert texts(turn) == ["A summary of the conversation so far."]


@pytest.mark.parametrize("metadata", ["{", '"request_kind":"compaction"', "[]", None], ids=str)
def test_odd_turn_metadata_is_an_ordinary_turn(metadata) -> None:
    request = prompt("x", client_metadata={"x-codex-turn-metadata": metadata})

    assert ask(World(), Script(Scenario(model=[say("one")])), request) == ["one"]


def test_a_step_can_answer_a_compaction() -> None:
    script = load_scenario("model:\n  - when: {kind: compaction}\n    say: [compaction: sealed]\n")

    turn = take_turn(World(), Script(script), prompt("x", TRIGGER))

    assert turn.response["output"][0]["encrypted_content"] == "sealed"


def test_a_script_for_compactions_alone_leaves_turns_to_the_echo() -> None:
    script = Script(Scenario(model=[Step(say=[{"compaction": "c"}], when=When(kind="compaction"))]))

    assert ask(World(), script, prompt("hi")) == ["hi"]


def test_the_estimate_of_usage_is_the_same_for_the_same_request() -> None:
    first, second = (take_turn(World(seed=seed), Script(), prompt("word " * 40)) for seed in (1, 2))

    assert first.response["usage"] == second.response["usage"]
    assert 50 <= first.response["usage"]["input_tokens"] < 100


def test_more_text_is_more_usage() -> None:
    short, long = (take_turn(World(), Script(), prompt("word " * n)).response["usage"] for n in (1, 100))

    assert short["input_tokens"] < long["input_tokens"]
    assert short["output_tokens"] < long["output_tokens"]


def test_the_counts_of_a_step_replace_the_estimate() -> None:
    step = Step(say=[{"message": "x"}], usage={"input_tokens": 1000, "cached_tokens": 900, "output_tokens": 7})

    usage = take_turn(World(), Script(Scenario(model=[step])), prompt()).response["usage"]

    assert usage["input_tokens_details"]["cached_tokens"] == 900
    assert usage["total_tokens"] == 1007


def test_sealed_reasoning_comes_only_when_it_is_asked_for() -> None:
    script = Script(Scenario(model=[Step(say=[{"reasoning": {"summary": ["Hm."]}}], times=None)]))
    plain = take_turn(World(), script, prompt())
    sealed = take_turn(World(), script, prompt(include=["reasoning.encrypted_content"]))

    assert "encrypted_content" not in plain.response["output"][0]
    assert sealed.response["output"][0]["encrypted_content"]
