"""Who is under test in a run: a server, or a client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from codex_conformance.requirements import Role, Surface
from codex_conformance.targets import State, open_target, read_target
from codex_schemas import Problem
from codex_schemas.app_server import load

__all__ = ["Subject", "subject_of"]


@dataclass(frozen=True)
class Subject:
    """Who is under test."""

    role: Role
    name: str
    release: str
    surfaces: Sequence[Surface]
    capabilities: Mapping[str, State]
    #: The words that name it on the command line of ``check``.
    words: Sequence[str]
    #: The open target, or the client.
    thing: Any


@contextmanager
def subject_of(config: pytest.Config) -> Iterator[Subject]:
    """Open what the options name.

    Raises:
        Problem: It is none, it cannot be opened, or it is two; or there is no such release.
    """
    target, client = config.getoption("--codex-target"), config.getoption("--codex-client")
    if target and client:
        raise Problem(
            "choosing who is under test",
            expected="--codex-target or --codex-client",
            found="both",
            advice="Make two runs.",
        )
    if release := config.getoption("--codex-release", None):
        # Whoever is under test, it must be one that there is.
        load(release)
    with _server(config, target) if target else _client(config, client) as subject:
        yield subject


@contextmanager
def _server(config: pytest.Config, name: str) -> Iterator[Subject]:
    spec = read_target(
        name,
        release=config.getoption("--codex-release", None),
        declare=frozenset(config.getoption("--codex-declare")),
        disable=frozenset(config.getoption("--codex-disable")),
    )
    with open_target(spec, may_go_live=config.getoption("--codex-live")) as target:
        yield Subject("server", name, spec.release, target.surfaces, target.capabilities, [name], target)


@contextmanager
def _client(config: pytest.Config, command: str) -> Iterator[Subject]:
    from codex_conformance.clients import client_subject  # noqa: PLC0415 (a run of a server has no need of it)

    with client_subject(config, command) as subject:
        yield subject
