"""The requirements: what each must say, and that each is checked."""

import re
from collections import Counter
from importlib import import_module
from pkgutil import walk_packages

import pytest

from codex_conformance import suites
from codex_conformance.clients import CLIENT_CAPABILITIES
from codex_conformance.requirements import LEVELS, ROLES, SURFACES, find, matching, requirements
from codex_conformance.targets import CAPABILITIES
from codex_schemas import Problem
from codex_schemas.app_server import versions

WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ALL = list(requirements().values())


def judged_by_the_suites():
    """Return the requirement of every check in the suites, with the name of the check."""
    found = []
    for module in walk_packages(suites.__path__, f"{suites.__name__}."):
        if module.name.rpartition(".")[2].startswith("test_"):
            for name, check in vars(import_module(module.name)).items():
                marks = getattr(check, "pytestmark", ()) if name.startswith("test_") else ()
                found += [(mark.args, f"{module.name}.{name}") for mark in marks if mark.name == "codex" and mark.args]
    return found


@pytest.mark.parametrize("requirement", ALL, ids=lambda each: each.id)
def test_a_requirement_is_well_said(requirement) -> None:
    surface, *words = requirement.id.split(".")

    assert surface == requirement.surface.replace("_", "-")
    assert len(words) >= 2
    assert all(WORD.fullmatch(word) for word in words)
    assert (words[0] == "client") == (requirement.role == "client")
    for sentence in (requirement.sentence, requirement.failure):
        assert sentence.endswith(".")
        assert 15 <= len(sentence) <= 400
    assert requirement.source
    known = CLIENT_CAPABILITIES if requirement.role == "client" else CAPABILITIES
    assert set(requirement.needs) <= set(known)
    assert {requirement.since, requirement.until} - {None} <= set(versions())


def test_no_two_say_the_same() -> None:
    sentences = Counter(re.sub(r"\W+", " ", each.sentence).lower() for each in ALL)

    assert [sentence for sentence, count in sentences.items() if count > 1] == []


def test_every_surface_has_requirements_of_both_roles() -> None:
    assert {(each.surface, each.role) for each in ALL} == {(surface, role) for surface in SURFACES for role in ROLES}
    assert {each.level for each in ALL} >= set(LEVELS) - {"MAY"}
    assert len(ALL) >= 250


def test_every_requirement_is_checked_and_every_check_has_one() -> None:
    checks = judged_by_the_suites()
    contract = {f"{surface.replace('_', '-')}.contract.messages" for surface in SURFACES}

    assert [name for ids, name in checks if len(ids) != 1] == []
    assert {ids[0] for ids, _ in checks} | contract >= set(requirements())


def test_every_check_judges_a_requirement_of_its_folder() -> None:
    strangers = []
    for ids, name in judged_by_the_suites():
        requirement, (role, surface) = find(ids[0]), name.split(".")[2:4]
        if (requirement.role, requirement.surface) != (role, surface):
            strangers.append((ids[0], name))

    assert strangers == []


@pytest.mark.parametrize("pattern", ["oauth.refresh", "oauth.refresh.*", "OAUTH"])
def test_patterns(pattern) -> None:
    if pattern.isupper():
        with pytest.raises(Problem):
            matching(pattern)
        return
    assert all(each.id.startswith("oauth.refresh.") for each in matching(pattern))


def test_the_closest_id_is_named() -> None:
    with pytest.raises(Problem, match=r"Did you mean oauth\.contract\.messages"):
        find("oauth.contract.mesages")
