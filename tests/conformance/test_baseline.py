"""The baseline: exact, with reasons, never stale, and written without losing what people wrote."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_conformance.baseline import Baseline, Known
from codex_conformance.baseline._known import as_toml
from codex_conformance.reports import Run, Verdict
from codex_conformance.requirements import Requirement, _registry
from codex_schemas import Problem

IDS = ("oauth.refresh.rotates", "oauth.code.used-once", "oauth.error.text", "wham.usage.windows")
ROTATES, ONCE, TEXT, WINDOWS = IDS
REGISTRY = [
    Requirement(
        id=name,
        level="MUST",
        surface=name.partition(".")[0],
        role="server",
        sentence="It is so.",
        failure="It was not so.",
        source="observed",
    )
    for name in IDS
]
WRITTEN = '''\
# What our server cannot do yet.

# Tokens come from a cache.
[[known]]
requirement = "oauth.refresh.rotates"
case = "test_refresh_rotates[json]"
reason = "The cache is replicated; issue 12."
releases = ["0.141.0", "0.150.0"]

[[known]]
requirement = "oauth.code.used-once"
case = "test_code_used_once"
reason = """
Codes are kept for a minute.
"""
targets = ["proxy"] # ours
'''


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """Four requirements instead of those of the package."""
    monkeypatch.setattr(_registry, "_read_all", lambda: iter(REGISTRY))
    _registry.requirements.cache_clear()
    yield
    _registry.requirements.cache_clear()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known.toml"


def run(*verdicts: tuple[str, str, str], **fields) -> Run:
    """Make a run from requirements, cases and outcomes."""
    facts = {"target": "proxy", "release": "0.169.0", "surfaces": ["oauth"], "role": "server", "started_at": ""}
    judged = [Verdict(requirement=name, case=case, outcome=outcome) for name, case, outcome in verdicts]
    return Run(verdicts=judged, **(facts | fields))


def known(requirement: str, case: str = "case", reason: str = "Because.", **places) -> Known:
    return Known(requirement=requirement, case=case, reason=reason, **places)


# Reading and asking.


def test_a_failure_is_known_exactly(path) -> None:
    path.write_text(WRITTEN)
    baseline = Baseline.read(path)

    assert (
        baseline.reason(ROTATES, "test_refresh_rotates[json]", "any", "0.141.0") == "The cache is replicated; issue 12."
    )
    assert baseline.reason(ROTATES, "test_refresh_rotates[json]", "any", "0.169.0") is None
    assert baseline.reason(ROTATES, "test_refresh_rotates[form]", "any", "0.141.0") is None
    assert baseline.reason(ONCE, "test_code_used_once", "proxy", "0.169.0") == "Codes are kept for a minute.\n"
    assert baseline.reason(ONCE, "test_code_used_once", "proxy:8080", "0.169.0") is None
    assert baseline.reason(TEXT, "test_code_used_once", "proxy", "0.169.0") is None


def test_a_file_of_comments_knows_nothing(path) -> None:
    path.write_text("# Nothing yet.\n")

    assert Baseline.read(path).entries == ()


def entry(**fields: object) -> str:
    facts = {"requirement": ROTATES, "case": "case", "reason": "Because."} | fields
    lines = [f"{name} = {value!r}" for name, value in facts.items() if value is not None]
    return "\n".join(["[[known]]", *lines, ""])


@pytest.mark.parametrize(
    ("text", "where", "expected", "found", "advice"),
    [
        ("known = [", "known.toml", "[[known]]", "Invalid", "TOML"),
        ("known = 3", "known.toml", "[[known]]", "known", "Remove"),
        ("[know]", "known.toml", "[[known]]", "know", "Remove"),
        ("known = [3]", "entry 1", "[[known]]", "object", "entry"),
        (entry(reason=None), "line 1", "[[known]]", "reason", "entry"),
        (entry(level="MUST"), "line 1", "[[known]]", "level", "entry"),
        (entry(releases="0.169.0"), "line 1", "[[known]]", "releases", "entry"),
        ("\n\n" + entry(requirement="oauth.refresh.rotate"), "line 3", "the id", "rotate'", "'oauth.refresh.rotates'"),
        (entry(requirement="zzz"), "line 1", "the id", "zzz", "check list"),
        (entry(case=" "), "line 1", "case", "none", "report"),
        (entry(releases=["0.169"]), "line 1", "0.169.0", "'0.169'", "release"),
        (entry(reason=" "), "line 1", "the reason why oauth.refresh.rotates fails", "' '", "Say why"),
        (entry(reason="TODO: later"), "line 1", "the reason", "TODO: later", "Say why"),
        (entry() + entry(reason="Else."), "line 5", "once", "as in line 1", "Remove one"),
        (entry(releases=["0.1.0", "0.2.0"]) + entry(releases=["0.2.0"]), "line 6", "once", "line 1", "Remove one"),
        (entry(targets=["a"]) + entry(releases=["0.2.0"]), "line 6", "once", "line 1", "Remove one"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(path, text, where, expected, found, advice) -> None:
    path.write_text(text)
    with pytest.raises(Problem) as raised:
        Baseline.read(path)
    problem = raised.value

    assert problem.doing.startswith(f"reading the baseline {path}")
    assert where in problem.doing
    assert expected in problem.expected
    assert found in problem.found
    assert advice in problem.advice


@pytest.mark.parametrize(
    "text",
    [
        entry(releases=["0.1.0"]) + entry(releases=["0.2.0"]),
        entry(targets=["a"]) + entry(targets=["b"]),
        entry() + entry(case="another"),
        entry() + entry(requirement=ONCE),
    ],
)
def test_what_is_kept_apart_is_no_repetition(path, text) -> None:
    path.write_text(text)

    assert len(Baseline.read(path).entries) == 2


def test_a_file_that_is_not_there_is_named(path) -> None:
    with pytest.raises(Problem, match="No such file"):
        Baseline.read(path)
    assert Baseline.read_if_there(path).entries == ()


def test_a_file_in_another_encoding_is_refused(path) -> None:
    path.write_bytes(b"# \xff")
    with pytest.raises(Problem, match="UTF-8"):
        Baseline.read(path)


# What is stale.


def test_an_entry_whose_case_is_gone_is_stale() -> None:
    baseline = Baseline([known(ROTATES), known(ONCE, "gone"), known(TEXT, "gone", targets=("other",))])
    (stale,) = baseline.unused(run((ROTATES, "case", "known"), (ONCE, "case", "passed")))

    assert (stale.requirement, stale.case, stale.outcome) == (ONCE, "gone", "stale")
    assert stale.reason == "no such case ran any more; the baseline says: Because."


@pytest.mark.parametrize(
    "made",
    [
        run((ROTATES, "case", "known")),
        run((ROTATES, "case", "stale")),
        run((ROTATES, "case", "skipped")),
        run((ROTATES, "another", "skipped")),
        run((ROTATES, "another", "error")),
        run(is_partial=True),
        run(is_interrupted=True),
        run(surfaces=["wham"]),
        run(role="client"),
        run(release="0.141.0"),
    ],
    ids=[
        "used",
        "stale already",
        "skipped",
        "skipped besides",
        "broken",
        "partial",
        "interrupted",
        "surface",
        "role",
        "release",
    ],
)
def test_an_entry_is_not_stale_that_may_be_true(made) -> None:
    assert Baseline([known(ROTATES, releases=("0.169.0",))]).unused(made) == []


# Writing.


def test_a_new_file_lists_what_fails_and_waits_for_reasons(path) -> None:
    judged = run((TEXT, "b", "failed"), (ROTATES, "b", "failed"), (ROTATES, "a", "failed"), (ONCE, "a", "passed"))
    Baseline.read_if_there(path).write(path, judged)

    assert path.read_text().startswith("# Known failures")
    assert [(each["requirement"], each["case"]) for each in tomllib.loads(path.read_text())["known"]] == [
        (ROTATES, "a"),
        (ROTATES, "b"),
        (TEXT, "b"),
    ]
    with pytest.raises(Problem, match=r"line 4: expected the reason why oauth.refresh.rotates fails, found 'TODO: "):
        Baseline.read(path)
    assert Baseline.read_if_there(path).reason(TEXT, "b", "x", "0.1.0").startswith("TODO: ")


def test_what_is_true_still_stays_letter_for_letter(path) -> None:
    path.write_text(WRITTEN)
    judged = run(
        (ROTATES, "test_refresh_rotates[json]", "failed"), (ONCE, "test_code_used_once", "known"), release="0.150.0"
    )
    Baseline.read(path).write(path, judged)

    assert path.read_text() == WRITTEN


def test_what_passes_goes_with_its_comment(path) -> None:
    path.write_text(WRITTEN)
    judged = run((ROTATES, "test_refresh_rotates[json]", "stale"), release="0.150.0", target="other")
    judged.verdicts.append(Verdict(requirement=ONCE, case="test_code_used_once", outcome="passed"))
    Baseline.read(path).write(path, judged)
    text = path.read_text()

    assert "cache" not in text
    assert text.startswith("# What our server cannot do yet.\n\n[[known]]")
    assert 'targets = ["proxy"] # ours\n' in text


def test_what_is_gone_goes_too(path) -> None:
    Baseline([known(ROTATES, "gone"), known(WINDOWS, "gone")]).write(path, run((ROTATES, "case", "passed")))

    assert [each.requirement for each in Baseline.read(path).entries] == [WINDOWS]


def test_a_release_that_passes_is_taken_out(path) -> None:
    path.write_text(WRITTEN)
    case = (ROTATES, "test_refresh_rotates[json]")
    Baseline.read(path).write(
        path, run((*case, "passed"), release="0.150.0"), run((*case, "failed"), release="0.141.0")
    )
    text = path.read_text()

    assert "# Tokens come from a cache.\n[[known]]\n" in text
    assert 'releases = ["0.141.0"]\n' in text
    assert Baseline.read(path).reason(*case, "any", "0.141.0") == "The cache is replicated; issue 12."


def test_many_runs_are_kept_apart_where_they_differ(path) -> None:
    places = {("mock", "0.141.0"): "failed", ("mock", "0.150.0"): "failed", ("mock", "0.169.0"): "passed"}
    runs = [
        run((ROTATES, "case", outcome), target=target, release=release) for (target, release), outcome in places.items()
    ]
    Baseline().write(path, *runs)
    (entry,) = Baseline.read_if_there(path).entries

    assert (entry.releases, entry.targets) == (("0.141.0", "0.150.0"), ())


@pytest.mark.parametrize(
    ("failing", "passing", "releases", "targets"),
    [
        ([("a", "0.1.0")], [("b", "0.1.0")], [()], [("a",)]),
        ([("a", "0.1.0")], [("a", "0.2.0")], [("0.1.0",)], [()]),
        (
            [("a", "0.1.0"), ("b", "0.2.0")],
            [("a", "0.2.0"), ("b", "0.1.0")],
            [("0.1.0",), ("0.2.0",)],
            [("a",), ("b",)],
        ),
    ],
    ids=["targets", "releases", "both"],
)
def test_entries_speak_of_nothing_that_passes(path, failing, passing, releases, targets) -> None:
    runs = [run((ROTATES, "case", "failed"), target=target, release=release) for target, release in failing]
    runs += [run((ROTATES, "case", "passed"), target=target, release=release) for target, release in passing]
    Baseline().write(path, *runs)
    entries = Baseline.read_if_there(path).entries

    assert [each.releases for each in entries] == releases
    assert [each.targets for each in entries] == targets


def test_a_failure_elsewhere_gets_an_entry_of_its_own(path) -> None:
    path.write_text(WRITTEN)
    Baseline.read(path).write(path, run((ONCE, "test_code_used_once", "failed"), target="other"))
    *old, new = Baseline.read_if_there(path).entries

    assert path.read_text().startswith(WRITTEN)
    assert old == list(Baseline.read_if_there(path).entries[:2])
    assert (new.key, new.releases, new.targets) == ((ONCE, "test_code_used_once"), ("0.169.0",), ("other",))


PLACES = st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["0.1.0", "0.2.0", "0.3.0"]))
OUTCOMES = st.dictionaries(PLACES, st.sampled_from(["failed", "known", "passed", "stale"]), min_size=1)


@settings(deadline=None)
@given(st.lists(OUTCOMES, min_size=1, max_size=4))
def test_what_is_written_says_what_was_seen_last(tmp_path_factory, histories) -> None:
    """After each writing, exactly what fails is known, and the file can be read."""
    path = tmp_path_factory.mktemp("baseline") / "known.toml"
    for outcomes in histories:
        runs = [
            run((ROTATES, "case", outcome), target=target, release=release)
            for (target, release), outcome in outcomes.items()
        ]
        Baseline.read_if_there(path).write(path, *runs)
        written = Baseline.read_if_there(path)
        for place, outcome in outcomes.items():
            is_known = written.reason(ROTATES, "case", *place) is not None
            assert is_known == (outcome in ("failed", "known"))


@pytest.mark.parametrize("outcome", ["error", "skipped"])
def test_what_was_not_judged_changes_nothing(path, outcome) -> None:
    path.write_text(WRITTEN)
    Baseline.read(path).write(
        path, run((ROTATES, "test_refresh_rotates[json]", outcome), release="0.141.0", target="x")
    )

    assert path.read_text() == WRITTEN


def test_entries_in_another_form_are_kept_without_their_comments(path) -> None:
    path.write_text(f'known = [{{requirement = "{ROTATES}", case = "a", reason = "Because."}}] # why\n')
    Baseline.read(path).write(path, run((ONCE, "b", "failed"), (ROTATES, "a", "known")))

    assert [each.key for each in Baseline.read_if_there(path).entries] == [(ROTATES, "a"), (ONCE, "b")]


def test_writing_again_changes_nothing(path) -> None:
    judged = run((TEXT, "b", "failed"), (ROTATES, "a[\x00 \"'\\ ü]", "failed"))
    Baseline().write(path, judged)
    once = path.read_text()
    Baseline.read_if_there(path).write(path, judged)

    assert path.read_text() == once


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_any_text_can_be_written(text, targets) -> None:
    written = known(ROTATES, text, text, targets=tuple(targets))
    (read,) = tomllib.loads(as_toml(written))["known"]

    assert (read["case"], read["reason"], tuple(read.get("targets", ()))) == (text, text, written.targets)
