"""A world's memory on disk: what was answered survives the death of the process.

The file is an SQLite database with one row for each record. Between two requests only the records
that were looked at are encoded again, and only those that changed are written, in one transaction
before the answer leaves. Nothing is forced onto the platter at each commit: the file survives a
killed process, not a lost machine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from codex_mockserver.world._state import State
from codex_schemas import Problem

__all__ = ["StateFile"]

_FORMAT = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS records (
    position INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (collection, key)
)
"""
_UPSERT = """
INSERT INTO records (collection, key, value) VALUES (?, ?, ?)
ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value
"""
_DELETE = "DELETE FROM records WHERE collection = ? AND key = ?"
#: The collection of what is no table: the clock, the identifiers, the world's beginning.
_SINGLE = ""
_BEGINNING = "beginning"

_Record = TypeVar("_Record")


class _Watched(dict[str, _Record]):
    """A table that notes which of its records were looked at, since any of these may have changed."""

    def __init__(self, records: dict[str, _Record]) -> None:
        super().__init__(records)
        #: In the order of their insertion.
        self.touched: dict[str, None] = dict.fromkeys(records)
        #: Keys that were taken out: if they come back, they come back as the newest.
        self.removed: set[str] = set()

    def __getitem__(self, key: str) -> _Record:
        self.touched[key] = None
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.touched[key] = None
        return super().get(key, default)

    def __setitem__(self, key: str, record: _Record) -> None:
        self.touched.pop(key, None)
        self.touched[key] = None
        super().__setitem__(key, record)

    def __delitem__(self, key: str) -> None:
        self._remove(key)
        super().__delitem__(key)

    def pop(self, key: str, *default: Any) -> Any:
        self._remove(key)
        return super().pop(key, *default)

    def values(self) -> Any:
        self.touched.update(dict.fromkeys(self))
        return super().values()

    def items(self) -> Any:
        self.touched.update(dict.fromkeys(self))
        return super().items()

    def _remove(self, key: str) -> None:
        self.touched[key] = None
        self.removed.add(key)


class StateFile:
    """The file that holds a world's memory.

    Args:
        path: The file; it is made when it is missing.

    Raises:
        Problem: The file is no state of a world, cannot be written, or is in use.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: State | None = None
        #: The encoded form of what the file holds, as a hash, by collection and key.
        self._written: dict[tuple[str, str], int] = {}
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1)
        except sqlite3.Error as error:
            raise self._unfit(str(error)) from None
        with self._let_go_if_unfit():
            self._prepare()

    def load(self) -> tuple[State, bytes] | None:
        """Return the world's memory and the snapshot of its beginning, or None from a new file.

        Raises:
            Problem: What the file holds is no state of a world.
        """
        parts: dict[str, dict[str, Any]] = {}
        with self._let_go_if_unfit():
            for collection, key, value in self._connection.execute(
                "SELECT collection, key, value FROM records ORDER BY position"
            ):
                parts.setdefault(collection, {})[key] = msgspec.Raw(value)
            single = parts.pop(_SINGLE, {})
            if not single:
                return None
            beginning = bytes(single.pop(_BEGINNING))
            return msgspec.json.decode(msgspec.json.encode({**single, **parts}), type=State), beginning

    def hold(self, state: State, beginning: bytes) -> None:
        """Keep this memory from now on, in the place of whatever the file holds."""
        for name in state.__struct_fields__:
            if isinstance(table := getattr(state, name), dict):
                setattr(state, name, _Watched(table))
        self._state = state
        self._written.clear()
        self._connection.execute("BEGIN")
        self._connection.execute("DELETE FROM records")
        self._connection.execute(_UPSERT, (_SINGLE, _BEGINNING, beginning))
        self._write(state)
        self._connection.execute("COMMIT")

    def commit(self) -> None:
        """Write what has changed since the last time, all of it or nothing."""
        if self._state is not None:
            self._connection.execute("BEGIN")
            self._write(self._state)
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Write what has changed and let go of the file."""
        self.commit()
        self._connection.close()

    @contextmanager
    def _let_go_if_unfit(self) -> Iterator[None]:
        """Close the file again where it turns out to hold no state of a world, and say so."""
        try:
            yield
        except (sqlite3.Error, KeyError, msgspec.DecodeError) as error:
            self._connection.close()
            raise self._unfit(str(error)) from None

    def _prepare(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        (count,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version != _FORMAT and count:
            raise sqlite3.DatabaseError(f"a database of another kind (format {version})")
        # One process at a time: a second one is told so instead of seeing half of a world.
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(f"PRAGMA user_version = {_FORMAT}")
        self._connection.execute(_TABLES)

    def _write(self, state: State) -> None:
        for collection, key, record, moved in _changes(state):
            known = self._written.get((collection, key))
            if record is None or moved:
                self._connection.execute(_DELETE, (collection, key))
                self._written.pop((collection, key), None)
            if record is not None:
                value = msgspec.json.encode(record)
                if moved or hash(value) != known:
                    self._connection.execute(_UPSERT, (collection, key, value))
                    self._written[collection, key] = hash(value)

    def _unfit(self, found: str) -> Problem:
        return Problem(
            f"opening the state file {self._path}",
            expected="a new file, or one that codex-testkit wrote, that no other process uses",
            found=found,
            advice="Name another file, or stop the process that uses it.",
        )


def _changes(state: State) -> Iterator[tuple[str, str, Any, bool]]:
    """Yield what may have changed: collection, key, the record or None, and whether it moved to the end."""
    for name in state.__struct_fields__:
        table = getattr(state, name)
        if not isinstance(table, _Watched):
            yield _SINGLE, name, table, False
            continue
        for key in table.touched:
            yield name, key, dict.get(table, key), key in table.removed
        table.touched.clear()
        table.removed.clear()
