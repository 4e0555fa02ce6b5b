"""The recorder: takes entries from everywhere and sees them into one file, without secrets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Protocol

from codex_fixtures import Entry, Header, RecordingWriter
from codex_schemas import Problem

__all__ = ["Recorder", "Redacts"]

#: Entries that may wait to be written; whoever brings more waits, too.
_MOST_WAITING = 1024


class Redacts(Protocol):
    """Takes the secrets out of entries before they are written."""

    def feed(self, entry: Entry) -> Iterable[Entry]:
        """Take an entry, and return those that are clean now."""
        ...

    def flush(self) -> Iterable[Entry]:
        """Return what was held back."""
        ...


class Recorder:
    """Writes a recording; a disk that takes no more ends the recording and nothing else.

    It may be used from several threads. A thread of its own takes out the secrets and writes, so that nothing
    waits for that, unless far too much comes at once.

    Args:
        path: The file.
        header: Its first line.
        redactor: Takes the secrets out.
        clock: Tells the seconds.

    Raises:
        Problem: The file cannot be made.
    """

    def __init__(
        self, path: Path, header: Header, redactor: Redacts, clock: Callable[[], float] = time.monotonic
    ) -> None:
        #: Why the recording ended early, where something else than its user ended it; known when it is closed.
        self.problem: Problem | None = None
        #: How often something passed that could not be read.
        self.unread = 0
        self._writer = RecordingWriter(path, header)
        self._redactor = redactor
        self._clock = clock
        self._began = clock()
        self._lock = threading.Lock()
        self._exchanges = 0
        self._open: set[int] = set()
        self._queue: Queue[Entry | None] = Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def exchanges(self) -> int:
        """How many exchanges there were."""
        return self._exchanges

    @property
    def is_idle(self) -> bool:
        """Whether no exchange is under way."""
        return not self._open

    def begin(self) -> int:
        """Return the number of a new exchange."""
        with self._lock:
            self._exchanges += 1
            self._open.add(self._exchanges)
            return self._exchanges

    def end(self, exchange: int) -> None:
        """Note that nothing more will come of an exchange."""
        with self._lock:
            self._open.discard(exchange)

    def now(self) -> float:
        """Return the seconds since the beginning."""
        return self._clock() - self._began

    def put(self, entry: Entry) -> None:
        """Let an entry be written as soon as it is known to be clean; one that comes after the end is lost."""
        if self._thread is not None:
            self._queue.put(entry)

    def finish(self) -> None:
        """Write what was held back and the last line, which says that nothing is missing."""
        if self._stop():
            self._try(self._writer.finish)

    def abandon(self) -> None:
        """Write what was held back, and close the file so that readers see that it ended early."""
        if self._stop():
            self._writer.abandon()

    def _stop(self) -> bool:
        """Let the thread end; return whether the file is still open."""
        thread, self._thread = self._thread, None
        if thread is None:
            return False
        self._queue.put(None)
        thread.join()
        return self.problem is None

    def _work(self) -> None:
        while (entry := self._queue.get()) is not None:
            # What comes after a problem is taken all the same, and goes nowhere.
            self._try(partial(self._write, self._redactor.feed, entry))
        self._try(partial(self._write, self._redactor.flush))

    def _write(self, clean: Callable[..., Iterable[Entry]], *entries: Entry) -> None:
        for entry in clean(*entries):
            self._writer.write(entry)

    def _try(self, work: Callable[[], None]) -> None:
        """Do something unless there is a problem; the client and the server go on, as they know nothing of us."""
        if self.problem is not None:
            return
        try:
            work()
        except Problem as problem:
            self.problem = problem
        except Exception as error:  # noqa: BLE001 (what cannot be cleaned must not be written)
            self.problem = _unclean(error)
        if self.problem is not None:
            self._writer.abandon()


def _unclean(error: Exception) -> Problem:
    return Problem(
        "taking the secrets out of what was said",
        expected="entries that can be read",
        found=f"{type(error).__name__}: {error}",
        advice="What was written before can be read; tell us how to come to this place.",
    )
