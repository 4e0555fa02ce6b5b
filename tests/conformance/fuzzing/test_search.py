"""Searching within a budget: what is found, how small it gets, and who is blamed."""

import subprocess
import sys
import time

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from codex_conformance.fuzzing import Budget, Machine, explore, search
from codex_conformance.probes import Evidence, Unmet, require
from codex_conformance.strategies import Mutation, Sample, frame_forms, nearly_valid, valid
from codex_schemas import Problem

#: Enough for every search of these tests to come to its end by itself.
PLENTY = Budget(60, max_examples=300, shrink_seconds=60)
FRAMES = [form for form in frame_forms() if form.type == "response.create"]


class Kept(list):
    """A judge that keeps what it was given."""

    def __call__(self, sample):
        self.append(str(sample.value))


def refuse_long_models(sample):
    """Judge as a server does that cannot stand names of three letters."""
    require(len(sample.value.get("model") or "") < 3, expected="a server that goes on", found="an end")


def require_what_never_comes(_sample):
    require(None, expected="an answer", found="none")


@pytest.fixture
def evidence():
    return Evidence()


def test_a_search_that_finds_nothing_says_how_much_it_tried(evidence):
    kept = Kept()
    assert search(valid(FRAMES), kept, Budget(60, max_examples=20), evidence) == len(kept) >= 20


def test_what_is_found_is_told_in_four_parts(evidence):
    with pytest.raises(Unmet) as caught:
        search(valid(FRAMES), refuse_long_models, PLENTY, evidence)
    assert caught.value.doing.startswith("sending a valid response.create")
    assert caught.value.expected == "a server that goes on"
    assert caught.value.found == "an end"
    assert "--codex-seed=0" in caught.value.advice


def test_what_is_found_is_made_small(evidence):
    judged = []

    def judge(sample):
        judged.append(sample)
        evidence.note("suite", str(sample.value))
        refuse_long_models(sample)

    with pytest.raises(Unmet):
        search(valid([form for form in FRAMES if form.service == "public"]), judge, PLENTY, evidence)
    assert [step.title for step in evidence.steps] == ["{'type': 'response.create', 'model': '000'}"]


def test_a_mutation_is_told(evidence):
    def judge(sample):
        require(sample.value.get("type") != 5, expected="a server that goes on", found="an end")

    with pytest.raises(Unmet, match="where /type was made a number"):
        search(nearly_valid(FRAMES), judge, PLENTY, evidence)


@pytest.mark.parametrize("seed", [1, "a word"], ids=str)
def test_the_same_seed_brings_the_same_messages(seed, evidence):
    runs = [Kept(), Kept()]
    for kept in runs:
        search(valid(FRAMES), kept, Budget(60, seed, max_examples=15), evidence)
    assert runs[0] == runs[1]


def test_another_seed_brings_other_messages(evidence):
    runs = [Kept(), Kept()]
    for seed, kept in enumerate(runs):
        search(valid(FRAMES), kept, Budget(60, seed, max_examples=15), evidence)
    assert runs[0] != runs[1]


def test_a_search_ends_with_its_time(evidence):
    began = time.monotonic()
    search(valid(FRAMES), lambda _: None, Budget(0.2), evidence)
    assert time.monotonic() - began < 30


def test_even_the_smallest_budget_tries_something(evidence):
    assert search(valid(FRAMES), lambda _: None, Budget(1e-9), evidence) == 1


def test_no_budget_is_no_check(evidence):
    with pytest.raises(pytest.skip.Exception, match="disabled"):
        search(valid(FRAMES), refuse_long_models, Budget(0), evidence)


def test_what_fails_only_once_is_told_all_the_same(evidence):
    failures = iter([True])

    def judge(sample):
        require(not next(failures, False), expected="an answer", found="none")

    with pytest.raises(Unmet, match="expected an answer"):
        search(valid(FRAMES), judge, PLENTY, evidence)


def test_a_message_that_does_not_fit_is_a_fault_of_the_suite(evidence):
    wrong = st.just(Sample(FRAMES[0], {"type": "response.create"}))
    with pytest.raises(Problem) as caught:
        search(wrong, require_what_never_comes, PLENTY, evidence)
    assert not isinstance(caught.value, AssertionError)
    assert "fault of the suite" in caught.value.advice


def test_a_message_that_was_broken_on_purpose_is_none(evidence):
    wrong = st.just(Sample(FRAMES[0], {"type": "response.create"}, Mutation("/model", "was removed")))
    with pytest.raises(Unmet):
        search(wrong, require_what_never_comes, PLENTY, evidence)


def test_an_error_of_the_judge_is_no_failure_of_the_server(evidence):
    def judge(sample):
        raise KeyError("a mistake")

    with pytest.raises(KeyError):
        search(valid(FRAMES), judge, PLENTY, evidence)


def test_the_budget_comes_from_the_options(pytestconfig):
    budget = Budget.of(pytestconfig)
    assert budget.seconds == pytestconfig.getoption("--codex-fuzz")


def test_hypothesis_is_imported_only_to_fuzz():
    modules = "codex_conformance.plugin, codex_conformance._pytest.session, codex_conformance.suites.server.conftest"
    script = f"import sys, {modules}; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


class Counter(Machine):
    """A walk with a counter that may not come to three."""

    def __init__(self, found):
        super().__init__(found)
        self.count = 0

    @rule()
    def up(self):
        self.count += 1
        self.note("up")
        require(self.count < 3, expected="less than three", found=self.count)

    @rule()
    def stay(self):
        self.note("stay")

    def note(self, title):
        self._found.evidence.note("suite", title)


class Harmless(Machine):
    """A walk on which nothing happens."""

    @rule()
    def step(self):
        pass


def test_a_walk_that_fails_is_made_short(evidence):
    with pytest.raises(Unmet, match="expected less than three, found 3"):
        explore(Counter, PLENTY, evidence)
    assert [step.title for step in evidence.steps] == ["up", "up", "up"]


def test_walks_end_with_their_time(evidence):
    assert explore(Harmless, Budget(0.2), evidence) >= 1


def test_a_walk_without_budget_is_no_check(evidence):
    with pytest.raises(pytest.skip.Exception, match="disabled"):
        explore(Counter, Budget(0), evidence)
