"""A world on disk: what was committed is there again, and nothing else is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from codex_mockserver.world import Clock, World
from codex_mockserver.world.device_codes import approve_device, begin_device_login
from codex_mockserver.world.tokens import GrantRejected, issue_tokens, refresh_tokens, revoke_session
from codex_schemas import Problem

CODEX_CLIENT = "app_EMoamEEZ73f0CkXaXp7hrann"


def memory_of(world: World) -> dict[str, Any]:
    """Return a snapshot as data: a time may be written as 1 or as 1.0."""
    return json.loads(world.snapshot())


def test_a_world_goes_on_where_it_stopped(tmp_path: Path) -> None:
    first = World(seed=1, state_file=tmp_path / "world.db")
    tokens = issue_tokens(first, "plus")
    first.commit()
    kept = memory_of(first)
    first.close()

    with closing(World(seed=2, state_file=tmp_path / "world.db")) as second:
        assert memory_of(second) == kept
        assert tokens.refresh_token in second.state.refresh_tokens


def test_what_was_not_committed_is_lost_whole(tmp_path: Path) -> None:
    first = World(state_file=tmp_path / "world.db")
    kept = memory_of(first)
    issue_tokens(first, "plus")
    first._file._connection.close()

    with closing(World(state_file=tmp_path / "world.db")) as second:
        assert memory_of(second) == kept


def test_reset_leads_to_the_first_moment_of_the_file(tmp_path: Path) -> None:
    first = World(seed=1, clock=Clock(frozen_at=1_770_000_000.0), state_file=tmp_path / "world.db")
    beginning = memory_of(first)
    issue_tokens(first, "plus")
    first.close()

    with closing(World(state_file=tmp_path / "world.db")) as second:
        second.reset()

        assert memory_of(second) == beginning


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    world = World(state_file=tmp_path / "world.db")

    with pytest.raises(Problem, match=r"world\.db.*no other process"):
        World(state_file=tmp_path / "world.db")
    world.close()


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + bytes(84)], ids=["text", "broken"])
def test_a_file_that_is_no_state_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "world.db").write_bytes(content)

    with pytest.raises(Problem, match="opening the state file"):
        World(state_file=tmp_path / "world.db")

    assert (tmp_path / "world.db").read_bytes() == content


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "world.db") as other:
        other.execute("CREATE TABLE things (name TEXT)")
    other.close()

    with pytest.raises(Problem, match="another kind"):
        World(state_file=tmp_path / "world.db")


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="unable to open"):
        World(state_file=tmp_path / "missing" / "world.db")


class Restarts(RuleBasedStateMachine):
    """The same calls on a world in memory and on one that is killed and restarted between them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.memory, self.disk = (
            World(seed=1, clock=Clock(frozen_at=1_770_000_000.0), state_file=file) for file in (None, self.file)
        )

    @property
    def file(self) -> Path:
        return Path(self.folder.name, "world.db")

    @rule(account=st.sampled_from(["plus", "team"]))
    def log_in(self, account: str) -> None:
        self.both(lambda world: issue_tokens(world, account))

    @rule(data=st.data())
    def refresh(self, data: st.DataObject) -> None:
        if known := list(self.memory.state.refresh_tokens):
            token = data.draw(st.sampled_from(known))
            self.both(lambda world: refresh_tokens(world, token, CODEX_CLIENT))

    @rule()
    def log_in_by_device(self) -> None:
        self.both(lambda world: approve_device(world, begin_device_login(world, CODEX_CLIENT), "plus"))

    @rule(seconds=st.integers(0, 10**6))
    def wait(self, seconds: int) -> None:
        self.both(lambda world: world.clock.advance(seconds))

    @rule()
    def log_out(self) -> None:
        if self.memory.state.sessions:
            self.both(lambda world: revoke_session(world, next(iter(world.state.sessions))))

    @rule(count=st.integers(1, 4))
    def use_the_script(self, count: int) -> None:
        self.both(lambda world: world.remember(world.state.script_uses, f"step {count}", count, capacity=2))

    @rule()
    def reset(self) -> None:
        self.both(lambda world: world.reset())

    @rule()
    def kill(self) -> None:
        self.disk._file._connection.close()
        self.disk = World(state_file=self.file)

    @invariant()
    def they_agree(self) -> None:
        assert memory_of(self.disk) == memory_of(self.memory)

    def both(self, call: Callable[[World], object]) -> None:
        for world in (self.memory, self.disk):
            with suppress(GrantRejected):
                call(world)
            world.commit()

    def teardown(self) -> None:
        self.disk.close()
        self.folder.cleanup()


Restarts.TestCase.settings = settings(max_examples=30, stateful_step_count=25)
TestRestarts = Restarts.TestCase
