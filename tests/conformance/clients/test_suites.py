"""The requirements of clients and the cases that judge them go together."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from codex_conformance.clients import CLIENT_CAPABILITIES
from codex_conformance.requirements import requirements

MARKER = re.compile(r'@pytest\.mark\.codex\("([^"]+)"')
SURFACES = ("responses", "wham")
OF_CLIENTS = [each for each in requirements().values() if each.role == "client"]


def judged(surface: str) -> list[str]:
    """Return the requirements that the cases of a surface name."""
    folder = files("codex_conformance.suites") / "client" / surface
    texts = [file.read_text() for file in folder.iterdir() if file.name.startswith("test_")]
    assert sum(text.count("\ndef test_") for text in texts) == sum(len(MARKER.findall(text)) for text in texts)
    return [found for text in texts for found in MARKER.findall(text)]


@pytest.mark.parametrize("surface", SURFACES)
def test_every_requirement_is_judged_by_a_case(surface: str) -> None:
    expected = {each.id for each in OF_CLIENTS if each.surface == surface}

    assert sorted(set(judged(surface)) - set(requirements())) == []
    # Cases of both surfaces may judge a requirement of either.
    assert expected <= set(judged(surface))
    assert len(expected) >= 40


def test_clients_need_what_clients_can_have() -> None:
    unknown = {need for each in OF_CLIENTS for need in each.needs} - set(CLIENT_CAPABILITIES)

    assert unknown == set()


def test_every_requirement_says_what_users_saw_without_it() -> None:
    for each in OF_CLIENTS:
        assert each.sentence.endswith("."), each.id
        assert each.failure.endswith("."), each.id
        assert each.id.split(".")[1] == "client", each.id


def test_no_two_requirements_say_the_same() -> None:
    sentences = [each.sentence for each in OF_CLIENTS]

    assert len(sentences) == len(set(sentences))
