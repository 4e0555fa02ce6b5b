"""What a run says: nothing is called conformant that was not checked whole."""

from __future__ import annotations

import pytest

from codex_conformance.reports import EXIT_CODES, conclusion, standings
from codex_conformance.reports.overview import Overview
from codex_conformance.reports.sentence import sentence
from codex_schemas import Problem

ROTATES, ONCE, PENDING, TEXT = (
    "oauth.refresh.rotates",
    "oauth.code.used-once",
    "oauth.device.pending",
    "oauth.error.text",
)
ALL = {ROTATES: "passed", ONCE: "passed", PENDING: "passed", TEXT: "passed"}


@pytest.fixture
def oauth(run, verdict):
    """Make a run of one surface in which all passed, but for what is said."""

    def make(changes=(), /, reasons=(), **fields):
        outcomes = {name: outcome for name, outcome in (ALL | dict(changes)).items() if outcome}
        verdicts = [verdict(name, outcome, reason=dict(reasons).get(name, "")) for name, outcome in outcomes.items()]
        return run(*verdicts, surfaces=["oauth"], **fields)

    return make


@pytest.mark.parametrize(
    ("changes", "fields", "expected"),
    [
        ({}, {}, "conformant"),
        ({TEXT: "failed"}, {}, "conformant"),
        ({TEXT: None}, {}, "conformant"),
        ({TEXT: "failed"}, {"fail_level": "OBSERVED"}, "failed"),
        ({TEXT: "stale"}, {}, "failed"),
        ({ROTATES: "failed"}, {}, "failed"),
        ({ROTATES: "failed", ONCE: "skipped"}, {}, "failed"),
        ({ROTATES: "failed", TEXT: "error"}, {}, "crashed"),
        ({ROTATES: "known"}, {}, "known failures"),
        ({ROTATES: "known", ONCE: "skipped"}, {}, "incomplete"),
        ({ROTATES: "skipped"}, {}, "incomplete"),
        ({ROTATES: None}, {}, "incomplete"),
        ({}, {"is_partial": True}, "passed"),
        ({ROTATES: None}, {"is_partial": True}, "passed"),
        ({}, {"is_interrupted": True}, "incomplete"),
        ({ROTATES: None}, {"is_interrupted": True, "is_partial": True}, "incomplete"),
        ({ROTATES: "failed"}, {"is_interrupted": True}, "failed"),
        (dict.fromkeys(ALL), {}, "incomplete"),
        (dict.fromkeys(ALL), {"is_partial": True}, "incomplete"),
        (dict.fromkeys(ALL, "skipped"), {}, "incomplete"),
    ],
)
def test_the_gravest_thing_counts(oauth, changes, fields, expected) -> None:
    run = oauth(changes, dict.fromkeys(changes, "disabled"), **fields)

    assert conclusion(run) == expected
    assert ("is conformant" in sentence(Overview(run))) == (expected == "conformant")


@pytest.mark.parametrize("reason", ["disabled: oauth.device", "live", "", "no reason at all"])
def test_a_must_with_a_case_that_was_skipped_is_not_checked(oauth, verdict, reason) -> None:
    run = oauth()
    run.verdicts.append(verdict(PENDING, "skipped", case="another", reason=reason))

    assert conclusion(run) == "incomplete"
    kind, _, detail = reason.partition(": ")
    assert Overview(run).unchecked_musts == {kind: {detail: [PENDING]}}


@pytest.mark.parametrize("reason", ["release", "not declared: oauth.device"])
def test_a_case_of_another_release_or_of_what_is_not_claimed_is_no_gap_beside_others(oauth, verdict, reason) -> None:
    run = oauth()
    run.verdicts.append(verdict(PENDING, "skipped", case="another", reason=reason))

    assert conclusion(run) == "conformant"


def test_a_must_of_which_only_cases_of_another_release_are_there_is_a_gap(oauth) -> None:
    assert conclusion(oauth({PENDING: "skipped"}, {PENDING: "release"})) == "incomplete"


def test_what_a_part_of_a_run_does_not_choose_is_no_gap(oauth) -> None:
    run = oauth({PENDING: "skipped", ROTATES: None}, {PENDING: "not chosen"}, is_partial=True)

    assert conclusion(run) == "passed"
    assert Overview(run).unchecked_musts == {}


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("disabled: oauth.device", "passed"), ("not declared: a", "passed"), ("live", "incomplete")],
)
def test_a_part_of_a_run_may_lack_what_is_not_claimed(oauth, reason, expected) -> None:
    run = oauth({PENDING: "skipped", ROTATES: None}, {PENDING: reason}, is_partial=True)

    kind, _, detail = reason.partition(": ")
    assert conclusion(run) == expected
    assert Overview(run).unchecked_musts == {kind: {detail: [PENDING]}}
    assert "is conformant" not in sentence(Overview(run))


