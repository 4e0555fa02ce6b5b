"""A client as the subject of a conformance run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from codex_conformance._pytest.subjects import Subject
from codex_conformance.clients._client import Client
from codex_conformance.clients._examiner import Examiner
from codex_conformance.clients._settings import read_client
from codex_conformance.clients.capabilities import capabilities
from codex_conformance.releases import DEFAULT_RELEASE
from codex_conformance.requirements import SURFACES, Surface, requirements
from codex_conformance.targets import PRESENT, State

__all__ = ["client_subject", "subject_of_client"]


@contextmanager
def client_subject(config: pytest.Config, text: str) -> Iterator[Subject]:
    """Yield the client that the options of a run name.

    Raises:
        Problem: It is none.
    """
    client = read_client(
        text,
        release=config.getoption("--codex-release", None),
        declare=config.getoption("--codex-declare"),
        disable=config.getoption("--codex-disable"),
    )
    yield subject_of_client(client, _words(text))


def subject_of_client(client: Client, words: Sequence[str] = ()) -> Subject:
    """Return a client as the subject of a run; its examiner is what the suites see."""
    examiner = Examiner(client)
    states = capabilities(examiner)
    return Subject(
        role="client",
        name=client.name,
        release=client.release or DEFAULT_RELEASE,
        surfaces=[surface for surface in SURFACES if _has_something(surface, states)],
        capabilities=states,
        words=words,
        thing=examiner,
    )


def _has_something(surface: Surface, states: Mapping[str, State]) -> bool:
    """Tell whether anything of a surface can be asked of a client."""
    asked = (each for each in requirements().values() if (each.role, each.surface) == ("client", surface))
    # One without needs has cases with needs of their own.
    return any(each.needs and all(states[need] in PRESENT for need in each.needs) for each in asked)


def _words(text: str) -> list[str]:
    """Return the words by which ``check client`` takes the same client."""
    if not text.startswith("{"):
        return ["--client", text]
    entry = json.loads(text)
    turn = entry.get("tasks", {}).pop("turn", [])
    words = ["--client", entry["like"]] if "like" in entry else []
    words += ["--deadline", f"{entry['deadline']:g}"] if "deadline" in entry else []
    words += [f"--task={name}={shlex.join(command)}" for name, command in entry.get("tasks", {}).items()]
    return [*words, *(["--", *turn] if turn else [])]
