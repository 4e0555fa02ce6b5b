"""A client is named in several ways."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from codex_conformance.clients import Client, Examiner, Trial, read_client
from codex_conformance.clients.capabilities import capabilities
from codex_schemas import Problem

MINE = """
[clients.mine]
tasks.turn = ["my-client", "{prompt}"]
tasks.login = ["my-client", "login"]
release = "0.150.0"
deadline = 5
environment = {MODE = "quiet"}
declare = ["chatgpt"]
disable = ["websocket"]

[clients.louder]
like = "mine"
environment = {VOLUME = "11"}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "codex-targets.toml"
    path.write_text(MINE)
    return path


def test_a_command() -> None:
    client = read_client("my-client ask '{prompt} please'")

    assert client.tasks == {"turn": ["my-client", "ask", "{prompt} please"]}


def test_a_name_of_the_project(file: Path) -> None:
    assert read_client("mine", file=file) == Client(
        name="mine",
        tasks={"turn": ["my-client", "{prompt}"], "login": ["my-client", "login"]},
        release="0.150.0",
        environment={"MODE": "quiet"},
        deadline=5,
        declared=frozenset({"chatgpt"}),
        disabled=frozenset({"websocket"}),
    )


def test_one_that_is_like_another(file: Path) -> None:
    client = read_client("louder", file=file)

    assert (client.name, client.environment) == ("louder", {"MODE": "quiet", "VOLUME": "11"})
    assert client.tasks.keys() == {"turn", "login"}


def test_json_and_options(file: Path) -> None:
    text = json.dumps({"like": "mine", "name": "other", "tasks": {"turn": ["other"]}})

    client = read_client(text, release="0.160.0", declare=["tools"], disable=["zstd"], file=file)

    assert (client.name, client.release, client.tasks["turn"]) == ("other", "0.160.0", ["other"])
    assert (client.declared, client.disabled) == ({"chatgpt", "tools"}, {"websocket", "zstd"})


MODULE = """
from codex_conformance.clients import Client

def turn(known):
    return known.prompt

whole = Client(name="whole", tasks={"turn": turn})
tasks = {"turn": turn, "usage": ("true",)}
"""


@pytest.mark.parametrize(
    ("attribute", "tasks"), [("turn", {"turn"}), ("whole", {"turn"}), ("tasks", {"turn", "usage"})]
)
def test_a_python_object(tmp_path: Path, monkeypatch, attribute: str, tasks: set[str]) -> None:
    (tmp_path / "clients_of_mine.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "clients_of_mine", raising=False)

    client = read_client(f"python:clients_of_mine:{attribute}")

    assert client.tasks.keys() == tasks
    assert Examiner(client).run(Trial.of("turn", prompt="tides")).stdout == "tides"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("python:json:nothing", "nothing"),
        ("python:json:decoder", "a mapping with such for tasks"),
        ('{"tasks": {"fly": ["true"]}}', "Invalid enum value 'fly'"),
        ('{"tusks": {}}', "unknown field `tusks`"),
        ('{"like": "codex:new"}', "a version such as"),
        ("codex:9", "a version such as"),
        ("client 'ask", "No closing quotation"),
        (" ", "found nothing"),
    ],
)
def test_what_is_no_client(text: str, found: str) -> None:
    with pytest.raises(Problem, match=found):
        read_client(text)


def test_a_client_that_is_like_itself(file: Path) -> None:
    file.write_text('[clients.mine]\nlike = "mine"\n')

    # The name stands for a command then, as every other name that the file does not have.
    assert read_client("mine", file=file).tasks == {"turn": ["mine"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [("[clients.mine]\nmode = 1", "unknown field `mode`"), ("[clients", "Expected"), ("clients = 3", "object")],
)
def test_a_file_that_is_none(file: Path, text: str, found: str) -> None:
    file.write_text(text)

    with pytest.raises(Problem, match=found):
        read_client("mine", file=file)


def test_an_unknown_capability() -> None:
    with pytest.raises(Problem, match="telepathy"):
        read_client("mine", declare=["telepathy"])


def test_capabilities_are_declared_disabled_or_found(reference) -> None:
    """Without a word about them, the traffic of the client shows them."""
    told = reference()
    client = Client(name="told", tasks={"turn": told.tasks["turn"]}, disabled=frozenset({"zstd"}), declared=frozenset())

    states = capabilities(Examiner(client))

    assert {name for name, state in states.items() if state == "found"} == {
        "chatgpt",
        "api-key",
        "websocket",
        "stream",
        "tools",
        "models",
        "compaction",
        "plugins",
        "analytics",
        "refresh",
    }
    assert {name for name, state in states.items() if state == "declared"} == {"turn"}
    assert states["zstd"] == "disabled"
    assert states["login"] == "not declared"


def test_a_client_that_fails_has_no_capability_but_its_tasks() -> None:
    states = capabilities(Examiner(Client(name="broken", tasks={"turn": ("false",)})))

    assert {name for name, state in states.items() if state != "not declared"} == {"turn"}
