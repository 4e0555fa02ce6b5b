"""A world: everything that one mocked universe remembers, with its own clock and ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from codex_mockserver.world._clock import Clock
from codex_mockserver.world._ids import Ids
from codex_mockserver.world._seed import seeded_accounts
from codex_mockserver.world._setup import AccountSetup, set_up
from codex_mockserver.world._state import Account, State, Workspace
from codex_mockserver.world._task_work import seeded_tasks
from codex_schemas import Problem

if TYPE_CHECKING:
    from codex_mockserver.world._state_file import StateFile

__all__ = ["World"]

#: Records that a table of the world keeps when clients fill it; the oldest go first.
CAPACITY = 20_000

_Record = TypeVar("_Record")


class World:
    """Everything that one mocked universe remembers, without any input or output.

    Two worlds share nothing. With a seed and a frozen clock, two worlds that get the same
    calls in the same order give the same bytes.

    Args:
        seed: Seeds the identifiers; left out, they are random.
        clock: The world's clock; left out, the machine's.
        state_file: Keeps the world on disk. A file that holds a world already goes on with it, its clock
            and its identifiers; a new one begins with this world.

    Raises:
        Problem: The state file holds something else, or is in use.
    """

    def __init__(
        self, *, seed: int | str | None = None, clock: Clock | None = None, state_file: Path | None = None
    ) -> None:
        clock = clock or Clock()
        ids = Ids() if seed is None else Ids(seed=str(seed))
        accounts = seeded_accounts(clock.now())
        self.state = State(clock=clock, ids=ids, accounts=accounts, tasks=seeded_tasks(accounts, clock.now()))
        self._beginning = self.snapshot()
        self._setups: Mapping[str, AccountSetup] = {}
        self._is_resumed = False
        self._file = None if state_file is None else _open_file(state_file)
        if self._file is not None:
            kept = self._file.load()
            self._is_resumed = kept is not None
            self.state, self._beginning = kept or (self.state, self._beginning)
            self._file.hold(self.state, self._beginning)

    @property
    def clock(self) -> Clock:
        """The world's clock."""
        return self.state.clock

    @property
    def ids(self) -> Ids:
        """The world's source of identifiers."""
        return self.state.ids

    def now(self) -> float:
        """Return the world's time in Unix seconds."""
        return self.state.clock.now()

    def snapshot(self) -> bytes:
        """Return all that the world remembers, as JSON bytes for :meth:`restore`."""
        return msgspec.json.encode(self.state)

    def restore(self, snapshot: bytes) -> None:
        """Make the world remember exactly what a snapshot holds.

        Raises:
            Problem: The bytes are no snapshot.
        """
        try:
            self.state = msgspec.json.decode(snapshot, type=State)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Problem(
                "restoring a world",
                expected="the bytes that World.snapshot() returned",
                found=str(error),
                advice="Take a new snapshot with this version of codex-testkit.",
            ) from None
        if self._file is not None:
            self._file.hold(self.state, self._beginning)

    def commit(self) -> None:
        """Bring what has changed into the state file, where there is one: before each answer leaves."""
        if self._file is not None:
            self._file.commit()

    def close(self) -> None:
        """Let go of the state file, where there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def reset(self) -> None:
        """Return to the first moment: accounts, clock, ids and everything else."""
        self.restore(self._beginning)
        set_up(self.state, self._setups)

    def set_up(self, setups: Mapping[str, AccountSetup]) -> None:
        """Make accounts as a scenario wants them, now and after each reset; what it leaves out stays."""
        self._setups = setups
        # What came out of a state file has its accounts, and they have their history.
        known = self.state.accounts if self._is_resumed else {}
        set_up(self.state, {name: setup for name, setup in setups.items() if name not in known})
        self._is_resumed = False

    @staticmethod
    def remember(table: dict[str, _Record], key: str, record: _Record, capacity: int = CAPACITY) -> None:
        """Put a record into a table as its newest, so that no client can fill the memory."""
        table.pop(key, None)
        table[key] = record
        if len(table) > capacity:
            # A tenth at a time, since a dictionary finds its oldest key slowly after many deletions.
            for oldest in tuple(islice(table, max(1, capacity // 10))):
                del table[oldest]

    def account(self, name: str) -> Account:
        """Return the account of that name.

        Raises:
            Problem: There is none.
        """
        account = self.state.accounts.get(name)
        if account is None:
            raise Problem(
                "looking up an account",
                expected="one of " + ", ".join(self.state.accounts),
                found=repr(name),
                advice="Use one of these names.",
            )
        return account

    def workspaces(self) -> Iterator[tuple[Account, Workspace]]:
        """Yield every workspace with the account that it belongs to."""
        for account in self.state.accounts.values():
            for workspace in account.workspaces:
                yield account, workspace

    def workspace(self, workspace_id: str) -> Workspace:
        """Return the workspace of that ChatGPT account id.

        Raises:
            Problem: There is none.
        """
        for _, workspace in self.workspaces():
            if workspace.id == workspace_id:
                return workspace
        raise Problem(
            "looking up a workspace",
            expected="the id of a workspace of this world",
            found=repr(workspace_id),
            advice="World.workspaces() lists them.",
        )


def _open_file(path: Path) -> StateFile:
    from codex_mockserver.world._state_file import StateFile  # noqa: PLC0415 (SQLite, which few worlds need)

    return StateFile(path)