def test_nothing_is_conformant_where_nothing_must_be_met(run, verdict) -> None:
    assert conclusion(run(verdict("wham.usage.credits"), surfaces=["wham"])) == "passed"


def test_a_requirement_of_another_release_is_out_of_scope(run, verdict) -> None:
    skipped = verdict("wham.usage.windows", "skipped", reason="release")

    assert [each.requirement.id for each in standings(run(skipped, surfaces=["wham"]))] == ["wham.usage.credits"]
    older = standings(run(surfaces=["wham"], release="0.141.0"))
    assert [each.requirement.id for each in older] == ["wham.usage.windows"]


def test_a_failure_out_of_scope_is_told(run, verdict) -> None:
    failed = run(verdict("oauth.client.state", "failed"), surfaces=["wham"])

    assert conclusion(failed) == "failed"
    assert "oauth.client.state" in [each.requirement.id for each in standings(failed)]


def test_the_gravest_case_of_a_requirement_counts(run, verdict) -> None:
    cases = [verdict(ROTATES, outcome, case=outcome) for outcome in ("skipped", "passed", "known", "stale", "failed")]
    found = {each.requirement.id: each.outcome for each in standings(run(*cases[:3]))}
    more = {each.requirement.id: each.outcome for each in standings(run(*cases))}

    assert (found[ROTATES], more[ROTATES], more[ONCE]) == ("known", "failed", None)


def test_a_verdict_on_nothing_is_refused(run, verdict) -> None:
    with pytest.raises(Problem, match=r"oauth\.refresh\.rotate"):
        conclusion(run(verdict("oauth.refresh.rotate")))


def test_exit_codes_say_what_came() -> None:
    good = {name for name, code in EXIT_CODES.items() if code == 0}

    assert good == {"conformant", "passed", "known failures"}
    assert len({code for code in EXIT_CODES.values() if code}) == 3
    assert 2 not in EXIT_CODES.values()


SENTENCES = {
    "conformant": (
        {TEXT: "failed"},
        (
            "mock:0.169.0 is conformant with codex 0.169.0 (oauth): 3 of 3 MUST requirements met. "
            "Not met, which does not count: 1 OBSERVED."
        ),
    ),
    "failed": (
        {ROTATES: "failed", ONCE: "stale", PENDING: "skipped"},
        (
            "mock:0.169.0 is not conformant with codex 0.169.0 (oauth): 1 MUST not met, 1 entry of the baseline stale, "
            "1 MUST requirement not checked."
        ),
    ),
    "known failures": (
        {ROTATES: "known", TEXT: "known"},
        (
            "mock:0.169.0 is not conformant with codex 0.169.0 (oauth): 1 of 3 MUST requirements not met, all as its "
            "baseline says. Not met, which does not count: 1 OBSERVED."
        ),
    ),
    "incomplete": (
        {ROTATES: "skipped", PENDING: None},
        (
            "Incomplete: 2 of 3 MUST requirements not checked, so mock:0.169.0 cannot be called conformant with codex "
            "0.169.0 (oauth)."
        ),
    ),
    "nothing": (dict.fromkeys(ALL), "Incomplete: nothing was checked, so nothing is known of mock:0.169.0."),
    "crashed": (
        {ROTATES: "error", ONCE: "error", TEXT: "failed"},
        "Not judged: 2 faults of the suite itself, so nothing is said of mock:0.169.0.",
    ),
}


@pytest.mark.parametrize(("changes", "expected"), SENTENCES.values(), ids=SENTENCES)
def test_a_conclusion_is_a_sentence(oauth, changes, expected) -> None:
    assert sentence(Overview(oauth(changes))) == expected


def test_half_a_run_says_so(oauth) -> None:
    overview = Overview(oauth({ROTATES: None, TEXT: None}, is_interrupted=True))

    assert sentence(overview) == (
        "Interrupted: 2 of 4 requirements checked, "
        "so mock:0.169.0 cannot be called conformant with codex 0.169.0 (oauth)."
    )
    # What it did not come to is no gap that anybody must look at.
    assert overview.unchecked_musts == {}


def test_a_part_says_nothing_of_the_rest(oauth) -> None:
    run = oauth(dict.fromkeys([ROTATES, ONCE, TEXT]), is_partial=True)

    assert sentence(Overview(run)) == (
        "mock:0.169.0 meets what was chosen with codex 0.169.0 (oauth), 1 of 4 requirements. "
        "Of the rest this run says nothing."
    )
